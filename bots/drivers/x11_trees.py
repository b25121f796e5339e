"""What does a program on X11 say of its windows? The tree of its accessible things, asked over D-Bus by AT-SPI2.

Many questions are sent before the first answer is read: a form is known in milliseconds, not in tenths of a second.
(Interfaces: https://gitlab.gnome.org/GNOME/at-spi2-core/-/tree/main/xml)
"""

import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from jeepney import DBusAddress, Message, MessageFlag, MessageType, new_method_call
from jeepney.io.blocking import DBusConnection, open_dbus_connection

from bridge.errors import DisplayMissing
from bridge.ports import Rectangle

POLL = 0.01
SECONDS = 30.0  # a program that is at work answers when it has done
ATSPI = "org.a11y.atspi."
ROLES = {
    "check box": 7,
    "combo box": 11,
    "dialog": 16,
    "icon": 26,
    "info bar": 102,
    "label": 29,
    "menu item": 35,
    "page tab": 37,
    "page tab list": 38,
    "password text": 40,
    "push button": 43,
    "radio button": 44,
    "spin button": 52,
    "table": 55,
    "table cell": 56,
    "text": 61,
    "toggle button": 62,
    "tree table": 66,
    "entry": 79,
}
SELECTED, FOCUSED, SENSITIVE, SHOWING = 23, 12, 24, 25
LABEL_FOR = 1
ON_SCREEN = 0
ALL, ANY, CANONICAL, EVERY = 1, 2, 1, 0


@dataclass(frozen=True)
class Thing:
    """One accessible thing: the program that has it, and its path there."""

    owner: str
    path: str


ROOT = Thing("org.a11y.atspi.Registry", "/org/a11y/atspi/accessible/root")
NOWHERE = Thing(ROOT.owner, "/org/a11y/atspi/null")
Question = tuple[Thing, str, str, str, tuple[Any, ...]]


def _accessibility_bus(session: str, seconds: float) -> str:
    """The address that the launcher on that session bus tells.

    Asked as usual, the session bus would start one more where ours is not ready yet: ours would end, and nobody would
    end that one.
    """
    end = time.monotonic() + seconds
    with open_dbus_connection(bus=session) as bus:
        while time.monotonic() < end:
            question = new_method_call(DBusAddress("/org/a11y/bus", "org.a11y.Bus", "org.a11y.Bus"), "GetAddress")
            question.header.flags = MessageFlag.no_auto_start
            answer = bus.send_and_get_reply(question, timeout=SECONDS)
            if answer.header.message_type is MessageType.method_return:
                return str(answer.body[0])
            time.sleep(POLL)
    raise DisplayMissing(program="at-spi-bus-launcher")


class Tree:
    """What all programs of one bus show; what has gone meanwhile is left out of every answer."""

    def __init__(self, session: str, seconds: float = SECONDS) -> None:
        """Connects to the accessibility bus of that session bus; raises DisplayMissing where none comes in time."""
        self._bus: DBusConnection = open_dbus_connection(bus=_accessibility_bus(session, seconds))

    def close(self) -> None:
        """Ask no more."""
        self._bus.close()

    # --- finding ----------------------------------------------------------------------------------------------------

    def tops(self) -> list[Thing]:
        """The windows of all programs."""
        return [each for found in self._children(self._children([ROOT])[0]) for each in found]

    def _children(self, things: Sequence[Thing]) -> list[list[Thing]]:
        asked = self._ask((each, "Accessible", "GetChildren", "", ()) for each in things)
        return [_things(answer[0]) if answer else [] for answer in asked]

    def within(self, window: Thing, roles: Iterable[str], *states: int) -> list[Thing]:
        """What the window shows of these roles (of all where none is named) and with all of these states."""
        return self.each_within([(window, tuple(roles), states)])[0]

    def each_within(self, asked: Iterable[tuple[Thing, Sequence[str], Sequence[int]]]) -> list[list[Thing]]:
        """The same for several windows, roles and states at once."""
        answers = self._ask(_matching(*each) for each in asked)
        return [_things(answer[0]) if answer else [] for answer in answers]

    def named_by(self, labels: Sequence[Thing]) -> list[Thing]:
        """What these labels are the labels of."""
        answers = self._ask((each, "Accessible", "GetRelationSet", "", ()) for each in labels)
        relations = [relation for answer in answers if answer for relation in answer[0]]
        return _things(thing for kind, things in relations if kind == LABEL_FOR for thing in things)

    # --- asking -----------------------------------------------------------------------------------------------------

    def names(self, things: Sequence[Thing]) -> list[str]:
        """What each is called."""
        return [str(each) if each is not None else "" for each in self._properties(things, "Accessible", "Name")]

    def texts(self, things: Sequence[Thing]) -> list[str]:
        """What stands in each: its text where it has one, else its name, else that of the labels in it."""
        kinds = self._ask((each, "Accessible", "GetInterfaces", "", ()) for each in things)
        written = [i for i, kind in enumerate(kinds) if kind and f"{ATSPI}Text" in kind[0]]
        answers = self._ask((things[i], "Text", "GetText", "ii", (0, -1)) for i in written)
        found = {i: str(answer[0]) for i, answer in zip(written, answers, strict=True) if answer}
        names = enumerate(self.names(things))
        return [found[i] if i in found else name or self._inner(things[i]) for i, name in names]

    def _inner(self, thing: Thing) -> str:
        return " ".join(filter(None, self.names(self.within(thing, ["label"]))))

    def places(self, things: Sequence[Thing]) -> list[Rectangle]:
        """Where each is on the display; one without a place is nowhere, and has no size."""
        answers = self._ask((each, "Component", "GetExtents", "u", (ON_SCREEN,)) for each in things)
        return [Rectangle(*answer[0]) if answer else Rectangle(0, 0, 0, 0) for answer in answers]

    def states(self, things: Sequence[Thing]) -> list[int]:
        """The states of each, one bit for each."""
        answers = self._ask((each, "Accessible", "GetState", "", ()) for each in things)
        return [answer[0][0] | answer[0][1] << 32 if answer else 0 for answer in answers]

    def table(self, thing: Thing) -> list[list[str]]:
        """The headings and the rows of a table, those that are scrolled away as well."""
        rows, columns = (int(self._properties([thing], "Table", name)[0] or 0) for name in ("NRows", "NColumns"))
        headings = self._ask((thing, "Table", "GetColumnHeader", "i", (column,)) for column in range(columns))
        places = [(row, column) for row in range(rows) for column in range(columns)]
        cells = self._ask((thing, "Table", "GetAccessibleAt", "ii", place) for place in places)
        texts = self._cells([_thing(cell[0]) if cell else NOWHERE for cell in cells])
        first = self.names([_thing(each[0]) if each else NOWHERE for each in headings])
        return [first, *(texts[row * columns : (row + 1) * columns] for row in range(rows))]

    def _cells(self, cells: Sequence[Thing]) -> list[str]:
        """The text of each cell; of one that is drawn in parts, that of its parts."""
        parts = self._children(cells)
        inner = iter(self.names([part for each in parts for part in each]))
        joined = [" ".join(filter(None, [next(inner) for _ in each])) for each in parts]
        return [name or rest for name, rest in zip(self.names(cells), joined, strict=True)]

    def _properties(self, things: Sequence[Thing], kind: str, name: str) -> list[Any]:
        asked = ATSPI + kind, name
        answers = self._ask((each, "org.freedesktop.DBus.Properties", "Get", "ss", asked) for each in things)
        return [answer[0][1] if answer else None for answer in answers]

    # --- the bus ----------------------------------------------------------------------------------------------------

    def _ask(self, questions: Iterable[Question]) -> list[tuple[Any, ...] | None]:
        """The answers to the questions in their order; None for what is not answered."""
        serials = []
        for thing, interface, member, signature, body in questions:
            whole = interface if "." in interface else ATSPI + interface
            to = DBusAddress(thing.path, thing.owner, whole)
            serials.append(next(self._bus.outgoing_serial))
            self._bus.send(new_method_call(to, member, signature or None, body), serial=serials[-1])
        answers: dict[int, Message] = {}
        waited = set(serials)
        while len(answers) < len(serials):
            answer = self._bus.receive(timeout=SECONDS)
            about = answer.header.fields.get(REPLY_TO)
            if about in waited:
                answers[about] = answer
        return [_body(answers[serial]) for serial in serials]


REPLY_TO = 5


def _matching(window: Thing, roles: Iterable[str], states: Iterable[int]) -> Question:
    numbers = [ROLES[role] for role in roles]
    rule: tuple[Any, ...] = (_bits((SHOWING, *states), 2), ALL, {}, ALL, _bits(numbers, 4), ANY, [], ALL, False)
    body = (rule, CANONICAL, EVERY, True)
    return window, "Collection", "GetMatches", "(aiia{ss}iaiiasib)uib", body


def _body(answer: Message) -> tuple[Any, ...] | None:
    return answer.body if answer.header.message_type is MessageType.method_return else None


def _thing(reference: tuple[str, str]) -> Thing:
    return Thing(*reference)


def _things(references: Iterable[tuple[str, str]]) -> list[Thing]:
    return [_thing(each) for each in references]


def _bits(numbers: Iterable[int], words: int) -> list[int]:
    """A set of small numbers as AT-SPI passes it: one bit each, in signed words of 32."""
    whole = sum(1 << number for number in set(numbers))
    parts = ((whole >> 32 * word) & 0xFFFFFFFF for word in range(words))
    return [part - (1 << 32) if part >> 31 else part for part in parts]

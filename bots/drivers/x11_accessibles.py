"""What does a window show that its program names itself? Fields by their labels, buttons, tables, and what they hold.

Of what is in a window nothing is remembered: a field of a form of 270 things is found in some 15 ms.
"""

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace

from PIL import Image

from bots.drivers.desktop_parts import Window, Windows
from bots.drivers.desktop_sights import Blind, Spots
from bots.drivers.x11_trees import FOCUSED, NOWHERE, SELECTED, SENSITIVE, Thing, Tree
from bridge.model.profiles import Locator
from bridge.ports import Rectangle

FRAME = 120  # pixels that a window manager's frame adds to a window at most, on all sides together
PRESSED = frozenset({"push button", "toggle button", "menu item", "check box"})
TABLES = frozenset({"table", "tree table"})
Box = tuple[int, int, int, int, int]
ANY = "*"
AND = " / "  # between the parts of a title


class Accessibles(Blind):
    """Finds what has that name, or a label of that name, and the role that narrows it; `*` is any name.

    What is hidden is not there, nor is a button that cannot be pressed.
    """

    def __init__(self, tree: Tree, tops: "Tops") -> None:
        self._tree, self._tops = tree, tops

    def spots(self, window: Window, picture: Image.Image, locator: Locator) -> Spots | None:  # noqa: ARG002 - the port's
        """See Sight."""
        inside = (each for each in self._tree.places(self._found(window, locator)) if each.width > 0)
        return [Rectangle(at.left - window.left, at.top - window.top, at.width, at.height) for at in inside]

    def text(self, window: Window, locator: Locator) -> str | None:
        """See Sight; None also where not exactly one thing is found."""
        found = self._found(window, locator)
        return self._tree.texts(found)[0] if len(found) == 1 else None

    def table(self, window: Window, locator: Locator) -> Sequence[Sequence[str]] | None:
        """See Sight; None also where not exactly one table is found."""
        found = self._found(window, locator)
        return self._tree.table(found[0]) if len(found) == 1 else None

    def has_keyboard(self, window: Window, locator: Locator) -> bool | None:
        """See Sight."""
        found = self._found(window, locator)
        return bool(self._tree.states(found)[0] >> FOCUSED & 1) if len(found) == 1 else None

    def _found(self, window: Window, locator: Locator) -> list[Thing]:
        top = self._tops.of(window)
        if top is None:
            return []
        roles = [locator.name] if locator.name else []
        wanted, labels = self._tree.each_within([(top, roles, _needed(locator.name)), (top, ["label"], ())])
        if not wanted and not labels:
            self._tops.forget(window)
        if locator.value == ANY:
            return wanted
        named = zip((*wanted, *labels), self._tree.names([*wanted, *labels]), strict=True)
        right = {thing for thing, name in named if name == locator.value}
        called, labelling = ([each for each in things if each in right] for things in (wanted, labels))
        return called + [each for each in self._tree.named_by(labelling) if each in set(wanted) - right]


def _needed(role: str) -> tuple[int, ...]:
    """The states without which it is not there: a button that is grey cannot be pressed."""
    return (SENSITIVE,) if role in PRESSED else ()


class TitledWindows:
    """The windows of a display, each with more of a title than it has: the tab that is shown, the text of a message."""

    def __init__(self, windows: Windows, tree: Tree, tops: "Tops") -> None:
        self._windows, self._tree, self._tops = windows, tree, tops
        self._messages: dict[Thing, list[str]] = {}

    def all(self) -> tuple[Window, ...]:
        """See Windows; a window without a title that does not say yet what it is, is left out."""
        windows = self._windows.all()
        self._tops.keep({each.id for each in windows})
        found = [(each, top) for each in windows if (top := self._tops.of(each)) is not None]
        tabs = self._tree.each_within((top, ["page tab"], (SELECTED,)) for _, top in found)
        first = self._tree.names([each[0] if each else NOWHERE for each in tabs])
        more = {window.id: self._more(window, top, tab) for (window, top), tab in zip(found, first, strict=True)}
        titled = (replace(each, title=_joined([each.title, *more.get(each.id, ())])) for each in windows)
        return tuple(each for each in titled if each.title)

    def _more(self, window: Window, top: Thing, tab: str) -> list[str]:
        if window.title:
            return [tab]
        if top not in self._messages:
            self._messages.clear()
            self._messages[top] = self._tree.names([top, *self._tree.within(top, ["label"])])
        return self._messages[top]

    def ids(self) -> Sequence[int]:
        """See Windows."""
        return self._windows.ids()

    def active(self) -> int | None:
        """See Windows."""
        return self._windows.active()

    def answers(self, window: int, seconds: float) -> bool:
        """See Windows."""
        return self._windows.answers(window, seconds)

    def stacked(self) -> Sequence[int]:
        """See Windows."""
        return self._windows.stacked()

    def activate(self, window: int) -> None:
        """See Windows."""
        self._windows.activate(window)

    def size(self) -> tuple[int, int]:
        """See Windows."""
        return self._windows.size()

    def close(self) -> None:
        """See Windows."""
        self._windows.close()


class Tops:
    """Which accessible window is which window of the display; remembered as long as both are where they were."""

    def __init__(self, tree: Tree) -> None:
        self._tree = tree
        self._known: dict[Box, Thing] = {}

    def of(self, window: Window) -> Thing | None:
        """The one that stands where the window stands, but for its frame; None while there is none."""
        box = (window.id, window.left, window.top, window.width, window.height)
        if box not in self._known:
            top = self._nearest(window)
            self.forget(window)
            if top is None:
                return None
            self._known[box] = top
        return self._known[box]

    def forget(self, window: Window) -> None:
        """Look for it anew the next time."""
        self.keep({box[0] for box in self._known} - {window.id})

    def keep(self, windows: AbstractSet[int]) -> None:
        """Forget all but these: a program that is started anew may number its windows as the one before."""
        self._known = {box: top for box, top in self._known.items() if box[0] in windows}

    def _nearest(self, window: Window) -> Thing | None:
        """By place and name: a window that is being closed stands where another one stands behind it."""
        tops = self._tree.tops()
        found = zip(self._tree.places(tops), self._tree.names(tops), tops, strict=True)
        near = [(_apart(place, window), top) for place, name, top in found if _may_be(window.title, name)]
        return min((each for each in near if each[0] <= FRAME), key=lambda each: each[0], default=(0, None))[1]


def _joined(parts: Sequence[str]) -> str:
    return AND.join(" ".join(part.split()) for part in parts if part)


def _may_be(title: str, name: str) -> bool:
    """Whether a window of that title, or of none, may be called so."""
    return not title or title == name or title.startswith(f"{name}{AND}")


def _apart(place: Rectangle, window: Window) -> int:
    """By how many pixels the two differ, on all four sides together."""
    right, bottom = place.left + place.width, place.top + place.height
    sides = (place.left - window.left, place.top - window.top)
    return sum(map(abs, (*sides, right - window.left - window.width, bottom - window.top - window.height)))

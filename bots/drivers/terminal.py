"""How is a terminal surface worked? Fields found by their labels, typed with the cursor in them, read from the grid."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Literal

from bots.drivers.terminal_locating import find, row_spans, spans
from bots.drivers.terminal_parts import Look, Span, Terminal
from bots.drivers.terminal_views import capture
from bridge.errors import (
    BridgeError,
    DialogUnexpected,
    InvalidConfig,
    ProgramSilent,
    SaveUnanswered,
    ScreenUnknown,
    StopOrdered,
    TargetAmbiguous,
    TargetNotFound,
    TextUntypable,
)
from bridge.locale import Phrase, fault
from bridge.model.chords import Chord, chords
from bridge.model.profiles import ErpProfile, Grid, Screen, Target
from bridge.model.texts import untypable_characters
from bridge.ports import Leave, LocatorHit, Picture

MAIN = "menu"
UNKNOWN_AFTER = 5.0
SECONDS_TO_PAINT = 0.4
DEEPEST = 6  # screens that are left one after the other on the way to the menu


@dataclass(frozen=True)
class TerminalOptions:
    """How a terminal is worked: seconds to wait, those for the answer to Save, how pictures are kept.

    `quiet` is for how many seconds nothing may come from the host before a screen counts as painted.
    """

    timeout: float = 30.0
    save_timeout: float = 120.0
    quiet: float = 0.03
    picture_format: Literal["webp", "png"] = "webp"


class TerminalDriver:
    """Works the screens of one terminal; `connect` opens a line to the host."""

    def __init__(self, profile: ErpProfile, connect: Callable[[], Terminal], options: TerminalOptions) -> None:
        self.profile, self.options = profile, options
        self._connect = connect
        self._line: Terminal | None = None
        self._allowed: Mapping[str, bool] = {}
        self._current: dict[str, Screen] = {}
        self._asked: dict[str, tuple[str, str]] = {}
        self._name = self._at = "entry"

    # --- the host ---------------------------------------------------------------------------------------------------

    @property
    def terminal(self) -> Terminal:
        """The terminal, connected."""
        if self._line is None:
            raise ScreenUnknown(erp=self.profile.name, expected=Phrase("any screen"), text="")
        return self._line

    def _is_free(self, look: Look) -> bool:
        """Whether the host takes keys."""
        busy = any(spans(look, locator) for locator in self.profile.busy)
        return not busy and not self.terminal.is_locked()

    def _rest(self, is_there: Callable[[Look], bool] = lambda _: True, seconds: float | None = None) -> Look | None:
        """What is shown once that is there, the host takes keys, and no broadcast stands over it."""
        seen = self.terminal.wait(
            lambda look: self._is_free(look) and is_there(look), seconds or self.options.timeout, self.options.quiet
        )
        if seen is None or not self._is_overwritten(seen):
            return seen
        self._repaint()
        return self.terminal.wait(
            lambda look: self._is_free(look) and is_there(look), seconds or self.options.timeout, self.options.quiet
        )

    def _is_overwritten(self, look: Look) -> bool:
        broadcasts = [text for text, meaning in self.profile.messages.items() if meaning == "broadcast"]
        return any(look.find(text) for text in broadcasts)

    def _repaint(self) -> None:
        """Have the host paint everything anew: what it believes to stand there may never have come."""
        for chord in self.profile.keys_for("repaint"):
            self._press(chord)

    def _look(self) -> Look:
        """What is shown, at rest; raises ProgramSilent."""
        seen = self._rest()
        if seen is None:
            raise ProgramSilent(erp=self.profile.name, seconds=f"{self.options.timeout:g}")
        return seen

    def _press(self, chord: Chord) -> None:
        """Press one key that the host answers, and wait until it has begun to."""
        before = self._look_at_once().heard
        self.terminal.press(chord)
        self.terminal.wait(lambda look: look.heard > before, self.options.timeout, 0.0)

    def _look_at_once(self) -> Look:
        return self.terminal.look()

    # --- moving about -----------------------------------------------------------------------------------------------

    def use(self, window: str) -> None:
        """Work at the desk of that name from now on."""
        self._name = window

    def _hop(self) -> None:
        """Be at the desk that is worked at; each keeps its screen as it was left."""
        if self._at != self._name:
            self._look()
            for chord in self.profile.keys_for("hop"):
                self._press(chord)
            self._look()
            self._at = self._name

    def open(self, address: str) -> None:
        """Press the keys that open a screen from the screen `menu`, whose own are those that lead back to it.

        Without any the line is opened anew.
        """
        self._current.pop(self._name, None)
        self._asked.pop(self._name, None)
        if not address:
            self.close()
            self._current.clear()
            self._at = self._name
            self._line = self._connect()
            return
        self._hop()
        self._go_to_menu()
        if address != self._screen(MAIN).address:
            for chord in chords(address):
                self._look()
                self._press(chord)

    def _go_to_menu(self) -> None:
        for _ in range(DEEPEST):
            seen = self._look()
            if self._shows(seen, self._screen(MAIN)):
                return
            for chord in chords(self._screen(MAIN).address):
                self._press(chord)
        raise ScreenUnknown(erp=self.profile.name, expected=MAIN, text=_said(self._look()))

    def _shows(self, look: Look, screen: Screen) -> bool:
        return any(len(spans(look, locator)) == 1 for locator in screen.anchor)

    def shows(self, screen: Screen) -> bool:
        """Whether the screen's anchor is there at this moment."""
        self._hop()
        return self._shows(self._look(), screen)

    def show(self, screen: Screen, timeout: float | None = None) -> tuple[str, ...]:
        """Wait until the screen's anchor is there, and what tells of its answer; what the message line says.

        Raises ScreenUnknown with what is shown instead.
        """
        self._hop()
        seen = self._rest(lambda look: self._is_ready(look, screen) or bool(self._messages(look)), timeout)
        if seen is None or not self._shows(seen, screen):
            texts = self._messages(self.terminal.look())
            text = " / ".join(texts) or _said(self.terminal.look())
            raise ScreenUnknown(erp=self.profile.name, expected=screen.name, text=text)
        self._asked.pop(self._name, None)
        self._current[self._name] = screen
        return tuple(self._messages(seen))

    def _messages(self, look: Look) -> list[str]:
        found = (look.text(span) for locator in self.profile.errors for span in spans(look, locator))
        return [text for text in found if text]

    def _is_ready(self, look: Look, screen: Screen) -> bool:
        if not self._shows(look, screen):
            return False
        asked, before = self._asked.get(self._name, ("", ""))
        if asked != screen.name or not screen.answered:
            return True
        return self._shown_in(look, screen.targets[screen.answered]) not in ("", before)

    def _shown_in(self, look: Look, target: Target) -> str:
        found = find(look, target)[2]
        return look.text(found[0]) if found else ""

    def expect(self, screen: Screen) -> None:
        """What the target that tells of an answer shows now, is not the answer yet."""
        if screen.answered:
            known = self._current.get(self._name)
            is_there = known is not None and known.name == screen.name
            before = self._shown_in(self._look(), screen.targets[screen.answered]) if is_there else ""
            self._asked[self._name] = (screen.name, before)

    @contextmanager
    def dialogs(self, answers: Mapping[str, bool]) -> Iterator[None]:
        """Expect questions with these texts and answer them so, while inside."""
        self._allowed = answers
        try:
            yield
        finally:
            self._allowed = {}

    # --- reading ----------------------------------------------------------------------------------------------------

    def front(self) -> tuple[Screen, Look]:
        """The current screen and what is shown of it, as the host has it; raises what is the matter instead."""
        if self._name not in self._current:
            raise ScreenUnknown(erp=self.profile.name, expected=Phrase("any screen"), text="")
        self._hop()
        screen = self._current[self._name]
        seen = self._rest(lambda look: self._shows(look, screen), min(UNKNOWN_AFTER, self.options.timeout))
        if seen is None:
            seen = self._look()
            raise ScreenUnknown(erp=self.profile.name, expected=screen.name, text=_said(seen))
        return screen, seen

    def _painted(self) -> tuple[Screen, Look]:
        """The same, painted anew, lest a line was lost on its way, or was still to come.

        What comes out as before was whole; where it does not, more may be on its way.
        """
        screen, before = self.front()
        if not self.profile.keys_for("repaint"):
            return screen, before
        self._repaint()
        same = self.terminal.wait(lambda look: look.rows == before.rows, SECONDS_TO_PAINT, self.options.quiet)
        if same is None:
            self.terminal.wait(lambda _: True, self.options.timeout, SECONDS_TO_PAINT)
        return self.front()

    def read(self, targets: Sequence[Target]) -> dict[str, str]:
        """The texts the targets show now; a button has none, nor what an optional target does not show."""
        screen, seen = self._painted()
        texts = {}
        for target in targets:
            span = None if target.kind == "button" else self._span(screen, seen, target)
            texts[target.name] = seen.text(span) if span else ""
        return texts

    def _span(self, screen: Screen, look: Look, target: Target) -> Span | None:
        _, locator, found = find(look, target)
        if len(found) > 1:
            raise TargetAmbiguous(target=target.name, screen=screen.name, count=len(found), locator=locator)
        if not found and not target.optional:
            raise TargetNotFound(target=target.name, screen=screen.name)
        return found[0] if found else None

    def rows(self, grid: Grid) -> tuple[dict[str, str], ...]:
        """The texts of all rows of this page of the grid that count."""
        screen, seen = self._painted()
        rows = []
        for cells in row_spans(seen, grid):
            missing = [column.name for column in grid.columns if column.name not in cells]
            if missing:
                raise TargetNotFound(target=f"{grid.name}.{missing[0]}", screen=screen.name)
            texts = {name: seen.text(span) for name, span in cells.items()}
            if texts[grid.skip_empty] if grid.skip_empty else any(texts.values()):
                rows.append(texts)
        return tuple(rows)

    def hits(self, screen: Screen) -> tuple[LocatorHit, ...]:
        """Which locator finds each target of the current screen."""
        seen = self.front()[1]
        hits = []
        for target in screen.targets.values():
            position, locator, found = find(seen, target)
            if target.kind == "button":
                position, locator, found = 0, str(target.locators[0]), [Span(1, 1, 1)]
            hits.append(LocatorHit(screen.name, target.name, locator, position, len(found)))
        return tuple(hits)

    # --- acting -----------------------------------------------------------------------------------------------------

    def fill(self, texts: Sequence[tuple[Target, str]]) -> None:
        """Replace the contents of targets, in this order."""
        for target, text in texts:
            screen, seen = self.front()
            span = self._span(screen, seen, target)
            if span is None:
                raise TargetNotFound(target=target.name, screen=screen.name)
            self._put(span, target, text)

    def fill_row(self, grid: Grid, row: int, texts: Mapping[str, str]) -> None:
        """Replace the contents of one row's cells; rows count from 0, on this page."""
        screen, seen = self.front()
        rows = list(row_spans(seen, grid))
        if not 0 <= row < len(rows):
            raise TargetNotFound(target=grid.name, screen=screen.name)
        for column in grid.columns:
            if column.name in texts:
                if column.name not in rows[row]:
                    raise TargetNotFound(target=f"{grid.name}.{column.name}", screen=screen.name)
                self._put(rows[row][column.name], column, texts[column.name])

    def _put(self, span: Span, target: Target, text: str) -> None:
        """Type with the cursor seen in the field, over nothing: what is typed over leaves its tail."""
        refused = untypable_characters(text)
        if refused:
            raise TextUntypable(field=target.name, characters=", ".join(refused))
        self._look()
        if not self.terminal.go_to(span, self.options.timeout):
            raise TargetNotFound(target=target.name, screen=self._current[self._name].name)
        for chord in self.profile.keys_for("erase_field"):
            self.terminal.press(chord)
        if not target.secret and self._rest(lambda look: not look.text(span)) is None:
            raise ProgramSilent(erp=self.profile.name, seconds=f"{self.options.timeout:g}")
        before = self.terminal.look().heard
        self.terminal.write(text)
        if text and not target.secret:  # of which most hosts show nothing
            self.terminal.wait(lambda look: look.heard > before, self.options.timeout, self.options.quiet)

    def press(self, target: Target, leads_to: Screen | None = None) -> None:
        """Press the keys of a button; raises StopOrdered for the one that commits, which only `commit` may."""
        screen, _ = self.front()
        if screen.commit is not None and target.name == screen.commit.target:
            raise StopOrdered(person="erpbridge", why=Phrase("{name} commits", name=target.name))
        self._asked.pop(self._name, None)
        if leads_to is not None:
            self.expect(leads_to)
        self._current.pop(self._name)
        for chord in chords(target.locators[0].value):
            self._look()
            self._press(chord)

    def commit(self, target: Target, leave: Leave) -> None:
        """Press the target that commits, once, after `leave` said yes, and answer the questions that are expected.

        Raises StopOrdered where leave was refused and nothing was pressed, SaveUnanswered where nothing came of it.
        """
        screen, seen = self._painted()
        before = self._messages(seen)
        if screen.commit is None or screen.commit.target != target.name:
            where = f"selectors/{self.profile.name}/{screen.name}.toml: commit"
            raise InvalidConfig.of([fault(where, Phrase("it is missing"))])
        self._current.pop(self._name)
        if not leave():
            raise StopOrdered(person="erpbridge", why=Phrase("leave was not given"))
        try:
            for chord in chords(target.locators[0].value):
                self._press(chord)
            self._see_through(before)
        except BridgeError as error:
            raise SaveUnanswered(why=error.phrase) from error

    def _see_through(self, before: list[str]) -> None:
        """Answer the question that is expected; any other new message is the answer, or tells why there is none."""
        seen = self._rest(lambda look: self._messages(look) not in ([], before), self.options.save_timeout)
        question = " ".join(self._messages(seen)) if seen else ""
        answer = next((accept for part, accept in self._allowed.items() if part in question), None)
        if answer is None:
            if not question:
                raise ProgramSilent(erp=self.profile.name, seconds=f"{self.options.save_timeout:g}")
            return
        for chord in self.profile.keys_for("yes" if answer else "no"):
            self._press(chord)
        done = self._rest(lambda look: question not in " ".join(self._messages(look)), self.options.save_timeout)
        if done is None:
            raise DialogUnexpected(erp=self.profile.name, text=question)

    # --- pictures and the end ---------------------------------------------------------------------------------------

    def capture(self, step: str) -> Picture:
        """What the terminal shows, drawn, with its text beside it; without its secrets."""
        self._hop()
        seen = self.terminal.look()
        screen = self._current.get(self._name)
        known = screen if screen is not None and self._shows(seen, screen) else None
        return capture(self.profile, known, seen, step, self.options.picture_format)

    def close(self) -> None:
        """Give the line up."""
        line, self._line = self._line, None
        if line is not None:
            line.close()

    def _screen(self, name: str) -> Screen:
        if name not in self.profile.screens:
            where = f"selectors/{self.profile.name}/{name}.toml"
            raise InvalidConfig.of([fault(where, Phrase("the file is missing"))])
        return self.profile.screens[name]


def _said(look: Look) -> str:
    return " / ".join(line.strip() for line in look.lines if line.strip())[:300]

"""How is a terminal surface worked? Fields found by their labels, typed with the cursor in them, read from the grid."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from bots.drivers.terminal_hosts import TerminalHost, said
from bots.drivers.terminal_locating import find, row_spans
from bots.drivers.terminal_parts import Look, Span, Terminal
from bots.drivers.terminal_saves import press_and_answer
from bots.drivers.terminal_views import capture
from bridge.errors import (
    InvalidConfig,
    ProgramSilent,
    ScreenUnknown,
    StopOrdered,
    TargetAmbiguous,
    TargetNotFound,
    TextUntypable,
)
from bridge.locale import Phrase, fault
from bridge.model.chords import chords
from bridge.model.pictures import PictureFormat
from bridge.model.profiles import ErpProfile, Grid, Screen, Target
from bridge.model.texts import untypable_characters
from bridge.ports import Leave, LocatorHit, Picture

MAIN = "menu"
UNKNOWN_AFTER = 5.0
DEEPEST = 6  # screens that are left one after the other on the way to the menu


@dataclass(frozen=True)
class TerminalOptions:
    """How a terminal is worked: seconds to wait, those for the answer to Save, how pictures are kept.

    `quiet` is for how many seconds nothing may come from the host before a screen counts as painted.
    """

    timeout: float = 30.0
    save_timeout: float = 120.0
    quiet: float = 0.03
    picture_format: PictureFormat = "webp"


class TerminalDriver:
    """Works the screens of one terminal; `connect` opens a line to the host."""

    def __init__(self, profile: ErpProfile, connect: Callable[[], Terminal], options: TerminalOptions) -> None:
        self.profile, self.options = profile, options
        self.host = TerminalHost(profile, connect, options.timeout, options.quiet)
        self._allowed: Mapping[str, bool] = {}
        self._current: dict[str, Screen] = {}
        self._asked: dict[str, tuple[str, str]] = {}
        self._name = self._at = "entry"

    # --- moving about -----------------------------------------------------------------------------------------------

    def use(self, window: str) -> None:
        """Work at the desk of that name from now on."""
        self._name = window

    def _hop(self) -> None:
        """Be at the desk that is worked at; each keeps its screen as it was left."""
        if self._at != self._name:
            self.host.look()
            self.host.press_habit("hop")
            self.host.look()
            self._at = self._name

    def open(self, address: str) -> None:
        """Press the keys that open a screen from the screen `menu`, whose own are those that lead back to it.

        Without any the line is opened anew.
        """
        self._current.pop(self._name, None)
        self._asked.pop(self._name, None)
        if not address:
            self._current.clear()
            self._at = self._name
            self.host.open()
            return
        self._hop()
        self._go_to_menu()
        if address != self._screen(MAIN).address:
            for chord in chords(address):
                self.host.look()
                self.host.press(chord)

    def _go_to_menu(self) -> None:
        for _ in range(DEEPEST):
            seen = self.host.look()
            if self.host.shows(seen, self._screen(MAIN)):
                return
            for chord in chords(self._screen(MAIN).address):
                self.host.press(chord)
        raise ScreenUnknown(erp=self.profile.name, expected=MAIN, text=said(self.host.look()))

    def shows(self, screen: Screen) -> bool:
        """Whether the screen's anchor is there at this moment."""
        self._hop()
        return self.host.shows(self.host.look(), screen)

    def show(self, screen: Screen, timeout: float | None = None) -> tuple[str, ...]:
        """Wait until the screen's anchor is there, and what tells of its answer; what the message line says.

        Raises ScreenUnknown with what is shown instead.
        """
        self._hop()
        seen = self.host.rest(lambda look: self._is_ready(look, screen) or bool(self.host.messages(look)), timeout)
        if seen is None or not self.host.shows(seen, screen):
            texts = self.host.messages(self.host.terminal.look())
            text = " / ".join(texts) or said(self.host.terminal.look())
            raise ScreenUnknown(erp=self.profile.name, expected=screen.name, text=text)
        self._asked.pop(self._name, None)
        self._current[self._name] = screen
        return tuple(self.host.messages(seen))

    def _is_ready(self, look: Look, screen: Screen) -> bool:
        if not self.host.shows(look, screen):
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
            before = self._shown_in(self.host.look(), screen.targets[screen.answered]) if is_there else ""
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
        seen = self.host.rest(lambda look: self.host.shows(look, screen), min(UNKNOWN_AFTER, self.options.timeout))
        if seen is None:
            seen = self.host.look()
            raise ScreenUnknown(erp=self.profile.name, expected=screen.name, text=said(seen))
        return screen, seen

    def _painted(self) -> tuple[Screen, Look]:
        """The same, painted anew."""
        self.host.look_painted(self.front()[1])
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
        self.host.look()
        if not self.host.terminal.go_to(span, self.options.timeout):
            raise TargetNotFound(target=target.name, screen=self._current[self._name].name)
        for chord in self.profile.keys_for("erase_field"):
            self.host.terminal.press(chord)
        if not target.secret and self.host.rest(lambda look: not look.text(span)) is None:
            raise ProgramSilent(erp=self.profile.name, seconds=f"{self.options.timeout:g}")
        before = self.host.terminal.look().heard
        self.host.terminal.write(text)
        if text and not target.secret:  # of which most hosts show nothing
            self.host.terminal.wait(lambda look: look.heard > before, self.options.timeout, self.options.quiet)

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
            self.host.look()
            self.host.press(chord)

    def commit(self, target: Target, leave: Leave) -> None:
        """Press the target that commits, once, after `leave` said yes, and answer the questions that are expected.

        Raises StopOrdered where leave was refused and nothing was pressed, SaveUnanswered where nothing came of it.
        """
        screen, seen = self._painted()
        before = self.host.messages(seen)
        if screen.commit is None or screen.commit.target != target.name:
            where = f"selectors/{self.profile.name}/{screen.name}.toml: commit"
            raise InvalidConfig.of([fault(where, Phrase("it is missing"))])
        self._current.pop(self._name)
        if not leave():
            raise StopOrdered(person="erpbridge", why=Phrase("leave was not given"))
        press_and_answer(self.host, target, before, self._allowed, self.options.save_timeout)

    # --- pictures and the end ---------------------------------------------------------------------------------------

    def capture(self, step: str) -> Picture:
        """What the terminal shows, drawn, with its text beside it; without its secrets."""
        self._hop()
        seen = self.host.terminal.look()
        screen = self._current.get(self._name)
        known = screen if screen is not None and self.host.shows(seen, screen) else None
        return capture(self.profile, known, seen, step, self.options.picture_format)

    def close(self) -> None:
        """Give the line up."""
        self.host.close()

    def _screen(self, name: str) -> Screen:
        if name not in self.profile.screens:
            where = f"selectors/{self.profile.name}/{name}.toml"
            raise InvalidConfig.of([fault(where, Phrase("the file is missing"))])
        return self.profile.screens[name]

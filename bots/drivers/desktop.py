"""How is a desktop surface worked? Named targets in the ERP's windows, by real keys and what its program answers."""

import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

from bots.drivers.desktop_grids import Grids
from bots.drivers.desktop_guards import Guard, named
from bots.drivers.desktop_hands import Habits, Hands
from bots.drivers.desktop_locating import Finder, Found, says
from bots.drivers.desktop_options import DesktopOptions
from bots.drivers.desktop_parts import Desktop, Window
from bots.drivers.desktop_saves import save
from bots.drivers.desktop_sights import Blind, Sight
from bots.drivers.desktop_views import Views
from bots.drivers.desktop_watches import POLL, Watch, titled
from bridge.errors import InvalidConfig, ProgramGone, ScreenUnknown, StopOrdered, TargetNotFound
from bridge.locale import Phrase, fault
from bridge.model.chords import chords
from bridge.model.profiles import ErpProfile, Grid, Screen, Target
from bridge.ports import Leave, LocatorHit, Picture

__all__ = ["DesktopDriver", "DesktopOptions"]

MAIN = "menu"
Shown = tuple[Screen, Window]


class DesktopDriver:
    """Works the windows of one desktop ERP; the desktop is its own until `close`."""

    def __init__(
        self, profile: ErpProfile, desktop: Desktop, options: DesktopOptions, sight: Sight | None = None
    ) -> None:
        self.profile, self.desktop, self.options = profile, desktop, options
        hands = Hands(
            desktop.keys,
            desktop.clipboard,
            desktop.layout,
            Habits.of(profile),
            has_done=self._has_done,
            is_disturbed=self._is_disturbed,
        )
        self.watch = Watch(profile, desktop, hands, options.timeout)
        self.finder = Finder(desktop, self.watch, sight or Blind())
        self.grids = Grids(profile, self.finder)
        self.views = Views(profile, desktop, self.finder)
        self.guard = Guard(profile.name, desktop)
        self.allowed: Mapping[str, bool] = {}
        self._current: dict[str, Shown] = {}
        self._asked: dict[str, tuple[str, str]] = {}
        self._said: dict[str, str] = {}
        self._name = "entry"
        self._expected: Screen | None = None

    def _has_done(self) -> bool:
        return self.watch.done()

    def _is_disturbed(self) -> bool:
        return bool(self.watch.messages() or self.watch.strangers())

    # --- moving about -----------------------------------------------------------------------------------------------

    def use(self, window: str) -> None:
        """Work in the window of that name from now on."""
        self._name = window

    @named
    def open(self, address: str) -> None:
        """Press the keys that open a screen from the screen `menu`; without any the program is started anew."""
        self.guard.check()
        self._current.pop(self._name, None)
        self._asked.pop(self._name, None)
        if not address:
            self._current.clear()
            self.desktop.program.start()
            return
        main = self.watch.of(self._screen(MAIN))
        if main is None:
            raise ScreenUnknown(erp=self.profile.name, expected=MAIN, text=self._told_instead())
        self.watch.bring(main)
        self.watch.check(main)
        if address.startswith("/"):
            self.desktop.program.hand(self.options.base + address)
        else:
            self.finder.press(chords(address))

    @named
    def show(self, screen: Screen, timeout: float | None = None) -> tuple[str, ...]:
        """Wait for the screen's window and make it the current one; what messages said meanwhile.

        Raises ScreenUnknown with what a message says instead, or with what is open where nothing comes in time.
        """
        end = time.monotonic() + (timeout or self.options.timeout)
        texts: list[str] = []
        self._expected = None
        while True:
            window = self.watch.of(screen)
            if window is not None and titled(window, self.profile.errors):
                self._current[self._name] = (screen, window)
                self._said[self._name] = self.watch.heard(window)
                return (self._said[self._name],)
            texts += self._messages()
            if window is not None and (texts or self._is_ready(screen, window)):
                self._current[self._name] = (screen, window)
                return tuple(texts)
            if window is None and not self.desktop.program.runs():
                raise ProgramGone(erp=self.profile.name, window=screen.title)
            if texts or time.monotonic() > end:
                raise ScreenUnknown(
                    erp=self.profile.name, expected=screen.name, text=" / ".join(texts) or self._told_instead()
                )
            time.sleep(POLL)

    @named
    def shows(self, screen: Screen) -> bool:
        """Whether the screen's window is open at this moment."""
        return self.watch.of(screen) is not None

    def _messages(self) -> list[str]:
        """What the open messages say, those closed of which the profile knows the meaning; strangers end it."""
        texts = [self.watch.heard(each) for each in self.watch.messages()]
        notices = [text for text in texts if self._meaning(text) in ("notice", "saved")]
        texts.extend(self.watch.heard(stranger) for stranger in self.watch.strangers())
        return [text for text in texts if text not in notices]

    def _is_ready(self, screen: Screen, window: Window) -> bool:
        """Whether the screen has what it is waited for, once its window has the keyboard."""
        self.watch.bring(window)
        self.watch.done(window.id)
        asked, before = self._asked.get(self._name, ("", ""))
        if not screen.answered or screen.name != asked:
            return True
        text = self._text(screen, window, screen.targets[screen.answered])
        if text in ("", before):
            return False
        del self._asked[self._name]
        return True

    def _meaning(self, text: str) -> str | None:
        return next((meaning for part, meaning in self.profile.messages.items() if part in text), None)

    def _told_instead(self) -> str:
        return self.watch.titles()

    def expect(self, screen: Screen) -> None:
        """What the target that tells of an answer shows now, is not the answer yet."""
        self._expected = screen
        if not screen.answered:
            return
        shown = self._current.get(self._name)
        known = shown is not None and shown[0].name == screen.name
        target = screen.targets[screen.answered]
        self._asked[self._name] = (screen.name, self._text(*shown, target) if shown and known else "")

    @contextmanager
    def dialogs(self, answers: Mapping[str, bool]) -> Iterator[None]:
        """Expect questions with these texts and answer them so, while inside."""
        self.allowed = answers
        try:
            yield
        finally:
            self.allowed = {}

    # --- reading ----------------------------------------------------------------------------------------------------

    def front(self) -> Shown:
        """The current screen, its window before all others and nothing in its way; raises what is the matter."""
        if self._name not in self._current:
            raise ScreenUnknown(erp=self.profile.name, expected=Phrase("any screen"), text=self._told_instead())
        screen, window = self._current[self._name]
        self.guard.check()
        now = next((each for each in self.desktop.windows.all() if each.id == window.id), window)
        if not titled(now, self.profile.errors):
            self.watch.bring_if_open(now)
            self.watch.check(now)
            if not titled(now, screen.anchor):
                raise ScreenUnknown(erp=self.profile.name, expected=screen.name, text=now.title)
        self._current[self._name] = (screen, now)
        return screen, now

    @named
    def read(self, targets: Sequence[Target]) -> dict[str, str]:
        """The texts the targets show now; a button has none, nor what an optional target does not show."""
        screen, window = self.front()
        texts = {target.name: self._text(screen, window, target) for target in targets}
        self.finder.tell_elsewhere(screen.name)
        if not titled(window, self.profile.errors):
            self.watch.check(window)
        return texts

    def _text(self, screen: Screen, window: Window, target: Target) -> str:
        if target.locators[0].strategy == "window":
            return self._said.get(self._name, "") if titled(window, target.locators) else ""
        told = self.finder.told(window, target, screen.name)
        if told is not None or target.kind == "button" or target.secret:
            return "" if target.kind == "button" or target.secret else told or ""
        return self.finder.copied(window, target, screen.name)

    @named
    def rows(self, grid: Grid) -> tuple[dict[str, str], ...]:
        """The texts of all rows of the grid that count."""
        return self.grids.rows(self.front()[1], grid)

    @named
    def hits(self, screen: Screen) -> tuple[LocatorHit, ...]:
        """Which locator leads to each target of the current screen."""
        shown, window = self.front()
        return tuple(self._hit(shown, window, target) for target in screen.targets.values())

    def _hit(self, screen: Screen, window: Window, target: Target) -> LocatorHit:
        if says(target):
            found = self._said_of(screen, window, target)
        elif target.kind == "button" or target.locators[0].strategy == "window":
            found = Found(0, str(target.locators[0]))
        else:
            found = self.finder.focus(window, target, screen.name)
        return LocatorHit(screen.name, target.name, found.locator, found.position, found.count)

    def _said_of(self, screen: Screen, window: Window, target: Target) -> Found:
        try:
            return self.finder.look(window, target, screen.name)[0]
        except TargetNotFound:
            return Found(None, "", 0)

    # --- acting -----------------------------------------------------------------------------------------------------

    @named
    def fill(self, texts: Sequence[tuple[Target, str]]) -> None:
        """Replace the contents of targets, in this order; each is left again, so that the program looks at it."""
        screen, window = self.front()
        for target, text in texts:
            self.finder.focus(window, target, screen.name)
            self.finder.forget(window, target.name)
            self.watch.put(window, text, target.name, in_one_piece=target.secret)
            if target.secret or target.mask:
                self.finder.note_hidden(window, target, screen.name)
            self.finder.press(self.profile.keys_for("next"))
            if self._expected is None:
                self.watch.check(window)

    @named
    def fill_row(self, grid: Grid, row: int, texts: Mapping[str, str]) -> None:
        """Replace the contents of one row's cells; rows count from 0."""
        if row < 0:
            raise TargetNotFound(target=grid.name, screen=self.front()[0].name)
        self.grids.fill(self.front()[1], grid, row, texts)

    @named
    def press(self, target: Target, leads_to: Screen | None = None) -> None:
        """Press a button; raises StopOrdered for the one that commits, which only `commit` may."""
        screen, window = self.front()
        if screen.commit is not None and target.name == screen.commit.target:
            raise StopOrdered(person="erpbridge", why=Phrase("{name} commits", name=target.name))
        self._asked.pop(self._name, None)
        if leads_to is not None:
            self.expect(leads_to)
        self._current.pop(self._name)
        self.finder.focus(window, target, screen.name)

    @named
    def commit(self, target: Target, leave: Leave) -> None:
        """Press the target that commits, once, after `leave` said yes, and answer the questions that are expected.

        Raises StopOrdered where leave was refused and nothing was pressed, SaveUnanswered where nothing came of it. A
        target that its first locator does not find is not pressed.
        """
        screen, window = self.front()
        if screen.commit is None or screen.commit.target != target.name:
            where = f"selectors/{self.profile.name}/{screen.name}.toml: commit"
            raise InvalidConfig.of([fault(where, Phrase("it is missing"))])
        self._current.pop(self._name)
        save(self, screen, window, target, leave)

    # --- pictures and the end ---------------------------------------------------------------------------------------

    @named
    def capture(self, step: str) -> Picture:
        """A masked picture of the current screen's window and of what stands before it."""
        self.guard.check()
        screen, window = self._current.get(self._name, (None, None))
        open_now = {each.id: each for each in self.desktop.windows.all()}
        if window is not None and window.id in open_now and not titled(window, self.profile.errors):
            window = open_now[window.id]
        else:
            screen, window = None, None
        return self.views.capture(screen, window, step, self.options.picture_format)

    def close(self) -> None:
        """End the program and its desktop."""
        self.desktop.close()

    def _screen(self, name: str) -> Screen:
        if name not in self.profile.screens:
            where = f"selectors/{self.profile.name}/{name}.toml"
            raise InvalidConfig.of([fault(where, Phrase("the file is missing"))])
        return self.profile.screens[name]

"""Which windows of the ERP are open, which of them nobody asked for, and what do those say?"""

import re
import time
from collections.abc import Iterable, Mapping

from bots.drivers.desktop_hands import Hands
from bots.drivers.desktop_parts import Desktop, Window
from bridge.errors import DialogUnexpected, KeyboardTaken, ProgramGone, ProgramSilent, TextNotTaken
from bridge.model.profiles import ErpProfile, Locator, Screen

POLL = 0.01  # seconds between two looks at what nobody tells of
SECONDS_TO_FRONT = 3.0
SECONDS_TO_ASK = 0.2
SECONDS_TO_COME = 2.0  # between a window that has gone and the one that gets the keyboard


class Watch:
    """Looks at the windows before and after every action; `timeout` is how many seconds a program may be silent."""

    def __init__(self, profile: ErpProfile, desktop: Desktop, hands: Hands, timeout: float) -> None:
        self.profile, self.desktop, self.hands, self.timeout = profile, desktop, hands, timeout
        self._told: dict[int, str] = {}
        anchors = [locator for screen in profile.screens.values() for locator in screen.anchor]
        self._familiar = [each for each in anchors if each not in profile.errors]

    # --- which windows ----------------------------------------------------------------------------------------------

    def of(self, screen: Screen) -> Window | None:
        """The window that shows the screen; of several the one that was opened last."""
        return next((each for each in reversed(self.desktop.windows.all()) if titled(each, screen.anchor)), None)

    def messages(self) -> list[Window]:
        """The ERP's own messages and questions that are open."""
        return [each for each in self.desktop.windows.all() if titled(each, self.profile.errors)]

    def strangers(self) -> list[Window]:
        """The windows that no screen and no message of the profile knows."""
        known = (*self._familiar, *self.profile.errors)
        return [each for each in self.desktop.windows.all() if not titled(each, known)]

    def titles(self) -> str:
        """The titles of all windows, for whoever has to make sense of what is there."""
        return " / ".join(window.title for window in self.desktop.windows.all())

    # --- keeping calm -----------------------------------------------------------------------------------------------

    def bring(self, window: Window) -> None:
        """Give the window the keyboard; raises KeyboardTaken where it does not get it."""
        windows = self.desktop.windows
        if windows.active() == window.id:
            return
        windows.activate(window.id)
        end = time.monotonic() + SECONDS_TO_FRONT
        while windows.active() != window.id:
            if time.monotonic() > end:
                raise KeyboardTaken(erp=self.profile.name, window=self.titles())
            time.sleep(POLL)

    def bring_if_open(self, window: Window) -> None:
        """The same, unless the window is gone or a message stands before it, of which `check` tells."""
        is_open = window.id in self.desktop.windows.ids()
        if is_open and not self.messages() and not self.strangers():
            self.bring(window)

    def done(self, window: int | None = None) -> bool:
        """Wait until the program has done all that was pressed so far; raises ProgramSilent where it does not.

        A window that is closed by it cannot answer any more: then any other one of the program does.
        """
        end = time.monotonic() + self.timeout
        while time.monotonic() < end:
            asked = self._to_ask(window)
            if asked is None:
                return False
            if self.desktop.windows.answers(asked, SECONDS_TO_ASK):
                return True
        raise ProgramSilent(erp=self.profile.name, seconds=f"{self.timeout:g}")

    def _to_ask(self, window: int | None) -> int | None:
        """That window, else the one that has the keyboard, else the last one; None where none is open."""
        open_now = list(self.desktop.windows.ids())
        wanted = (window, self.desktop.windows.active(), *open_now[-1:])
        return next((each for each in wanted if each in open_now), None)

    def check(self, front: Window) -> None:
        """Nothing stands before the window and it has the keyboard; raises what is the matter instead.

        Where no window that is open has it, one is on its way, or just gone: it is waited for to see which.
        """
        end = time.monotonic() + SECONDS_TO_COME
        while True:
            open_now = self._undisturbed(front)
            active = self.desktop.windows.active()
            if active == front.id:
                return
            other = open_now.get(active or 0)
            if other is not None or time.monotonic() > end:
                raise KeyboardTaken(erp=self.profile.name, window=other.title if other else "")
            time.sleep(POLL)

    def _undisturbed(self, front: Window) -> Mapping[int, Window]:
        """The windows that are open, of which the front one is and none has come before it."""
        open_now = {window.id: window for window in self.desktop.windows.all()}
        if front.id not in open_now and not self.desktop.program.runs():
            raise ProgramGone(erp=self.profile.name, window=front.title)
        for odd in (*self.messages(), *self.strangers()):
            raise DialogUnexpected(erp=self.profile.name, text=self.heard(odd))
        if front.id not in open_now:
            raise ProgramGone(erp=self.profile.name, window=front.title)
        return open_now

    def put(self, front: Window, text: str, field: str, *, in_one_piece: bool = False) -> None:
        """Type a text into the field that has the keyboard; what stands in the way is raised as what it is."""
        if self.desktop.windows.active() != front.id:
            self.check(front)
        try:
            self.hands.put(text, field, in_one_piece=in_one_piece)
        except TextNotTaken:
            self.check(front)
            raise
        self.done()

    # --- what messages say ------------------------------------------------------------------------------------------

    def heard(self, window: Window) -> str:
        """What the window says; one whose text the profile knows is closed, any other stays as it is."""
        if not titled(window, self.profile.errors):
            return window.title
        text = self.text(window)
        if any(part in text for part in self.profile.messages):
            self.answer(window, "close_message")
        return text

    def text(self, window: Window) -> str:
        """The text of a message, which its program copies; its title where it copies nothing."""
        open_now = set(self.desktop.windows.ids())
        self._told = {number: text for number, text in self._told.items() if number in open_now}  # numbers come again
        if window.id not in self._told:
            self.bring(window)
            self.done(window.id)
            self._told[window.id] = plain_message(self.hands.message(), window.title) or window.title
        return self._told[window.id]

    def answer(self, window: Window, habit: str) -> None:
        """Press what answers a message or question, once, and wait until it is gone."""
        self.bring(window)
        for chord in self.profile.keys_for(habit):
            self.desktop.keys.press(*chord)
        end = time.monotonic() + self.timeout
        while window.id in self.desktop.windows.ids():
            if time.monotonic() > end:
                raise ProgramSilent(erp=self.profile.name, seconds=f"{self.timeout:g}")
            time.sleep(POLL)


def titled(window: Window, locators: Iterable[Locator]) -> bool:
    """Whether one of the locators names a window by its title, in which `*` stands for any text."""
    patterns = (each.value for each in locators if each.strategy == "window")
    return any(re.fullmatch(".*".join(map(re.escape, each.split("*"))), window.title) for each in patterns)


def plain_message(copied: str, title: str) -> str:
    """The text of a message as message boxes copy it: rules of dashes around title, text and buttons."""
    parts = [part.strip() for part in re.split(r"(?m)^-{3,}\r?$", copied)]
    inside = [part for part in parts if part]
    if len(inside) < 2 or inside[0] != title:  # noqa: PLR2004 - title and text at least
        return " ".join(copied.split())
    return " ".join(inside[1].split())

"""When has a host painted what it was asked for, and when does it take keys?"""

from collections.abc import Callable

from bots.drivers.terminal_locating import spans
from bots.drivers.terminal_parts import Look, Terminal
from bridge.errors import ProgramSilent, ScreenUnknown
from bridge.locale import Phrase
from bridge.model.chords import Chord
from bridge.model.profiles import ErpProfile, Screen

SECONDS_TO_PAINT = 0.4


class TerminalHost:
    """The host behind one terminal, whose line is opened by `connect`.

    `timeout` is how many seconds it may be silent, `quiet` for how many nothing may come before a screen counts as
    painted.
    """

    def __init__(self, profile: ErpProfile, connect: Callable[[], Terminal], timeout: float, quiet: float) -> None:
        self.profile, self.timeout, self.quiet = profile, timeout, quiet
        self._connect = connect
        self._line: Terminal | None = None

    @property
    def terminal(self) -> Terminal:
        """The terminal, connected."""
        if self._line is None:
            raise ScreenUnknown(erp=self.profile.name, expected=Phrase("any screen"), text="")
        return self._line

    def open(self) -> None:
        """Open the line anew."""
        self.close()
        self._line = self._connect()

    def close(self) -> None:
        """Give the line up."""
        line, self._line = self._line, None
        if line is not None:
            line.close()

    # --- what it shows ----------------------------------------------------------------------------------------------

    def shows(self, look: Look, screen: Screen) -> bool:
        """Whether the screen's anchor is there, once."""
        return any(len(spans(look, locator)) == 1 for locator in screen.anchor)

    def messages(self, look: Look) -> list[str]:
        """What stands where the ERP says its messages."""
        found = (look.text(span) for locator in self.profile.errors for span in spans(look, locator))
        return [text for text in found if text]

    def rest(self, is_there: Callable[[Look], bool] = lambda _: True, seconds: float | None = None) -> Look | None:
        """What is shown once that is there, the host takes keys, and no broadcast stands over it; None in no time."""
        seen = self._wait(is_there, seconds)
        if seen is None or not self._is_overwritten(seen):
            return seen
        self.repaint()
        return self._wait(is_there, seconds)

    def _wait(self, is_there: Callable[[Look], bool], seconds: float | None) -> Look | None:
        def is_ready(look: Look) -> bool:
            return self._is_free(look) and is_there(look)

        return self.terminal.wait(is_ready, seconds or self.timeout, self.quiet)

    def _is_free(self, look: Look) -> bool:
        """Whether the host takes keys."""
        busy = any(spans(look, locator) for locator in self.profile.busy)
        return not busy and not self.terminal.is_locked()

    def _is_overwritten(self, look: Look) -> bool:
        broadcasts = [text for text, meaning in self.profile.messages.items() if meaning == "broadcast"]
        return any(look.find(text) for text in broadcasts)

    def look(self) -> Look:
        """What is shown, at rest; raises ProgramSilent."""
        seen = self.rest()
        if seen is None:
            raise ProgramSilent(erp=self.profile.name, seconds=f"{self.timeout:g}")
        return seen

    def look_painted(self, before: Look) -> None:
        """Have everything painted anew, lest a line was lost on its way, or was still to come.

        What comes out as before was whole; where it does not, more may be on its way.
        """
        if not self.profile.keys_for("repaint"):
            return
        self.repaint()
        same = self.terminal.wait(lambda look: look.rows == before.rows, SECONDS_TO_PAINT, self.quiet)
        if same is None:
            self.terminal.wait(lambda _: True, self.timeout, SECONDS_TO_PAINT)

    def repaint(self) -> None:
        """Have the host paint everything anew: what it believes to stand there may never have come."""
        self.press_habit("repaint")

    # --- keys -------------------------------------------------------------------------------------------------------

    def press_habit(self, habit: str) -> None:
        """Press what the ERP's screens want pressed for that."""
        for chord in self.profile.keys_for(habit):
            self.press(chord)

    def press(self, chord: Chord) -> None:
        """Press one key that the host answers, and wait until it has begun to."""
        before = self.terminal.look().heard
        self.terminal.press(chord)
        self.terminal.wait(lambda look: look.heard > before, self.timeout, 0.0)


def said(look: Look) -> str:
    """The beginning of what a screen says, for whoever has to make sense of it."""
    return " / ".join(line.strip() for line in look.lines if line.strip())[:300]

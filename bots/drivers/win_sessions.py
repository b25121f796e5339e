"""Can a desktop seat work in this Windows session? Only in one that is in use, unlocked, and laid out as agreed."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from PIL import Image

from bots.drivers.desktop_seats import caps_lock_finding, density_finding, picture_finding, size_finding
from bots.drivers.win_session_doors import (
    ASK_SCREEN_SAVER,
    CAPS_LOCK,
    CONNECTED_AND_USED,
    HIGH,
    MEDIUM,
    METRIC_MONITORS,
    METRIC_REMOTE,
    METRICS_HEIGHT,
    METRICS_WIDTH,
    Advapi32,
    Kernel32,
    PowrProf,
    Station,
    Wts,
)
from bridge.locale import Phrase
from bridge.ports.seat_findings import SeatFinding, advice, bad, fine

WHERE_PEOPLE_WORK = "Default"
ENGLISH = 0x09  # the primary language, in the lower ten bits
PRIMARY = 0x3FF
ELEVATED = b"requireAdministrator"  # in the manifest that a program carries


@dataclass(frozen=True)
class Session:
    """Whom to ask: one door for each library of Windows, a picture of the display, and the processes of a program."""

    wts: Wts
    kernel32: Kernel32
    advapi32: Advapi32
    powrprof: PowrProf
    station: Station
    look: Callable[[], Image.Image | None]
    processes_of: Callable[[Path], Sequence[int]]

    def findings(self, program: Path | None, size: tuple[int, int]) -> Iterator[SeatFinding]:
        """All that matters to a seat that works this program on a display of that size."""
        self.station.be_aware_of_dpi()
        yield from self.basics()
        yield self._size(size)
        yield self._monitors()
        yield self._density()
        yield self._layout()
        yield self._input_method()
        yield self._caps_lock()
        yield self._picture()
        yield self._screen_saver()
        yield self._power()
        yield from self._rights(program) if program is not None else ()

    def basics(self) -> Iterator[SeatFinding]:
        """Whether any key would reach the session at all."""
        yield self._no_service()
        yield self._in_use()
        yield self._unlocked()

    # --- the session ------------------------------------------------------------------------------------------------

    def _own(self) -> int:
        return self.kernel32.session_of(self.kernel32.own_process())

    def _no_service(self) -> SeatFinding:
        if self._own() != 0:
            return fine("session", Phrase("This is the session {number} of a user.", number=self._own()))
        return bad(
            "session",
            Phrase("This is session 0, where services run and no window is ever seen."),
            Phrase("Start it as a task that runs only when its user is logged on, never as a service."),
        )

    def _in_use(self) -> SeatFinding:
        own = self._own()
        if self.wts.connect_state(own) != CONNECTED_AND_USED:
            return bad(
                "session_in_use",
                Phrase("The session is disconnected: it has no display and no keyboard."),
                Phrase("Connect to it, or give it the console: tscon {number} /dest:console.", number=own),
            )
        if self.wts.console_session() != own or self.station.metric(METRIC_REMOTE):
            return advice(
                "session_in_use",
                Phrase("The session is shown by remote desktop; once that is closed, nothing can be worked in it."),
                Phrase("Give it the console when you leave: tscon {number} /dest:console.", number=own),
            )
        return fine("session_in_use", Phrase("The session is in use, at the console."))

    def _unlocked(self) -> SeatFinding:
        shown = self.station.input_desktop()
        if shown == WHERE_PEOPLE_WORK:
            return fine("unlocked", Phrase("The session is not locked."))
        return bad(
            "unlocked",
            Phrase(
                "The session is locked, or asks for leave, or its screen saver runs ({desktop}).",
                desktop=shown or "Winlogon",
            ),
            Phrase("Unlock it, and switch off whatever locks it by itself."),
        )

    # --- the display ------------------------------------------------------------------------------------------------

    def _size(self, wanted: tuple[int, int]) -> SeatFinding:
        found = self.station.metric(METRICS_WIDTH), self.station.metric(METRICS_HEIGHT)
        return size_finding(wanted, found, Phrase("Give the session that resolution, or configure the one it has."))

    def _monitors(self) -> SeatFinding:
        count = self.station.metric(METRIC_MONITORS)
        if count == 1:
            return fine("monitors", Phrase("There is one monitor."))
        return bad("monitors", Phrase("There are {count} monitors.", count=count), Phrase("Leave one of them."))

    def _density(self) -> SeatFinding:
        return density_finding(self.station.dpi(), Phrase("Set the scaling to 100 %, then sign out and in again."))

    def _picture(self) -> SeatFinding:
        return picture_finding(self.look(), Phrase("Unlock and connect the session; a seat cannot work unseen."))

    def _screen_saver(self) -> SeatFinding:
        if not self.station.setting(ASK_SCREEN_SAVER):
            return fine("screen_saver", Phrase("The screen saver is off."))
        return bad(
            "screen_saver",
            Phrase("A screen saver is on; it would cover the ERP or lock the session."),
            Phrase("Switch it off for this user, also where a group policy sets it."),
        )

    def _power(self) -> SeatFinding:
        seconds = self.powrprof.seconds_to_dark()
        if not seconds:
            return fine("power", Phrase("The power plan keeps the display on."))
        return bad(
            "power",
            Phrase("The power plan switches the display off after {seconds} seconds.", seconds=seconds),
            Phrase("Keep it on: powercfg /change monitor-timeout-ac 0."),
        )

    # --- the keyboard -----------------------------------------------------------------------------------------------

    def _layout(self) -> SeatFinding:
        language = self.station.layout() & 0xFFFF
        if language & PRIMARY == ENGLISH:
            return fine("layout", Phrase("The keyboard layout is English."))
        return bad(
            "layout",
            Phrase("The keyboard layout is not English ({language}).", language=f"0x{language:04x}"),
            Phrase("Make English (United States) the only layout of this user."),
        )

    def _input_method(self) -> SeatFinding:
        if not self.station.input_method_is_open():
            return fine("input_method", Phrase("No input method takes the keys."))
        return bad(
            "input_method",
            Phrase("An input method is open and would take the keys."),
            Phrase("Close it, or remove it from this user's languages."),
        )

    def _caps_lock(self) -> SeatFinding:
        return caps_lock_finding(on=self.station.is_toggled(CAPS_LOCK))

    # --- rights -----------------------------------------------------------------------------------------------------

    def _rights(self, program: Path) -> Iterator[SeatFinding]:
        """Windows drops what is typed into a program of more rights, and tells nobody (UIPI)."""
        own = self.advapi32.integrity(self.kernel32.own_process()) or MEDIUM
        running = self.processes_of(program)
        levels = [self.advapi32.integrity(each) for each in running]
        hidden = any(level is None for level in levels)
        needed = max([level or 0 for level in levels], default=0)
        if not running and _wants_elevation(program):
            needed = HIGH
        if hidden or needed > own:
            yield bad(
                "integrity",
                Phrase("{program} has more rights than this process; Windows keeps our keys from it.", program=program),
                Phrase("Run both with the same rights: the ERP without administrator rights, or the seat with them."),
            )
        else:
            yield fine("integrity", Phrase("The program has no more rights than this process."))


def _wants_elevation(program: Path) -> bool:
    return program.is_file() and ELEVATED in program.read_bytes()

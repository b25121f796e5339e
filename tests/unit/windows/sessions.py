"""How does a Windows session answer? As Microsoft's pages say, in whatever state a test puts it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from PIL import Image

from bots.drivers.win_session_doors import (
    ASK_SCREEN_SAVER,
    CAPS_LOCK,
    MEDIUM,
    METRIC_MONITORS,
    METRIC_REMOTE,
    METRICS_HEIGHT,
    METRICS_WIDTH,
)
from bots.drivers.win_sessions import Session
from bridge.ports import SeatFinding

SIZE = (1280, 800)
OWN, OTHER = 4711, 4712
US, GERMAN, CHINESE = 0x04090409, 0x04070407, 0x08040804


def _shown() -> Image.Image:
    picture = Image.new("RGB", SIZE, "navy")
    picture.paste("white", (0, 0, 400, 300))
    return picture


@dataclass
class FakeSession:
    """One session, healthy unless told otherwise; it is all doors at once."""

    session: int = 2
    console: int | None = 2
    state: int = 0
    desktop: str | None = "Default"
    size: tuple[int, int] = SIZE
    monitors: int = 1
    remote: bool = False
    real_dpi: int = 96
    language: int = US
    input_method: bool = False
    toggled: frozenset[int] = frozenset()
    screen_saver: bool = False
    dark_after: int = 0
    rights: dict[int, int | None] = field(default_factory=lambda: {OWN: MEDIUM, OTHER: MEDIUM})
    running: Sequence[int] = ()
    shown: Image.Image | None = field(default_factory=_shown)
    is_aware: bool = False

    def findings(self, program: Path | None = None) -> dict[str, SeatFinding]:
        """What is found there, by code."""
        session = Session(self, self, self, self, self, lambda: self.shown, lambda _: self.running)
        return {found.code: found for found in session.findings(program, SIZE)}

    def console_session(self) -> int | None:
        return self.console

    def connect_state(self, session: int) -> int:
        assert session == self.session
        return self.state

    def own_process(self) -> int:
        return OWN

    def session_of(self, process: int) -> int:
        assert process == OWN
        return self.session

    def integrity(self, process: int) -> int | None:
        return self.rights[process]

    def seconds_to_dark(self) -> int:
        return self.dark_after

    def be_aware_of_dpi(self) -> bool:
        before, self.is_aware = self.is_aware, True
        return not before

    def input_desktop(self) -> str | None:
        return self.desktop

    def metric(self, index: int) -> int:
        known = {
            METRIC_MONITORS: self.monitors,
            METRIC_REMOTE: int(self.remote),
            METRICS_WIDTH: self.size[0],
            METRICS_HEIGHT: self.size[1],
        }
        return known[index]

    def dpi(self) -> int:
        """Whoever did not say that he is aware of it is told 96."""
        return self.real_dpi if self.is_aware else 96

    def layout(self) -> int:
        return self.language

    def input_method_is_open(self) -> bool:
        return self.input_method

    def is_toggled(self, key: int) -> bool:
        return key in self.toggled

    def setting(self, action: int) -> int:
        assert action == ASK_SCREEN_SAVER
        return int(self.screen_saver)

    # --- of Kernel32, what no look at a session needs ---------------------------------------------------------------

    def create_job(self) -> int:
        raise AssertionError

    def create_suspended(self, command: str) -> tuple[int, int]:
        raise AssertionError(command)

    def assign(self, job: int, process: int) -> None:
        raise AssertionError(job, process)

    def resume(self, thread: int) -> None:
        raise AssertionError(thread)

    def job_processes(self, job: int) -> Sequence[int]:
        raise AssertionError(job)

    def terminate_process(self, process: int) -> None:
        raise AssertionError(process)

    def terminate_job(self, job: int) -> None:
        raise AssertionError(job)

    def close(self, handle: int) -> None:
        raise AssertionError(handle)


def caps_locked() -> FakeSession:
    """A session in which Caps Lock is on."""
    return FakeSession(toggled=frozenset({CAPS_LOCK}))

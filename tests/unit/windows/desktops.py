"""A whole seat on a Windows machine that is none: its desktop, a program with one field, and who sits there."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from bots.drivers.win_desktops import Doors, WinDesktop
from bots.drivers.win_structures import CallFailedError
from bridge.errors import OperatorStopped
from tests.unit.windows.machines import FakeForm, FakeMachine

PROCESS = 2_000_000_000  # no system has so many: nobody is asked for a name by it
STRANGER = PROCESS + 1


@dataclass
class FakeKernel32:
    """Processes and jobs; what is started is a form on the machine."""

    machine: FakeMachine
    done: list[str] = field(default_factory=list)
    jobs: dict[int, list[int]] = field(default_factory=dict)
    forms: list[FakeForm] = field(default_factory=list)
    refuses: str = ""
    commands: list[str] = field(default_factory=list)

    def _do(self, what: str) -> None:
        self.done.append(what)
        if what == self.refuses:
            raise CallFailedError(what)

    def own_process(self) -> int:
        return 1

    def session_of(self, process: int) -> int:
        return 1 if process == 1 else 0

    def create_job(self) -> int:
        self._do("create_job")
        self.jobs[50 + len(self.jobs)] = []
        return max(self.jobs)

    def create_suspended(self, command: str) -> tuple[int, int]:
        self.commands.append(command)
        self._do("create_suspended")
        return 70, 71

    def assign(self, job: int, process: int) -> None:
        assert process == 70
        self._do("assign")
        self.jobs[job].append(PROCESS)

    def resume(self, thread: int) -> None:
        assert thread == 71
        self._do("resume")
        self.forms.append(FakeForm(self.machine, PROCESS))

    def job_processes(self, job: int) -> Sequence[int]:
        return self.jobs[job]

    def terminate_process(self, process: int) -> None:
        assert process == 70
        self._do("terminate_process")

    def terminate_job(self, job: int) -> None:
        self._do("terminate_job")
        self.jobs[job].clear()
        for number in [each for each, shown in self.machine.windows.items() if shown.process == PROCESS]:
            self.machine.close_window(number)

    def close(self, handle: int) -> None:
        self._do(f"close {'job' if handle in self.jobs else handle}")


@dataclass
class FakeGui:
    """Keys by their names; a person may stop them."""

    machine: FakeMachine
    stopped: bool = False

    def heed(self) -> None:
        if self.stopped:
            raise OperatorStopped

    def press(self, *keys: str) -> None:
        self.heed()
        self.machine.type(keys)

    def click(self, left: int, top: int) -> None:
        self.heed()
        assert (left, top) >= (0, 0)


class FakeCamera:
    """Two monitors, the second one left of the first."""

    monitors: Sequence[Mapping[str, int]] = ({"left": -640, "top": 0, "width": 1920, "height": 800},)

    def grab(self, monitor: dict[str, int], /) -> Any:
        @dataclass
        class Shot:
            size: tuple[int, int]
            bgra: bytes

        size = monitor["width"], monitor["height"]
        self.asked = monitor
        return Shot(size, bytes((1, 2, 3, 255)) * (size[0] * size[1]))

    def close(self) -> None:
        """There is nothing to leave."""


@dataclass
class Seat:
    """A desktop with its program at work."""

    machine: FakeMachine
    kernel32: FakeKernel32
    gui: FakeGui
    desktop: WinDesktop

    @property
    def form(self) -> FakeForm:
        """The program as it is now."""
        return self.kernel32.forms[-1]


def seat() -> Seat:
    """A machine, with other people's windows on it, on which the program was started."""
    machine = FakeMachine()
    machine.open_window("Program Manager", STRANGER, 30)
    kernel32, gui = FakeKernel32(machine), FakeGui(machine)
    desktop = WinDesktop(
        "erp.exe", Doors(machine, machine, machine, kernel32, gui, FakeCamera(), lambda: machine.language)
    )
    desktop.program.start()
    return Seat(machine, kernel32, gui, desktop)

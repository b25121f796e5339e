"""What does Windows tell about sessions, users and processes? One method for each call, as Microsoft documents it.

The real calls stand in `win_session_calls`; whoever asks knows these promises only.
"""

from collections.abc import Sequence
from typing import Protocol

CONNECTED_AND_USED = 0  # WTSActive
METRIC_MONITORS, METRIC_REMOTE = 80, 0x1000
METRICS_WIDTH, METRICS_HEIGHT = 78, 79  # of all monitors together
ASK_SCREEN_SAVER = 0x0010  # SPI_GETSCREENSAVEACTIVE
CAPS_LOCK = 0x14  # VK_CAPITAL
MEDIUM, HIGH = 0x2000, 0x3000  # SECURITY_MANDATORY_MEDIUM_RID, _HIGH_RID


class Wts(Protocol):
    """Sessions: https://learn.microsoft.com/en-us/windows/win32/api/wtsapi32/."""

    def console_session(self) -> int | None:
        """WTSGetActiveConsoleSessionId: the session at the physical console; None for 0xFFFFFFFF, while it changes.

        https://learn.microsoft.com/en-us/windows/win32/api/winbase/nf-winbase-wtsgetactiveconsolesessionid
        """
        ...

    def connect_state(self, session: int) -> int:
        """WTSQuerySessionInformation of WTSConnectState: 0 is in use, 4 is disconnected.

        https://learn.microsoft.com/en-us/windows/win32/api/wtsapi32/ne-wtsapi32-wts_connectstate_class
        """
        ...


class Kernel32(Protocol):
    """Processes and jobs. Handles are whole numbers; who opens one closes it."""

    def own_process(self) -> int:
        """GetCurrentProcessId: the number of this process."""
        ...

    def session_of(self, process: int) -> int:
        """ProcessIdToSessionId: the session it runs in; services run in 0.

        https://learn.microsoft.com/en-us/windows/win32/api/processthreadsapi/nf-processthreadsapi-processidtosessionid
        """
        ...

    def create_job(self) -> int:
        """CreateJobObject and SetInformationJobObject: a job that ends all in it when its last handle is closed.

        JOB_OBJECT_LIMIT_KILL_ON_JOB_CLOSE:
        https://learn.microsoft.com/en-us/windows/win32/api/winnt/ns-winnt-jobobject_basic_limit_information
        """
        ...

    def create_suspended(self, command: str) -> tuple[int, int]:
        """CreateProcess with CREATE_SUSPENDED: the handles of process and first thread, which does nothing yet.

        https://learn.microsoft.com/en-us/windows/win32/procthread/process-creation-flags
        """
        ...

    def assign(self, job: int, process: int) -> None:
        """AssignProcessToJobObject: it and all that it will start belong to the job.

        https://learn.microsoft.com/en-us/windows/win32/api/jobapi2/nf-jobapi2-assignprocesstojobobject
        """
        ...

    def resume(self, thread: int) -> None:
        """ResumeThread: let it begin."""
        ...

    def job_processes(self, job: int) -> Sequence[int]:
        """QueryInformationJobObject of JobObjectBasicProcessIdList: the numbers of all that live in it.

        https://learn.microsoft.com/en-us/windows/win32/api/winnt/ns-winnt-jobobject_basic_process_id_list
        """
        ...

    def terminate_process(self, process: int) -> None:
        """TerminateProcess: end the process of this handle."""
        ...

    def terminate_job(self, job: int) -> None:
        """TerminateJobObject: end all in it.

        https://learn.microsoft.com/en-us/windows/win32/api/jobapi2/nf-jobapi2-terminatejobobject
        """
        ...

    def close(self, handle: int) -> None:
        """CloseHandle."""
        ...


class Advapi32(Protocol):
    """Rights of processes."""

    def integrity(self, process: int) -> int | None:
        """GetTokenInformation of TokenIntegrityLevel: 0x2000 medium, 0x3000 high; None where we may not ask.

        https://learn.microsoft.com/en-us/windows/win32/secauthz/mandatory-integrity-control
        """
        ...


class PowrProf(Protocol):
    """The power plan."""

    def seconds_to_dark(self) -> int:
        """PowerReadACValueIndex of GUID_VIDEO_POWERDOWN_TIMEOUT in the plan of PowerGetActiveScheme; 0 is never.

        https://learn.microsoft.com/en-us/windows/win32/power/power-setting-guids
        """
        ...


class Station(Protocol):
    """What user32 tells about the desktop as a whole."""

    def be_aware_of_dpi(self) -> bool:
        """SetProcessDpiAwarenessContext of PER_MONITOR_AWARE_V2; False where it was set already.

        https://learn.microsoft.com/en-us/windows/win32/api/winuser/nf-winuser-setprocessdpiawarenesscontext
        """
        ...

    def input_desktop(self) -> str | None:
        """OpenInputDesktop and its name: "Default" where people work; None where we may not open it, as when locked.

        https://learn.microsoft.com/en-us/windows/win32/api/winuser/nf-winuser-openinputdesktop
        """
        ...

    def metric(self, index: int) -> int:
        """GetSystemMetrics: https://learn.microsoft.com/en-us/windows/win32/api/winuser/nf-winuser-getsystemmetrics."""
        ...

    def dpi(self) -> int:
        """GetDpiForSystem: 96 is 100 %; always 96 for whom did not call `be_aware_of_dpi`.

        https://learn.microsoft.com/en-us/windows/win32/api/winuser/nf-winuser-getdpiforsystem
        """
        ...

    def layout(self) -> int:
        """GetKeyboardLayout of the foreground window's thread; its low word is the language, 0x0409 for the USA.

        https://learn.microsoft.com/en-us/windows/win32/api/winuser/nf-winuser-getkeyboardlayout
        """
        ...

    def input_method_is_open(self) -> bool:
        """IMC_GETOPENSTATUS, asked of the foreground window's input method.

        https://learn.microsoft.com/en-us/windows/win32/intl/imc-getopenstatus
        """
        ...

    def is_toggled(self, key: int) -> bool:
        """GetKeyState, its lowest bit: whether Caps Lock or the like is on.

        https://learn.microsoft.com/en-us/windows/win32/api/winuser/nf-winuser-getkeystate
        """
        ...

    def setting(self, action: int) -> int:
        """SystemParametersInfo with a number as its answer.

        https://learn.microsoft.com/en-us/windows/win32/api/winuser/nf-winuser-systemparametersinfow
        """
        ...

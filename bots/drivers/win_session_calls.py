"""How is Windows asked about sessions, users and processes? By the calls that `win_session_doors` promises."""

import ctypes
import uuid
from collections.abc import Sequence
from ctypes import byref, c_size_t, c_uint8, c_uint32, c_void_p, c_wchar_p, sizeof
from typing import Any

from bots.drivers.win_structures import ExtendedLimits, Guid, ProcessInformation, StartupInfo, failed, library

NO_SESSION = 0xFFFFFFFF
CONNECT_STATE = 8  # WTSConnectState
EXTENDED_LIMITS, PROCESS_LIST = 9, 3
KILL_ON_CLOSE = 0x2000
SUSPENDED = 0x4
MOST_PROCESSES = 512
ASK_LITTLE, QUERY_TOKEN, INTEGRITY = 0x1000, 0x8, 25
VIDEO = "7516b95f-f776-4464-8c53-06167f40cc99"  # GUID_VIDEO_SUBGROUP
DARK_AFTER = "3c0bc021-c8a8-4e07-a973-6b14cbcb2b7e"  # GUID_VIDEO_POWERDOWN_TIMEOUT
PER_MONITOR_V2 = -4
READ_OBJECTS, NAME = 0x1, 2
WM_IME_CONTROL, OPEN_STATUS = 0x0283, 0x0005
ABORT_IF_HUNG, MILLISECONDS = 0x2, 500


class RealWts:
    """See Wts."""

    def __init__(self) -> None:
        self._wts, self._kernel = library("wtsapi32"), library("kernel32")
        self._wts.WTSQuerySessionInformationW.argtypes = [c_void_p, c_uint32, c_uint32, c_void_p, c_void_p]
        self._wts.WTSFreeMemory.argtypes = [c_void_p]
        self._kernel.WTSGetActiveConsoleSessionId.restype = c_uint32

    def console_session(self) -> int | None:
        """See Wts."""
        session = int(self._kernel.WTSGetActiveConsoleSessionId())
        return None if session == NO_SESSION else session

    def connect_state(self, session: int) -> int:
        """See Wts."""
        held, length = c_void_p(), c_uint32()
        if not self._wts.WTSQuerySessionInformationW(None, session, CONNECT_STATE, byref(held), byref(length)):
            raise failed("WTSQuerySessionInformation")
        try:
            return int(ctypes.cast(held, ctypes.POINTER(ctypes.c_int32))[0])
        finally:
            self._wts.WTSFreeMemory(held)


class RealKernel32:
    """See Kernel32."""

    def __init__(self) -> None:
        self._kernel = kernel = library("kernel32")
        kernel.GetCurrentProcessId.restype = c_uint32
        kernel.ProcessIdToSessionId.argtypes = [c_uint32, c_void_p]
        kernel.CreateJobObjectW.argtypes, kernel.CreateJobObjectW.restype = [c_void_p, c_wchar_p], c_void_p
        kernel.SetInformationJobObject.argtypes = [c_void_p, c_uint32, c_void_p, c_uint32]
        kernel.QueryInformationJobObject.argtypes = [c_void_p, c_uint32, c_void_p, c_uint32, c_void_p]
        kernel.CreateProcessW.argtypes = [
            *(c_wchar_p, c_void_p, c_void_p, c_void_p, ctypes.c_int32, c_uint32),
            *(c_void_p, c_wchar_p, c_void_p, c_void_p),
        ]
        kernel.AssignProcessToJobObject.argtypes = [c_void_p, c_void_p]
        kernel.ResumeThread.argtypes, kernel.ResumeThread.restype = [c_void_p], c_uint32
        kernel.TerminateProcess.argtypes = kernel.TerminateJobObject.argtypes = [c_void_p, c_uint32]
        kernel.CloseHandle.argtypes = [c_void_p]

    def own_process(self) -> int:
        """See Kernel32."""
        return int(self._kernel.GetCurrentProcessId())

    def session_of(self, process: int) -> int:
        """See Kernel32."""
        session = c_uint32()
        self._done(self._kernel.ProcessIdToSessionId(process, byref(session)), "ProcessIdToSessionId")
        return session.value

    def create_job(self) -> int:
        """See Kernel32."""
        job = self._kernel.CreateJobObjectW(None, None)
        self._done(job, "CreateJobObject")
        limits = ExtendedLimits()
        limits.BasicLimitInformation.LimitFlags = KILL_ON_CLOSE
        done = self._kernel.SetInformationJobObject(job, EXTENDED_LIMITS, byref(limits), sizeof(limits))
        self._done(done, "SetInformationJobObject")
        return int(job)

    def create_suspended(self, command: str) -> tuple[int, int]:
        """See Kernel32; the call may write into the text of the command, so it gets a copy."""
        line, start, made = ctypes.create_unicode_buffer(command), StartupInfo(), ProcessInformation()
        start.cb = sizeof(start)
        done = self._kernel.CreateProcessW(None, line, None, None, 0, SUSPENDED, None, None, byref(start), byref(made))
        self._done(done, f"CreateProcess {command}")
        return int(made.hProcess), int(made.hThread)

    def assign(self, job: int, process: int) -> None:
        """See Kernel32."""
        self._done(self._kernel.AssignProcessToJobObject(job, process), "AssignProcessToJobObject")

    def resume(self, thread: int) -> None:
        """See Kernel32."""
        self._done(self._kernel.ResumeThread(thread) != NO_SESSION, "ResumeThread")

    def job_processes(self, job: int) -> Sequence[int]:
        """See Kernel32."""

        class ProcessList(ctypes.Structure):
            _fields_ = (
                ("NumberOfAssignedProcesses", c_uint32),
                ("NumberOfProcessIdsInList", c_uint32),
                ("ProcessIdList", c_size_t * MOST_PROCESSES),
            )

        listed = ProcessList()
        done = self._kernel.QueryInformationJobObject(job, PROCESS_LIST, byref(listed), sizeof(listed), None)
        self._done(done, "QueryInformationJobObject")
        return [int(each) for each in listed.ProcessIdList[: listed.NumberOfProcessIdsInList]]

    def terminate_process(self, process: int) -> None:
        """See Kernel32."""
        self._done(self._kernel.TerminateProcess(process, 1), "TerminateProcess")

    def terminate_job(self, job: int) -> None:
        """See Kernel32."""
        self._done(self._kernel.TerminateJobObject(job, 1), "TerminateJobObject")

    def close(self, handle: int) -> None:
        """See Kernel32."""
        self._kernel.CloseHandle(handle)

    @staticmethod
    def _done(answer: object, call: str) -> None:
        if not answer:
            raise failed(call)


class RealAdvapi32:
    """See Advapi32."""

    def __init__(self) -> None:
        self._kernel, self._advapi = library("kernel32"), library("advapi32")
        self._kernel.OpenProcess.argtypes = [c_uint32, ctypes.c_int32, c_uint32]
        self._kernel.OpenProcess.restype = c_void_p
        self._kernel.CloseHandle.argtypes = [c_void_p]
        self._advapi.OpenProcessToken.argtypes = [c_void_p, c_uint32, c_void_p]
        self._advapi.GetTokenInformation.argtypes = [c_void_p, c_uint32, c_void_p, c_uint32, c_void_p]
        self._advapi.GetSidSubAuthorityCount.argtypes = [c_void_p]
        self._advapi.GetSidSubAuthorityCount.restype = ctypes.POINTER(c_uint8)
        self._advapi.GetSidSubAuthority.argtypes = [c_void_p, c_uint32]
        self._advapi.GetSidSubAuthority.restype = ctypes.POINTER(c_uint32)

    def integrity(self, process: int) -> int | None:
        """See Advapi32."""
        opened = self._kernel.OpenProcess(ASK_LITTLE, 0, process)
        if not opened:
            return None
        token = c_void_p()
        try:
            if not self._advapi.OpenProcessToken(opened, QUERY_TOKEN, byref(token)):
                return None
            try:
                return self._of(token)
            finally:
                self._kernel.CloseHandle(token)
        finally:
            self._kernel.CloseHandle(opened)

    def _of(self, token: Any) -> int | None:
        """The last part of the label's SID, whose address is the first member of TOKEN_MANDATORY_LABEL."""
        length = c_uint32()
        self._advapi.GetTokenInformation(token, INTEGRITY, None, 0, byref(length))
        held = ctypes.create_string_buffer(max(length.value, sizeof(c_void_p)))
        if not self._advapi.GetTokenInformation(token, INTEGRITY, held, length, byref(length)):
            return None
        sid = c_void_p.from_buffer(held)
        last = self._advapi.GetSidSubAuthorityCount(sid)[0] - 1
        return int(self._advapi.GetSidSubAuthority(sid, last)[0])


class RealPowrProf:
    """See PowrProf."""

    def __init__(self) -> None:
        self._power, self._kernel = library("powrprof"), library("kernel32")
        self._power.PowerGetActiveScheme.argtypes = [c_void_p, c_void_p]
        self._power.PowerReadACValueIndex.argtypes = [c_void_p] * 5
        self._kernel.LocalFree.argtypes, self._kernel.LocalFree.restype = [c_void_p], c_void_p

    def seconds_to_dark(self) -> int:
        """See PowrProf; these calls answer 0 where they did what they were asked for."""
        scheme, seconds = c_void_p(), c_uint32()
        if self._power.PowerGetActiveScheme(None, byref(scheme)):
            raise failed("PowerGetActiveScheme")
        try:
            group, what = _guid(VIDEO), _guid(DARK_AFTER)
            if self._power.PowerReadACValueIndex(None, scheme, byref(group), byref(what), byref(seconds)):
                raise failed("PowerReadACValueIndex")
        finally:
            self._kernel.LocalFree(scheme)
        return seconds.value


class RealStation:
    """See Station."""

    def __init__(self) -> None:
        self._user, self._imm = library("user32"), library("imm32")
        self._user.SetProcessDpiAwarenessContext.argtypes = [c_void_p]
        self._user.OpenInputDesktop.argtypes = [c_uint32, ctypes.c_int32, c_uint32]
        self._user.OpenInputDesktop.restype = self._user.GetForegroundWindow.restype = c_void_p
        self._user.GetUserObjectInformationW.argtypes = [c_void_p, ctypes.c_int32, c_void_p, c_uint32, c_void_p]
        self._user.CloseDesktop.argtypes = [c_void_p]
        self._user.GetWindowThreadProcessId.argtypes = [c_void_p, c_void_p]
        self._user.GetWindowThreadProcessId.restype = self._user.GetDpiForSystem.restype = c_uint32
        self._user.GetKeyboardLayout.argtypes, self._user.GetKeyboardLayout.restype = [c_uint32], c_size_t
        self._user.GetKeyState.restype = ctypes.c_int16
        self._user.SystemParametersInfoW.argtypes = [c_uint32, c_uint32, c_void_p, c_uint32]
        self._user.SendMessageTimeoutW.argtypes = [
            *(c_void_p, c_uint32, c_size_t, ctypes.c_ssize_t, c_uint32, c_uint32, c_void_p)
        ]
        self._imm.ImmGetDefaultIMEWnd.argtypes, self._imm.ImmGetDefaultIMEWnd.restype = [c_void_p], c_void_p

    def be_aware_of_dpi(self) -> bool:
        """See Station."""
        return bool(self._user.SetProcessDpiAwarenessContext(PER_MONITOR_V2))

    def input_desktop(self) -> str | None:
        """See Station."""
        desktop = self._user.OpenInputDesktop(0, 0, READ_OBJECTS)
        if not desktop:
            return None
        name = ctypes.create_unicode_buffer(256)
        try:
            done = self._user.GetUserObjectInformationW(desktop, NAME, name, sizeof(name), None)
            return name.value if done else None
        finally:
            self._user.CloseDesktop(desktop)

    def metric(self, index: int) -> int:
        """See Station."""
        return int(self._user.GetSystemMetrics(index))

    def dpi(self) -> int:
        """See Station."""
        return int(self._user.GetDpiForSystem())

    def layout(self) -> int:
        """See Station."""
        thread = self._user.GetWindowThreadProcessId(self._user.GetForegroundWindow(), None)
        return int(self._user.GetKeyboardLayout(thread))

    def input_method_is_open(self) -> bool:
        """See Station; a program that does not answer has none."""
        method = self._imm.ImmGetDefaultIMEWnd(self._user.GetForegroundWindow())
        answer = c_size_t()
        done = method and self._user.SendMessageTimeoutW(
            method, WM_IME_CONTROL, OPEN_STATUS, 0, ABORT_IF_HUNG, MILLISECONDS, byref(answer)
        )
        return bool(done and answer.value)

    def is_toggled(self, key: int) -> bool:
        """See Station."""
        return bool(self._user.GetKeyState(key) & 1)

    def setting(self, action: int) -> int:
        """See Station."""
        answer = c_uint32()
        if not self._user.SystemParametersInfoW(action, 0, byref(answer), 0):
            raise failed("SystemParametersInfo")
        return answer.value


def _guid(text: str) -> Guid:
    return Guid.from_buffer_copy(uuid.UUID(text).bytes_le)

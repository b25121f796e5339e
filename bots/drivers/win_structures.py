"""How are the structures laid out that Windows takes and gives? With sizes that are the same wherever this is read.

`ctypes.wintypes` is not used: on other systems its LONG and DWORD are wider than those of Windows, and what is not laid
out there as on Windows cannot be tested there. Names are Microsoft's, for whoever compares.
"""

import ctypes
import sys
from ctypes import c_int32, c_size_t, c_uint16, c_uint32, c_void_p
from typing import Any, ClassVar

Fields = list[tuple[str, Any]]


class CallFailedError(OSError):
    """A call of Windows did not do what it was asked for."""


def library(name: str) -> Any:
    """The library of that name; raises CallFailedError on any other system than Windows."""
    if sys.platform != "win32":
        raise CallFailedError(f"{name}.dll is a part of Windows")
    return ctypes.WinDLL(name, use_last_error=True)


def failed(call: str) -> CallFailedError:
    """That this call failed, with the reason that Windows gives."""
    if sys.platform != "win32":
        return CallFailedError(call)
    number = ctypes.get_last_error()
    return CallFailedError(number, f"{call}: {ctypes.FormatError(number).strip()}")


class Rect(ctypes.Structure):
    """RECT: the edges, in pixels; right and bottom are outside.

    https://learn.microsoft.com/en-us/windows/win32/api/windef/ns-windef-rect
    """

    _fields_: ClassVar[Fields] = [("left", c_int32), ("top", c_int32), ("right", c_int32), ("bottom", c_int32)]


class KeyboardInput(ctypes.Structure):
    """KEYBDINPUT: https://learn.microsoft.com/en-us/windows/win32/api/winuser/ns-winuser-keybdinput."""

    _fields_: ClassVar[Fields] = [
        ("wVk", c_uint16),
        ("wScan", c_uint16),
        ("dwFlags", c_uint32),
        ("time", c_uint32),
        ("dwExtraInfo", c_size_t),
    ]


class MouseInput(ctypes.Structure):
    """MOUSEINPUT, the largest of the three that an INPUT may hold: it decides how long an INPUT is.

    https://learn.microsoft.com/en-us/windows/win32/api/winuser/ns-winuser-mouseinput
    """

    _fields_: ClassVar[Fields] = [
        ("dx", c_int32),
        ("dy", c_int32),
        ("mouseData", c_uint32),
        ("dwFlags", c_uint32),
        ("time", c_uint32),
        ("dwExtraInfo", c_size_t),
    ]


class AnyInput(ctypes.Union):
    """The union inside an INPUT."""

    _fields_: ClassVar[Fields] = [("ki", KeyboardInput), ("mi", MouseInput)]


class Input(ctypes.Structure):
    """INPUT: https://learn.microsoft.com/en-us/windows/win32/api/winuser/ns-winuser-input."""

    _fields_: ClassVar[Fields] = [("type", c_uint32), ("u", AnyInput)]


class Message(ctypes.Structure):
    """MSG: https://learn.microsoft.com/en-us/windows/win32/api/winuser/ns-winuser-msg."""

    _fields_: ClassVar[Fields] = [
        ("hwnd", c_void_p),
        ("message", c_uint32),
        ("wParam", c_size_t),
        ("lParam", ctypes.c_ssize_t),
        ("time", c_uint32),
        ("x", c_int32),
        ("y", c_int32),
    ]


class WindowClass(ctypes.Structure):
    """WNDCLASSW: https://learn.microsoft.com/en-us/windows/win32/api/winuser/ns-winuser-wndclassw."""

    _fields_: ClassVar[Fields] = [
        ("style", c_uint32),
        ("lpfnWndProc", c_void_p),
        ("cbClsExtra", c_int32),
        ("cbWndExtra", c_int32),
        ("hInstance", c_void_p),
        ("hIcon", c_void_p),
        ("hCursor", c_void_p),
        ("hbrBackground", c_void_p),
        ("lpszMenuName", ctypes.c_wchar_p),
        ("lpszClassName", ctypes.c_wchar_p),
    ]


class StartupInfo(ctypes.Structure):
    """STARTUPINFOW: https://learn.microsoft.com/en-us/windows/win32/api/processthreadsapi/ns-processthreadsapi-startupinfow."""

    _fields_: ClassVar[Fields] = [
        ("cb", c_uint32),
        ("lpReserved", ctypes.c_wchar_p),
        ("lpDesktop", ctypes.c_wchar_p),
        ("lpTitle", ctypes.c_wchar_p),
        *((name, c_uint32) for name in ("dwX", "dwY", "dwXSize", "dwYSize", "dwXCountChars", "dwYCountChars")),
        ("dwFillAttribute", c_uint32),
        ("dwFlags", c_uint32),
        ("wShowWindow", c_uint16),
        ("cbReserved2", c_uint16),
        ("lpReserved2", c_void_p),
        *((name, c_void_p) for name in ("hStdInput", "hStdOutput", "hStdError")),
    ]


class ProcessInformation(ctypes.Structure):
    """PROCESS_INFORMATION: handles and numbers of a new process and its first thread."""

    _fields_: ClassVar[Fields] = [
        ("hProcess", c_void_p),
        ("hThread", c_void_p),
        ("dwProcessId", c_uint32),
        ("dwThreadId", c_uint32),
    ]


class BasicLimits(ctypes.Structure):
    """JOBOBJECT_BASIC_LIMIT_INFORMATION: https://learn.microsoft.com/en-us/windows/win32/api/winnt/ns-winnt-jobobject_basic_limit_information."""

    _fields_: ClassVar[Fields] = [
        ("PerProcessUserTimeLimit", ctypes.c_int64),
        ("PerJobUserTimeLimit", ctypes.c_int64),
        ("LimitFlags", c_uint32),
        ("MinimumWorkingSetSize", c_size_t),
        ("MaximumWorkingSetSize", c_size_t),
        ("ActiveProcessLimit", c_uint32),
        ("Affinity", c_size_t),
        ("PriorityClass", c_uint32),
        ("SchedulingClass", c_uint32),
    ]


class ExtendedLimits(ctypes.Structure):
    """JOBOBJECT_EXTENDED_LIMIT_INFORMATION, of which only the flags are used."""

    _fields_: ClassVar[Fields] = [
        ("BasicLimitInformation", BasicLimits),
        ("IoInfo", ctypes.c_uint64 * 6),
        ("ProcessMemoryLimit", c_size_t),
        ("JobMemoryLimit", c_size_t),
        ("PeakProcessMemoryUsed", c_size_t),
        ("PeakJobMemoryUsed", c_size_t),
    ]


class Guid(ctypes.Structure):
    """GUID: https://learn.microsoft.com/en-us/windows/win32/api/guiddef/ns-guiddef-guid."""

    _fields_: ClassVar[Fields] = [
        ("Data1", c_uint32),
        ("Data2", c_uint16),
        ("Data3", c_uint16),
        ("Data4", ctypes.c_uint8 * 8),
    ]

"""How is the clipboard of Windows worked? By the calls that `ClipboardCalls` promises, as they are."""

import ctypes
from collections.abc import Callable
from ctypes import byref, c_int32, c_size_t, c_ssize_t, c_uint32, c_void_p, c_wchar_p
from typing import Any

from bots.drivers.win_structures import Message, WindowClass, failed, library

ONLY_MESSAGES = -3  # HWND_MESSAGE
ALL_INPUT, ALERTABLE = 0x04FF, 0x4  # QS_ALLINPUT, MWMO_INPUTAVAILABLE
REMOVE = 1  # PM_REMOVE
MOVABLE = 0x2  # GMEM_MOVEABLE
HEARD = (0x0305, 0x0306, 0x0307)  # the three of the clipboard


class RealClipboardCalls:
    """See ClipboardCalls."""

    def __init__(self) -> None:
        self._user, self._kernel = library("user32"), library("kernel32")
        self._kept: list[Any] = []  # what Windows calls back must not be collected
        user, kernel = self._user, self._kernel
        user.DefWindowProcW.argtypes = [c_void_p, c_uint32, c_size_t, c_ssize_t]
        user.DefWindowProcW.restype = c_ssize_t
        user.RegisterClassW.argtypes, user.RegisterClassW.restype = [c_void_p], ctypes.c_uint16
        user.CreateWindowExW.argtypes = [
            *(c_uint32, c_wchar_p, c_wchar_p, c_uint32, c_int32, c_int32, c_int32, c_int32),
            *(c_void_p, c_void_p, c_void_p, c_void_p),
        ]
        user.MsgWaitForMultipleObjectsEx.argtypes = [c_uint32, c_void_p, c_uint32, c_uint32, c_uint32]
        user.PeekMessageW.argtypes = [c_void_p, c_void_p, c_uint32, c_uint32, c_uint32]
        for name in ("TranslateMessage", "DispatchMessageW", "DestroyWindow", "OpenClipboard"):
            getattr(user, name).argtypes = [c_void_p]
        user.SetClipboardData.argtypes = [c_uint32, c_void_p]
        user.GetClipboardData.argtypes, user.RegisterClipboardFormatW.argtypes = [c_uint32], [c_wchar_p]
        user.RegisterClipboardFormatW.restype = c_uint32
        kernel.GlobalAlloc.argtypes, kernel.GetModuleHandleW.argtypes = [c_uint32, c_size_t], [c_wchar_p]
        for name in ("GlobalLock", "GlobalUnlock", "GlobalSize", "GlobalFree"):
            getattr(kernel, name).argtypes = [c_void_p]
        pointers = (kernel.GlobalAlloc, kernel.GlobalLock, kernel.GetModuleHandleW, user.CreateWindowExW)
        for call in (*pointers, user.SetClipboardData, user.GetClipboardData):
            call.restype = c_void_p
        user.GetClipboardOwner.restype = user.GetOpenClipboardWindow.restype = c_void_p
        kernel.GlobalSize.restype = c_size_t

    def make_window(self, heard: Callable[[int, int], None]) -> int:
        """See ClipboardCalls."""

        def procedure(window: int, message: int, wide: int, long: int) -> int:
            if message in HEARD:
                heard(message, wide)
                return 0
            return int(self._user.DefWindowProcW(window, message, wide, long))

        kind: Any = vars(ctypes)["WINFUNCTYPE"](c_ssize_t, c_void_p, c_uint32, c_size_t, c_ssize_t)
        callback = kind(procedure)
        name = f"erpbridge.clipboard.{id(self)}"
        described = WindowClass(
            lpfnWndProc=ctypes.cast(callback, c_void_p),
            hInstance=self._kernel.GetModuleHandleW(None),
            lpszClassName=name,
        )
        self._kept += [callback, described]
        if not self._user.RegisterClassW(byref(described)):
            raise failed("RegisterClass")
        places = (0, 0, 0, 0, 0)
        window = self._user.CreateWindowExW(
            0, name, None, *places, ONLY_MESSAGES, None, self._kernel.GetModuleHandleW(None), None
        )
        if not window:
            raise failed("CreateWindowEx")
        return int(window)

    def destroy_window(self, window: int) -> None:
        """See ClipboardCalls."""
        self._user.DestroyWindow(window)

    def pump(self, seconds: float) -> None:
        """See ClipboardCalls; what is sent is handled inside of PeekMessage."""
        if seconds > 0:
            self._user.MsgWaitForMultipleObjectsEx(0, None, int(seconds * 1000), ALL_INPUT, ALERTABLE)
        message = Message()
        while self._user.PeekMessageW(byref(message), None, 0, 0, REMOVE):
            self._user.TranslateMessage(byref(message))
            self._user.DispatchMessageW(byref(message))

    def open(self, window: int) -> bool:
        """See ClipboardCalls."""
        return bool(self._user.OpenClipboard(window))

    def close(self) -> None:
        """See ClipboardCalls."""
        self._user.CloseClipboard()

    def empty(self) -> None:
        """See ClipboardCalls."""
        if not self._user.EmptyClipboard():
            raise failed("EmptyClipboard")

    def promise(self, kind: int) -> None:
        """See ClipboardCalls; it answers NULL whether it worked or not."""
        self._user.SetClipboardData(kind, None)

    def put(self, kind: int, data: bytes) -> None:
        """See ClipboardCalls; the memory belongs to the system from then on."""
        memory = self._kernel.GlobalAlloc(MOVABLE, len(data))
        if not memory:
            raise failed("GlobalAlloc")
        ctypes.memmove(self._kernel.GlobalLock(memory), data, len(data))
        self._kernel.GlobalUnlock(memory)
        if not self._user.SetClipboardData(kind, memory):
            self._kernel.GlobalFree(memory)
            raise failed("SetClipboardData")

    def get(self, kind: int) -> bytes | None:
        """See ClipboardCalls; the memory belongs to the clipboard."""
        memory = self._user.GetClipboardData(kind)
        held = self._kernel.GlobalLock(memory) if memory else None
        if not held:
            return None
        try:
            return ctypes.string_at(held, self._kernel.GlobalSize(memory))
        finally:
            self._kernel.GlobalUnlock(memory)

    def owner(self) -> int | None:
        """See ClipboardCalls."""
        return self._user.GetClipboardOwner() or None

    def opener(self) -> int | None:
        """See ClipboardCalls."""
        return self._user.GetOpenClipboardWindow() or None

    def register(self, name: str) -> int:
        """See ClipboardCalls."""
        return int(self._user.RegisterClipboardFormatW(name))

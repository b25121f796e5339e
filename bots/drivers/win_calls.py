"""How is Windows asked about windows and given keys? By the calls that `win_doors` promises, as they are."""

import ctypes
from collections.abc import Sequence
from ctypes import byref, c_int32, c_size_t, c_ssize_t, c_uint32, c_void_p, sizeof
from typing import Any

from bots.drivers.win_doors import CLOAKED, EXTENDED_FRAME, Edges, KeyEvent
from bots.drivers.win_structures import Input, KeyboardInput, Rect, library

KEYBOARD = 1  # INPUT_KEYBOARD
NEXT, OWNER = 2, 4  # GW_HWNDNEXT, GW_OWNER
STYLE = -16  # GWL_STYLE
RESTORE = 9  # SW_RESTORE
WM_NULL, ABORT_IF_HUNG = 0, 0x2


class RealUser32:
    """See User32."""

    def __init__(self) -> None:
        self._user, self._kernel = library("user32"), library("kernel32")
        asked = ("IsWindowVisible", "IsIconic", "IsWindowEnabled", "SetForegroundWindow", "GetWindowTextLengthW")
        for name in (*asked, "GetTopWindow"):
            getattr(self._user, name).argtypes = [c_void_p]
        for name in ("GetTopWindow", "GetWindow", "GetForegroundWindow"):
            getattr(self._user, name).restype = c_void_p
        self._user.GetWindow.argtypes = self._user.ShowWindowAsync.argtypes = [c_void_p, c_uint32]
        self._user.GetWindowThreadProcessId.argtypes = [c_void_p, c_void_p]
        self._user.GetWindowThreadProcessId.restype = self._kernel.GetCurrentThreadId.restype = c_uint32
        self._user.GetWindowTextW.argtypes = [c_void_p, ctypes.c_wchar_p, c_int32]
        self._user.GetWindowLongW.argtypes = [c_void_p, c_int32]
        self._user.GetWindowRect.argtypes = [c_void_p, c_void_p]
        self._user.AttachThreadInput.argtypes = [c_uint32, c_uint32, c_int32]
        self._user.SendMessageTimeoutW.argtypes = [
            *(c_void_p, c_uint32, c_size_t, c_ssize_t, c_uint32, c_uint32, c_void_p)
        ]
        self._user.SendMessageTimeoutW.restype = c_ssize_t
        self._user.SendInput.argtypes, self._user.SendInput.restype = [c_uint32, c_void_p, c_int32], c_uint32
        self._user.GetKeyState.restype = ctypes.c_int16

    def top_windows(self) -> Sequence[int]:
        """See User32."""
        found: list[int] = []

        def note(window: int, _: int) -> int:
            found.append(window)
            return 1

        callback: Any = vars(ctypes)["WINFUNCTYPE"](c_int32, c_void_p, c_ssize_t)
        self._user.EnumWindows(callback(note), c_ssize_t(0))
        return found

    def below(self, window: int | None) -> int | None:
        """See User32."""
        found = self._user.GetTopWindow(None) if window is None else self._user.GetWindow(window, NEXT)
        return found or None

    def owner(self, window: int) -> int | None:
        """See User32."""
        return self._user.GetWindow(window, OWNER) or None

    def thread_and_process(self, window: int) -> tuple[int, int] | None:
        """See User32."""
        process = c_uint32()
        thread = self._user.GetWindowThreadProcessId(window, byref(process))
        return (int(thread), process.value) if thread else None

    def title(self, window: int) -> str:
        """See User32."""
        text = ctypes.create_unicode_buffer(int(self._user.GetWindowTextLengthW(window)) + 1)
        self._user.GetWindowTextW(window, text, len(text))
        return text.value

    def style(self, window: int) -> int:
        """See User32; a style has 32 bits, so that the older call tells all of it."""
        return int(self._user.GetWindowLongW(window, STYLE)) & 0xFFFFFFFF

    def is_visible(self, window: int) -> bool:
        """See User32."""
        return bool(self._user.IsWindowVisible(window))

    def is_minimised(self, window: int) -> bool:
        """See User32."""
        return bool(self._user.IsIconic(window))

    def is_enabled(self, window: int) -> bool:
        """See User32."""
        return bool(self._user.IsWindowEnabled(window))

    def edges(self, window: int) -> Edges | None:
        """See User32."""
        found = Rect()
        return _edges(found) if self._user.GetWindowRect(window, byref(found)) else None

    def foreground(self) -> int | None:
        """See User32."""
        return self._user.GetForegroundWindow() or None

    def set_foreground(self, window: int) -> bool:
        """See User32."""
        return bool(self._user.SetForegroundWindow(window))

    def restore(self, window: int) -> None:
        """See User32."""
        self._user.ShowWindowAsync(window, RESTORE)

    def own_thread(self) -> int:
        """See User32."""
        return int(self._kernel.GetCurrentThreadId())

    def attach(self, ours: int, theirs: int, *, on: bool) -> bool:
        """See User32."""
        return bool(self._user.AttachThreadInput(ours, theirs, int(on)))

    def answers(self, window: int, seconds: float) -> bool:
        """See User32; without SMTO_BLOCK, so that what others send us meanwhile is heard."""
        answer, milliseconds = c_size_t(), max(int(seconds * 1000), 1)
        told = self._user.SendMessageTimeoutW(window, WM_NULL, 0, 0, ABORT_IF_HUNG, milliseconds, byref(answer))
        return bool(told)

    def send_keys(self, events: Sequence[KeyEvent]) -> int:
        """See User32."""
        inputs = (Input * len(events))()
        for place, event in zip(inputs, events, strict=True):
            place.type = KEYBOARD
            place.u.ki = KeyboardInput(event.key, event.unit, event.flags, 0, 0)
        return int(self._user.SendInput(len(events), inputs, sizeof(Input)))

    def is_toggled(self, key: int) -> bool:
        """See User32."""
        return bool(self._user.GetKeyState(key) & 1)

    def metric(self, index: int) -> int:
        """See User32."""
        return int(self._user.GetSystemMetrics(index))


class RealDwm:
    """See Dwm; its calls answer 0 where they did what they were asked for."""

    def __init__(self) -> None:
        self._dwm = library("dwmapi")
        self._dwm.DwmGetWindowAttribute.argtypes = [c_void_p, c_uint32, c_void_p, c_uint32]

    def frame(self, window: int) -> Edges | None:
        """See Dwm."""
        found = Rect()
        refused = self._dwm.DwmGetWindowAttribute(window, EXTENDED_FRAME, byref(found), sizeof(found))
        return None if refused else _edges(found)

    def is_cloaked(self, window: int) -> bool:
        """See Dwm."""
        why = c_uint32()
        return not self._dwm.DwmGetWindowAttribute(window, CLOAKED, byref(why), sizeof(why)) and bool(why.value)


def _edges(found: Rect) -> Edges:
    return found.left, found.top, found.right, found.bottom

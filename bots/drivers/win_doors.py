"""What does Windows do with windows, keys and the clipboard? One method for each call, as Microsoft documents it.

The real calls stand in `win_calls` and `win_clipboard_calls`; whoever works a desktop knows these promises only. A
window that is gone is no error: it has no title, no place and no thread.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

Edges = tuple[int, int, int, int]  # left, top, right, bottom in pixels; right and bottom are outside

KEY_UP, UNICODE = 0x2, 0x4  # KEYEVENTF_KEYUP, KEYEVENTF_UNICODE
CAPTION, CHILD = 0x00C00000, 0x40000000  # WS_CAPTION, WS_CHILD
CLOAKED, EXTENDED_FRAME = 14, 9  # DWMWA_CLOAKED, DWMWA_EXTENDED_FRAME_BOUNDS
UNICODE_TEXT = 13  # CF_UNICODETEXT
RENDER_FORMAT, RENDER_ALL, DESTROYED = (
    0x0305,
    0x0306,
    0x0307,
)  # WM_RENDERFORMAT, WM_RENDERALLFORMATS, WM_DESTROYCLIPBOARD


@dataclass(frozen=True)
class KeyEvent:
    """One KEYBDINPUT: a key by its number, or with UNICODE a unit of UTF-16.

    https://learn.microsoft.com/en-us/windows/win32/api/winuser/ns-winuser-keybdinput
    """

    key: int = 0
    unit: int = 0
    flags: int = 0


class User32(Protocol):
    """Windows and input."""

    def top_windows(self) -> Sequence[int]:
        """EnumWindows: all top-level windows of the desktop; in which order, Microsoft does not say.

        https://learn.microsoft.com/en-us/windows/win32/api/winuser/nf-winuser-enumwindows
        """
        ...

    def below(self, window: int | None) -> int | None:
        """GetWindow of GW_HWNDNEXT: the window beneath that one; of None the topmost one, by GetTopWindow.

        https://learn.microsoft.com/en-us/windows/win32/api/winuser/nf-winuser-getwindow
        """
        ...

    def owner(self, window: int) -> int | None:
        """GetWindow of GW_OWNER: the window that it belongs to and always stands before.

        https://learn.microsoft.com/en-us/windows/win32/winmsg/window-features#owned-windows
        """
        ...

    def thread_and_process(self, window: int) -> tuple[int, int] | None:
        """GetWindowThreadProcessId: who made it, and answers for it."""
        ...

    def title(self, window: int) -> str:
        """GetWindowText; of other processes' windows it is known to the system, so that none has to answer.

        https://learn.microsoft.com/en-us/windows/win32/api/winuser/nf-winuser-getwindowtextw
        """
        ...

    def style(self, window: int) -> int:
        """GetWindowLongPtr of GWL_STYLE."""
        ...

    def is_visible(self, window: int) -> bool:
        """IsWindowVisible; true also of one that is covered or minimised."""
        ...

    def is_minimised(self, window: int) -> bool:
        """IsIconic."""
        ...

    def is_enabled(self, window: int) -> bool:
        """IsWindowEnabled; a window before which a modal one stands is not.

        https://learn.microsoft.com/en-us/windows/win32/dlgbox/about-dialog-boxes#modal-dialog-boxes
        """
        ...

    def edges(self, window: int) -> Edges | None:
        """GetWindowRect; with the invisible borders that Windows 10 draws around windows."""
        ...

    def foreground(self) -> int | None:
        """GetForegroundWindow; None in certain moments, such as while a window is losing the keyboard.

        https://learn.microsoft.com/en-us/windows/win32/api/winuser/nf-winuser-getforegroundwindow
        """
        ...

    def set_foreground(self, window: int) -> bool:
        """SetForegroundWindow; False where the system refuses it to whoever has not had the last input.

        https://learn.microsoft.com/en-us/windows/win32/api/winuser/nf-winuser-setforegroundwindow
        """
        ...

    def restore(self, window: int) -> None:
        """ShowWindowAsync of SW_RESTORE: show one that is minimised, without waiting for its program."""
        ...

    def own_thread(self) -> int:
        """GetCurrentThreadId."""
        ...

    def attach(self, ours: int, theirs: int, *, on: bool) -> bool:
        """AttachThreadInput: both threads share foreground, focus and the state of the keys, or no longer do.

        https://learn.microsoft.com/en-us/windows/win32/api/winuser/nf-winuser-attachthreadinput
        """
        ...

    def answers(self, window: int, seconds: float) -> bool:
        """SendMessageTimeout of WM_NULL with SMTO_ABORTIFHUNG: whether its thread looks at messages at all.

        What is sent goes before what was typed, so that this says nothing about keys.
        https://learn.microsoft.com/en-us/windows/win32/api/winuser/nf-winuser-sendmessagetimeoutw
        """
        ...

    def send_keys(self, events: Sequence[KeyEvent]) -> int:
        """SendInput: how many were put into the stream of input. UIPI is not told by anything.

        https://learn.microsoft.com/en-us/windows/win32/api/winuser/nf-winuser-sendinput
        """
        ...

    def is_toggled(self, key: int) -> bool:
        """GetKeyState, its lowest bit: it changes when the thread takes the key from its queue, not when it is pressed.

        https://learn.microsoft.com/en-us/windows/win32/api/winuser/nf-winuser-getkeystate
        """
        ...

    def metric(self, index: int) -> int:
        """GetSystemMetrics."""
        ...


class Dwm(Protocol):
    """What the window manager knows.

    https://learn.microsoft.com/en-us/windows/win32/api/dwmapi/ne-dwmapi-dwmwindowattribute
    """

    def frame(self, window: int) -> Edges | None:
        """DwmGetWindowAttribute of DWMWA_EXTENDED_FRAME_BOUNDS: what is seen of it, in pixels of the display."""
        ...

    def is_cloaked(self, window: int) -> bool:
        """DWMWA_CLOAKED: it counts as visible and is not shown."""
        ...


class ClipboardCalls(Protocol):
    """The clipboard of the session: https://learn.microsoft.com/en-us/windows/win32/dataxchg/clipboard-operations."""

    def make_window(self, heard: Callable[[int, int], None]) -> int:
        """CreateWindowEx beneath HWND_MESSAGE: a window that is never seen; number and wParam of its messages are told.

        https://learn.microsoft.com/en-us/windows/win32/winmsg/window-features#message-only-windows
        """
        ...

    def destroy_window(self, window: int) -> None:
        """DestroyWindow."""
        ...

    def pump(self, seconds: float) -> None:
        """MsgWaitForMultipleObjectsEx, PeekMessage: hear what other programs say to us, waiting so long for the first.

        Whoever empties our clipboard or asks for our text waits until we hear of it.
        https://learn.microsoft.com/en-us/windows/win32/api/winuser/nf-winuser-msgwaitformultipleobjectsex
        """
        ...

    def open(self, window: int) -> bool:
        """OpenClipboard; False while another window has it open."""
        ...

    def close(self) -> None:
        """CloseClipboard."""
        ...

    def empty(self) -> None:
        """EmptyClipboard: the window that opened it owns it from now on; the one before hears WM_DESTROYCLIPBOARD."""
        ...

    def promise(self, kind: int) -> None:
        """SetClipboardData without data: the owner is asked once somebody wants it (WM_RENDERFORMAT).

        https://learn.microsoft.com/en-us/windows/win32/dataxchg/clipboard-operations#delayed-rendering
        """
        ...

    def put(self, kind: int, data: bytes) -> None:
        """SetClipboardData; in answer to WM_RENDERFORMAT without opening it."""
        ...

    def get(self, kind: int) -> bytes | None:
        """GetClipboardData; None where nothing of that kind is there."""
        ...

    def owner(self) -> int | None:
        """GetClipboardOwner: the window that emptied it last, and put there what is there.

        None where it was opened without a window: then nothing can be put there either.
        https://learn.microsoft.com/en-us/windows/win32/api/winuser/nf-winuser-emptyclipboard
        """
        ...

    def opener(self) -> int | None:
        """GetOpenClipboardWindow: who has it open now; None also where it was opened without a window.

        https://learn.microsoft.com/en-us/windows/win32/api/winuser/nf-winuser-getopenclipboardwindow
        """
        ...

    def register(self, name: str) -> int:
        """RegisterClipboardFormat: the number of a kind of that name."""
        ...

"""How does one know on Windows that a text was fetched from the clipboard, or put there, and by whom?

What is promised instead of put is asked for when somebody pastes (delayed rendering), and whoever has the clipboard
open then is who pastes. Histories and clouds are told to leave our texts alone.
(https://learn.microsoft.com/en-us/windows/win32/dataxchg/clipboard-formats#cloud-clipboard-and-clipboard-history-formats)
"""

import time
from collections.abc import Callable

from bots.drivers.win_doors import DESTROYED, RENDER_FORMAT, UNICODE_TEXT, ClipboardCalls
from bridge.errors import ClipboardTaken

LONGEST = 60_000  # bytes, as everywhere
PATIENCE = 2.0  # seconds; programs keep the clipboard open for a moment only
POLL = 0.01
NO = bytes(4)  # a DWORD of 0
PRIVATE = {
    "ExcludeClipboardContentFromMonitorProcessing": NO,
    "CanIncludeInClipboardHistory": NO,
    "CanUploadToCloudClipboard": NO,
}


class Clipboard:
    """The clipboard of this session; one thread works with it. `name_of` tells whose a window is, None if ours."""

    def __init__(self, calls: ClipboardCalls, name_of: Callable[[int], str | None]) -> None:
        self._calls, self._stranger = calls, name_of
        self._private = {calls.register(name): value for name, value in PRIVATE.items()}
        self._offered: str | None = None
        self._fetched = False
        self._window = calls.make_window(self._hear)

    def offer(self, text: str) -> None:
        """Promise this text; raises ValueError where it is too long, ClipboardTaken where another keeps it open."""
        if len(text.encode("utf-8")) > LONGEST:
            raise ValueError(f"{len(text)} characters are too many to paste")
        self._open(PATIENCE)
        try:
            self._calls.empty()
            self._offered, self._fetched = text, False
            self._calls.promise(UNICODE_TEXT)
            for kind, value in self._private.items():
                self._calls.put(kind, value)
        finally:
            self._calls.close()

    def was_fetched(self, seconds: float) -> bool:
        """Serve whoever asks until the ERP's program has the text; others that read it do not count."""
        return self._pump(lambda: self._fetched, seconds)

    def was_taken(self, seconds: float) -> bool:
        """Serve until another window owns the clipboard, as it does where something is copied."""
        return self._pump(self._is_taken, seconds)

    def read(self, seconds: float) -> str | None:
        """What the ERP put there, None where it is no text; raises ClipboardTaken where another program did."""
        self._open(max(seconds, POLL))
        try:
            owner = self._calls.owner()
            if owner is None or owner == self._window:
                return None
            self._refuse(owner)
            held = self._calls.get(UNICODE_TEXT)
        finally:
            self._calls.close()
        return None if held is None else held.decode("utf-16-le", "replace").partition("\0")[0]

    def release(self) -> None:
        """Leave nothing of ours there."""
        self._offered = None
        if self._calls.owner() == self._window:
            self._open(PATIENCE)
            try:
                if self._calls.owner() == self._window:
                    self._calls.empty()
            finally:
                self._calls.close()

    def close(self) -> None:
        """Use it no more."""
        self.release()
        self._calls.destroy_window(self._window)

    # --- what is heard ----------------------------------------------------------------------------------------------

    def _hear(self, message: int, kind: int) -> None:
        """Only this is answered: what is to be left behind at the end (WM_RENDERALLFORMATS) is nothing."""
        if message == RENDER_FORMAT and kind == UNICODE_TEXT and self._offered is not None:
            opener = self._calls.opener()
            self._calls.put(kind, f"{self._offered}\0".encode("utf-16-le"))
            self._fetched |= opener is not None and self._stranger(opener) is None
        elif message == DESTROYED:
            self._offered = None

    def _is_taken(self) -> bool:
        """One that opened it without a window can empty it, and put nothing there."""
        return self._calls.owner() not in (None, self._window)

    def _refuse(self, window: int) -> None:
        stranger = self._stranger(window)
        if stranger is not None:
            raise ClipboardTaken(program=stranger)

    def _open(self, seconds: float) -> None:
        end = time.monotonic() + seconds
        while not self._calls.open(self._window):
            if time.monotonic() >= end:
                opener = self._calls.opener()
                raise ClipboardTaken(program=(self._stranger(opener) if opener is not None else None) or "?")
            self._calls.pump(POLL)

    def _pump(self, is_done: Callable[[], bool], seconds: float) -> bool:
        end = time.monotonic() + seconds
        self._calls.pump(0)
        while not is_done():
            left = end - time.monotonic()
            if left <= 0:
                return False
            self._calls.pump(min(left, POLL))
        return True

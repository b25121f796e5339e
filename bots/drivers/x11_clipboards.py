"""How does a text that no key types get into an application on X11, and out of it? By owning the clipboard ourselves.

A selection on X11 is a promise: the text is asked for when somebody pastes, and not before. A program that answers for
us, such as xclip, may still answer with the text before this one; so we answer ourselves, and know that it was fetched.
(ICCCM 2.0, section 2: https://tronche.com/gui/x/icccm/sec-2.html)
"""

import select
import time
from collections.abc import Callable
from typing import Any, Self

from Xlib import X, Xatom
from Xlib.display import Display
from Xlib.protocol.event import SelectionNotify
from Xlib.protocol.request import SetSelectionOwner

LONGEST = 60_000  # bytes; more would have to be given in portions, which no field of an ERP takes
LATIN = "latin-1"  # what the target STRING means


class Clipboard:
    """The clipboard of one display, of which nobody else is asked; one thread works with it."""

    def __init__(self, name: str) -> None:
        """Connects to the display of that name."""
        self._display = Display(name)
        root = self._display.screen().root
        self._window = root.create_window(0, 0, 1, 1, 0, X.CopyFromParent, event_mask=X.PropertyChangeMask)
        atom = self._display.intern_atom
        self._selection, self._property = atom("CLIPBOARD"), atom("ERPBRIDGE_TEXT")
        self._targets, self._utf8, self._incr = atom("TARGETS"), atom("UTF8_STRING"), atom("INCR")
        self._texts = {self._utf8: "utf-8", atom("text/plain;charset=utf-8"): "utf-8", Xatom.STRING: LATIN}
        self._offered: str | None = None
        self._fetched = self._owned = False
        self._answer: Any = None
        self._changed = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def offer(self, text: str) -> None:
        """Own the clipboard with this text; raises ValueError where it is too long for one portion."""
        if len(text.encode("utf-8")) > LONGEST:
            raise ValueError(f"{len(text)} characters are too many to paste")
        self._drain()  # the loss of an earlier text is no loss of this one
        self._offered, self._fetched = text, False
        self._set_owner(self._window)
        self._owned = self._display.get_selection_owner(self._selection) == self._window

    def was_fetched(self, seconds: float) -> bool:
        """Serve whoever asks until somebody has the text; False where nobody does in that time."""
        return self._pump(lambda: self._fetched, seconds)

    def was_taken(self, seconds: float) -> bool:
        """Serve until another program owns the clipboard, as it does where something is copied."""
        return self._pump(lambda: not self._owned, seconds)

    def read(self, seconds: float) -> str | None:
        """What another program holds there; None where it holds no text, or does not answer."""
        self._answer = None
        self._window.delete_property(self._property)
        self._window.convert_selection(self._selection, self._utf8, self._property, self._now())
        if not self._pump(lambda: self._answer is not None, seconds) or self._answer.property == X.NONE:
            return None
        held = self._window.get_full_property(self._property, X.AnyPropertyType)
        self._changed = 0
        self._window.delete_property(self._property)
        if held is None:
            return None
        content = self._portions(seconds) if held.property_type == self._incr else bytes(held.value)
        return None if content is None else _decoded(content)

    def _portions(self, seconds: float) -> bytes | None:
        """A long text, of which each portion is put there once the one before was taken away; an empty one is the last.

        None where one does not come in time: half a text is none.
        """
        portions: list[bytes] = []
        while self._pump(lambda: self._changed > 0, seconds):
            held = self._window.get_full_property(self._property, X.AnyPropertyType)
            self._changed = 0
            self._window.delete_property(self._property)
            if held is None or not held.value:
                return b"".join(portions)
            portions.append(bytes(held.value))
        return None

    def release(self) -> None:
        """Own nothing any more, so that no later paste finds what was offered."""
        self._offered = None
        if self._owned:
            self._set_owner(X.NONE)
            self._owned = False
        self._drain()

    def close(self) -> None:
        """Leave the display."""
        self._display.close()

    # --- events -----------------------------------------------------------------------------------------------------

    def _set_owner(self, window: Any) -> None:
        SetSelectionOwner(display=self._display.display, window=window, selection=self._selection, time=self._now())
        self._display.sync()

    def _now(self) -> int:
        """The server's own time: ownership without it may be taken for older than what is there already."""
        self._window.change_property(self._property, Xatom.STRING, 8, b"")
        while True:
            event = self._display.next_event()
            if event.type == X.PropertyNotify and event.atom == self._property:
                return int(event.time)
            self._handle(event)

    def _drain(self) -> None:
        self._display.sync()
        while self._display.pending_events():
            self._handle(self._display.next_event())

    def _pump(self, is_done: Callable[[], bool], seconds: float) -> bool:
        end = time.monotonic() + seconds
        while True:
            self._drain()
            left = end - time.monotonic()
            if is_done() or left <= 0:
                return is_done()
            select.select([self._display.fileno()], [], [], left)

    def _handle(self, event: Any) -> None:
        if event.type == X.SelectionRequest:
            self._serve(event)
        elif event.type == X.SelectionClear:
            self._owned = False
        elif event.type == X.SelectionNotify:
            self._answer = event
        elif event.type == X.PropertyNotify and (event.atom, event.state) == (self._property, X.PropertyNewValue):
            self._changed += 1

    def _serve(self, event: Any) -> None:
        """Answer, also with a refusal: who is not answered waits, and his window with him."""
        place = event.property or event.target  # as clients did before ICCCM 2
        given = self._give(event, place)
        answer = SelectionNotify(
            time=event.time,
            requestor=event.requestor,
            selection=event.selection,
            target=event.target,
            property=place if given else X.NONE,
        )
        event.requestor.send_event(answer)
        self._display.flush()
        self._fetched |= given and event.target != self._targets

    def _give(self, event: Any, place: int) -> bool:
        if self._offered is None or event.selection != self._selection:
            return False
        if event.target == self._targets:
            event.requestor.change_property(place, Xatom.ATOM, 32, [self._targets, *self._texts])
            return True
        encoding = self._texts.get(event.target)
        if encoding is None or (encoding == LATIN and not _is_latin(self._offered)):
            return False
        event.requestor.change_property(place, event.target, 8, self._offered.encode(encoding))
        return True


def _decoded(content: bytes) -> str:
    """The text; Tk 8.6 writes what is beyond the basic plane as two halves, which are put together."""
    halves = content.decode("utf-8", "surrogatepass") if _is_utf8(content) else content.decode("utf-8", "replace")
    return halves.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _is_utf8(content: bytes) -> bool:
    try:
        content.decode("utf-8", "surrogatepass")
    except UnicodeDecodeError:
        return False
    return True


def _is_latin(text: str) -> bool:
    return all(ord(character) < 256 for character in text)  # noqa: PLR2004 - Latin-1 is the first 256 of Unicode

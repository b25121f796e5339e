"""How does a VT220 or xterm show what its host sends, and what does it send for a key?"""

import codecs
import time
from collections.abc import Callable, Iterator
from typing import Any

import pyte

from bots.drivers.terminal_parts import Line, Look, Span
from bridge.model.chords import Chord

HELD = {"enter": "\r", "tab": "\t", "escape": "\x1b", "backspace": "\x7f", "space": " "}
CURSOR = {"up": "A", "down": "B", "right": "C", "left": "D", "end": "F", "home": "H"}
EDIT = {"insert": 2, "delete": 3, "pageup": 5, "pagedown": 6}
FUNCTIONS = (15, 17, 18, 19, 20, 21, 23, 24)  # of F5 to F12, as VT220 numbers them
KEYS: dict[Chord, str] = {
    ("shift", "tab"): "\x1b[Z",
    **{(name,): sent for name, sent in HELD.items()},
    **{(name,): f"\x1b[{letter}" for name, letter in CURSOR.items()},
    **{(name,): f"\x1b[{number}~" for name, number in EDIT.items()},
    **{(f"f{number}",): f"\x1bO{letter}" for number, letter in enumerate("PQRS", 1)},
    **{(f"f{number}",): f"\x1b[{code}~" for number, code in enumerate(FUNCTIONS, 5)},
}
LINUX: dict[Chord, str] = {(f"f{number}",): f"\x1b[[{letter}" for number, letter in enumerate("ABCDE", 1)}
WIDE = 2


class VtTerminal:
    """A terminal of so many columns and rows on a line; `kind` is what the host believes it to be (TERM)."""

    def __init__(self, line: Line, encoding: str, kind: str = "xterm", size: tuple[int, int] = (80, 24)) -> None:
        self._line, self._encoding = line, encoding
        self._screen = pyte.Screen(*size)
        self._screen.write_process_input = lambda data: line.send(data.encode("ascii"))  # type: ignore[method-assign]
        self._stream = pyte.Stream(self._screen)
        self._decoder = codecs.getincrementaldecoder(encoding)("replace")
        self._keys: dict[Chord, str] = KEYS | (LINUX if kind == "linux" else {})
        self._heard = 0
        self._look: Look | None = None  # as long as nothing comes, nothing is shown anew

    def look(self) -> Look:
        """What it shows now."""
        while self._take(0.0):
            pass
        return self._seen()

    def wait(self, is_there: Callable[[Look], bool], seconds: float, quiet: float) -> Look | None:
        """What it shows once that is there and nothing came for `quiet` seconds."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if self._take(quiet):
                continue
            seen = self._seen()
            if is_there(seen):
                return seen
            self._take(max(0.0, min(end - time.monotonic(), 0.25)))
        return None

    def write(self, text: str) -> None:
        """Type the text."""
        self._line.send(text.encode(self._encoding, "replace"))

    def press(self, chord: Chord) -> None:
        """Press one key; raises ValueError for one that such a terminal does not have."""
        self._line.send(self._sent(chord).encode("ascii"))

    def go_to(self, span: Span, seconds: float) -> bool:
        """By Tab, looking where the cursor is each time; once around at most."""
        for _ in range(len(self.look().fields) + 1):
            if self._is_at(span):
                return True
            before = self._seen().cursor
            self.press(("tab",))
            if self.wait(lambda seen, was=before: seen.cursor != was, seconds, 0.0) is None:  # type: ignore[misc]
                break
        return self._is_at(span)

    def is_locked(self) -> bool:
        """Such a terminal is told nothing of it."""
        return False

    def close(self) -> None:
        """Give the line up."""
        self._line.close()

    # --- what it knows ----------------------------------------------------------------------------------------------

    def _is_at(self, span: Span) -> bool:
        return self._seen().cursor == (span.row, span.column)

    def _sent(self, chord: Chord) -> str:
        if chord in self._keys:
            return self._keys[chord]
        *held, key = chord
        if len(key) == 1 and held in ([], ["ctrl"]):
            return chr(ord(key.upper()) & 0x1F) if held else key
        raise ValueError("+".join(chord))

    def _take(self, seconds: float) -> bool:
        data = self._line.receive(seconds)
        if data:
            self._heard += 1
            self._look = None
            self._stream.feed(self._decoder.decode(data))
        return bool(data)

    def _seen(self) -> Look:
        self._look = self._look or self._drawn()
        return self._look

    def _drawn(self) -> Look:
        screen = self._screen
        cells = [[screen.buffer[row][column] for column in range(screen.columns)] for row in range(screen.lines)]
        rows = tuple(tuple(cell.data for cell in row) for row in cells)
        styles = tuple("".join(map(_style, row)) for row in cells)
        cursor = (screen.cursor.y + 1, min(screen.cursor.x, screen.columns - 1) + 1)
        return Look(rows, cursor, tuple(_fields(styles)), styles, self._heard)


def _style(cell: Any) -> str:
    marks = ((cell.underscore, "u"), (cell.reverse, "r"), (cell.bold, "b"))
    return next((mark for is_so, mark in marks if is_so), " ")


def _fields(styles: tuple[str, ...]) -> Iterator[Span]:
    """The underlined cells, which is how such screens show where something can be typed."""
    for row, style in enumerate(styles, 1):
        column = style.find("u")
        while column >= 0:
            end = column + len(style[column:]) - len(style[column:].lstrip("u"))
            yield Span(row, column + 1, end - column)
            column = style.find("u", end)

"""How does a 3270 show what its host sends, and which action is a key? Whole screens, with fields the host laid out."""

import re
import time
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from typing import Protocol

from bots.drivers.s3270_programs import Answer, Status
from bots.drivers.terminal_parts import Look, Span
from bridge.errors import LineLost, TextUntypable
from bridge.locale import Phrase
from bridge.model.chords import Chord

LONGEST_LOOK_AWAY = 0.25  # seconds
START_OF_FIELD = re.compile(r"SF\((?:.*,)?c0=([0-9a-f]{2}).*\)")
PROTECTED, SHOWN_HOW, HIDDEN = 0x20, 0x0C, 0x0C  # bits of a field's attribute: IBM GA23-0059, 4.4.1
BEHIND_WIDE = "-"  # the second half of a character that is two cells wide

# As c3270 has them, https://x3270.miraheze.org/wiki/C3270_default_keymap
LOCAL: dict[Chord, str] = {
    ("tab",): "Tab",
    ("shift", "tab"): "BackTab",
    ("home",): "Home",
    ("end",): "FieldEnd",
    ("delete",): "Delete",
    ("backspace",): "BackSpace",
    ("ctrl", "u"): "DeleteField",
    ("alt", "r"): "Reset",
}
SENT: dict[Chord, tuple[str, ...]] = {
    ("enter",): ("Enter",),
    ("alt", "c"): ("Clear",),
    ("alt", "a"): ("Attn",),
    **{("alt", str(number)): ("PA", str(number)) for number in (1, 2, 3)},
    **{(f"f{number}",): ("PF", str(number)) for number in range(1, 25)},
}


class Emulator(Protocol):
    """What knows the protocol: see S3270."""

    erp: str
    status: Status

    def do(self, action: str, *words: str, seconds: float = 0.0) -> Answer:
        """Take one action; raises LineLost."""
        ...

    def close(self) -> None:
        """Hang up."""
        ...


class Tn3270Terminal:
    """A 3270 whose host speaks this code page."""

    def __init__(self, emulator: Emulator, code_page: str) -> None:
        self._emulator, self._code_page = emulator, code_page
        self._seen = Look((), (1, 1))
        self._heard, self._is_asked = 0, False

    def look(self) -> Look:
        """What it shows now; raises LineLost."""
        read = self._emulator.do("ReadBuffer", "Ascii")
        status = self._emulator.status
        if not status.is_connected:
            raise LineLost(erp=self._emulator.erp, why=Phrase("the host has ended it"))
        answered = self._is_asked and not status.is_locked
        seen = _look(read.data, status.cursor)
        if answered or seen != self._seen:
            self._heard += 1
        self._is_asked = self._is_asked and not answered
        self._seen = Look(seen.rows, seen.cursor, seen.fields, seen.styles, self._heard)
        return self._seen

    def wait(self, is_there: Callable[[Look], bool], seconds: float, quiet: float) -> Look | None:
        """What it shows once that is there and nothing came for `quiet` seconds."""
        end = time.monotonic() + seconds
        while True:
            seen = self.look()
            if is_there(seen) and not (quiet and self._comes(quiet)):
                return seen
            left = end - time.monotonic()
            if left <= 0:
                return None
            self._comes(min(left, LONGEST_LOOK_AWAY))

    def _comes(self, seconds: float) -> bool:
        """Whether the host says anything within that time."""
        return self._emulator.do("Wait", f"{seconds:.3f}", "Output", seconds=seconds).is_done

    def write(self, text: str) -> None:
        """Type as much of the text as the field holds: what is too long would go on in the next one.

        Raises TextUntypable where the code page or the field does not take its characters.
        """
        row, column = self._emulator.status.cursor
        field = next((each for each in self._seen.fields if each.holds(row, column)), Span(row, column, 0))
        fitting = text[: field.column + field.cells - column]
        strange = sorted({each for each in text if not self._is_known(each)})
        if strange or (fitting and not self._emulator.do("String", fitting).is_done):
            self._emulator.do("Reset")
            raise TextUntypable(field=f"{row},{column}", characters=", ".join(strange) or fitting)

    def _is_known(self, character: str) -> bool:
        try:
            character.encode(self._code_page)
        except UnicodeEncodeError:
            return False
        except LookupError:  # of two bytes to a character: only the host knows
            return True
        return True

    def press(self, chord: Chord) -> None:
        """Press one key; raises ValueError for one that a 3270 does not have, LineLost where it is not taken."""
        if chord not in LOCAL and chord not in SENT:
            raise ValueError("+".join(chord))
        action, *words = SENT.get(chord) or (LOCAL[chord],)
        if not self._emulator.do(action, *words).is_done:
            raise LineLost(erp=self._emulator.erp, why=Phrase("the terminal takes no keys"))
        self._is_asked |= chord in SENT

    def go_to(self, span: Span, seconds: float) -> bool:  # noqa: ARG002 - the port's; no host is asked
        """Put the cursor there."""
        self._emulator.do("MoveCursor1", str(span.row), str(span.column))
        return self._emulator.status.cursor == (span.row, span.column)

    def is_locked(self) -> bool:
        """Whether the keyboard is locked: the host is at work, or a key was refused."""
        return self._emulator.status.is_locked

    def close(self) -> None:
        """Hang up."""
        self._emulator.close()


# --- what is read ---------------------------------------------------------------------------------------------------


def _look(lines: Sequence[str], cursor: tuple[int, int]) -> Look:
    """Of the answer to ReadBuffer(Ascii): a field's attribute takes a cell, and holds until the next one."""
    rows, styles, attribute = [], [], _last_attribute(lines)
    for line in lines:
        cells, marks = [], []
        for word in line.split():
            if word.startswith("SA("):  # how the next character looks: it takes no cell
                continue
            field = START_OF_FIELD.fullmatch(word)
            attribute = int(field[1], 16) if field else attribute
            cells.append(" " if field else _character(word, attribute))
            marks.append(" " if field else _mark(attribute))
        rows.append(tuple(cells))
        styles.append("".join(marks))
    return Look(tuple(rows), cursor, tuple(_fields(styles)), tuple(each.replace("p", "h") for each in styles))


def _last_attribute(lines: Sequence[str]) -> int:
    """What the first cells have: fields go around from the last cell to the first. Without any nothing is protected."""
    words = (word for line in reversed(lines) for word in reversed(line.split()))
    found = (int(field[1], 16) for word in words if (field := START_OF_FIELD.fullmatch(word)))
    return next(islice(found, 1), 0)


def _character(word: str, attribute: int) -> str:
    if word == BEHIND_WIDE:
        return ""
    text = bytes.fromhex(word.removeprefix("GE(").removesuffix(")")).decode("utf-8", "replace")
    return " " if text < " " or attribute & SHOWN_HOW == HIDDEN else text


def _mark(attribute: int) -> str:
    """Letter u where something can be typed, p where that is not to be seen, h where nothing is to be seen."""
    hidden = attribute & SHOWN_HOW == HIDDEN
    if attribute & PROTECTED:
        return "h" if hidden else " "
    return "p" if hidden else "u"


def _fields(styles: Sequence[str]) -> Iterator[Span]:
    """The cells in which something can be typed; of a field that goes on in the next row, each row's part."""
    for row, style in enumerate(styles, 1):
        for run in re.finditer("u+|p+", style):
            yield Span(row, run.start() + 1, run.end() - run.start())

"""Doubts what is below Juniper's screens: keys, fields in bytes, the grid of cells, and the painter."""

import random
import string

import pyte
import pytest

from sandbox.juniper.fields import Field, Full
from sandbox.juniper.grids import BOLD, COLUMNS, FIELD, PLAIN, REVERSE, ROWS, Grid
from sandbox.juniper.keys import KeyReader
from sandbox.juniper.painters import Painter, over
from sandbox.juniper.texts import dotted, fitted, padded, size, storable, typable, width
from tests.sandbox.juniper_clerks import KEYS

RARE = "𠮷"


def field(length: int, full: Full = "refuse", encoding: str = "gbk", text: str = "") -> Field:
    """A field with its cursor at the beginning."""
    made = Field(name="any", row=3, column=10, length=length, encoding=encoding, full=full)
    made.fill(text)
    return made


def typed(into: Field, text: str, *, insert: bool = False) -> list[str]:
    """What became of each character."""
    return [into.write(char, insert=insert) for char in text]


# --- texts ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("encoding", "bytes_"), [("utf-8", 3), ("gbk", 2), ("gb18030", 2)])
def test_a_chinese_character_is_two_cells_and_as_many_bytes_as_the_encoding_says(encoding: str, bytes_: int) -> None:
    """Cells are those of the screen, bytes those of the books."""
    assert (width("重a"), size("重", encoding)) == (3, bytes_)


def test_what_an_encoding_does_not_know_becomes_a_question_mark() -> None:
    """A character beyond the basic plane is lost in gbk and kept in gb18030."""
    assert [storable(f"{RARE}祥", encoding) for encoding in ("gbk", "gb18030", "utf-8")] == ["?祥", "𠮷祥", "𠮷祥"]


@pytest.mark.parametrize("encoding", ["gbk", "gb18030", "utf-8"])
def test_cutting_never_splits_a_character(encoding: str) -> None:
    """What does not fit whole leaves blanks, up to the last byte."""
    text = f"ab重庆{RARE}祥é1"
    for limit in range(size(text, encoding) + 1):
        cut = fitted(text, limit, encoding)
        assert storable(text, encoding).startswith(cut.rstrip())
        assert size(cut, encoding) == limit
    assert fitted("a重庆", 4, "gbk") == "a重 "


def test_marks_and_controls_cannot_be_typed() -> None:
    """Nothing invisible gets into a field."""
    assert [typable(char) for char in ("a", "重", RARE, " ", "\u0301", "\u200b", "\x07", "\ufeff")] == [True] * 4 + [
        False
    ] * 4


def test_labels_end_at_one_column_in_both_languages() -> None:
    """Dots fill what the words leave."""
    assert dotted("Customer", 15) == "Customer . . . :"
    assert width(dotted("客户", 15)) == width(dotted("External No.", 15)) == 16
    assert (padded("重庆", 3), padded("a", 3)) == ("重 ", "a  ")


# --- keys -----------------------------------------------------------------------------------------------------------


def test_every_key_is_read_as_a_vt220_and_an_xterm_send_it() -> None:
    """Function keys in both forms, arrows in both modes, Home and End in all of theirs."""
    reader = KeyReader("utf-8")
    for name, sequence in KEYS.items():
        assert reader.feed(sequence.encode()) == [name]
    others = {"F1": "[11~", "F4": "[14~", "UP": "OA", "HOME": "[1~", "END": "OF", "ENTER": "OM"}
    for name, sequence in others.items():
        assert reader.feed(f"\x1b{sequence}".encode()) == [name]


def test_keys_may_arrive_byte_by_byte() -> None:
    """Half a character and half a sequence wait for their rest."""
    for encoding in ("gbk", "gb18030", "utf-8"):
        reader = KeyReader(encoding)
        data = "重\x1b[17~庆\x1bOP\r\nx".encode(encoding)
        keys = [key for byte in data for key in reader.feed(bytes([byte]))]
        assert keys == ["重", "F6", "庆", "F1", "ENTER", "x"]


def test_unknown_keys_are_told_apart_from_text() -> None:
    """Shifted function keys, Alt and control keys type nothing."""
    assert KeyReader("utf-8").feed(b"\x1b[1;2P\x1bx\x01\x1b[99~a") == ["UNKNOWN"] * 4 + ["a"]


# --- fields ---------------------------------------------------------------------------------------------------------


def test_a_field_of_forty_bytes_holds_twenty_characters_of_gbk() -> None:
    """And thirteen of UTF-8; the next one is refused with a bell."""
    for encoding, most in (("gbk", 20), ("utf-8", 13)):
        full = field(40, encoding=encoding)
        assert typed(full, "重" * (most + 1)) == ["taken"] * most + ["bell"]
        assert full.text == "重" * most


def test_overwriting_replaces_the_last_character() -> None:
    """In silence; a wide character makes room for itself."""
    full = field(4, "overwrite")
    assert typed(full, "abcdef") == ["taken"] * 6
    assert full.text == "abcf"
    assert (typed(full, "重"), full.text) == (["taken"], "abc"[:2] + "重")


def test_a_full_field_may_skip() -> None:
    """The last character is taken and the cursor goes on."""
    assert typed(field(3, "skip"), "GBP") == ["taken", "taken", "skip"]


def test_overtyping_leaves_the_tail_and_inserting_moves_it() -> None:
    """Nothing is cleared by typing."""
    over_, into = field(8, text="01/02/26"), field(8, text="ABC")
    typed(over_, "9/9")
    typed(into, "xy", insert=True)
    assert (over_.text, into.text) == ("9/902/26", "xyABC")
    assert typed(field(3, text="ABC"), "x", insert=True) == ["bell"]


def test_a_wide_character_does_not_fit_over_a_narrow_one_in_a_full_field() -> None:
    """Refused where a field refuses, at the cost of the tail where it overwrites."""
    assert typed(field(3, text="abc"), "重") == ["bell"]
    cut = field(3, "overwrite", text="abc")
    assert (typed(cut, "重"), cut.text) == (["taken"], "重b")


def test_editing_keys_move_and_delete() -> None:
    """Inside the field only."""
    edited = field(10, text="abcdef")
    for key in ("RIGHT", "RIGHT", "DELETE", "BACKSPACE", "END", "LEFT", "ERASE"):
        assert edited.edit(key)
    assert (edited.text, edited.at) == ("ade", 3)
    assert not edited.edit("RIGHT")
    edited.edit("HOME")
    assert not edited.edit("BACKSPACE")
    assert not edited.edit("LEFT")


def test_the_cursor_counts_cells_and_stays_in_the_field() -> None:
    """Two for each wide character; a full field keeps it on its last cell."""
    wide = field(6)
    typed(wide, "重庆")
    assert wide.cursor == (3, 14)
    typed(wide, "市")
    assert wide.cursor == (3, 15)


# --- painting -------------------------------------------------------------------------------------------------------


def test_half_a_wide_character_is_never_left_on_the_grid() -> None:
    """What is written over one of its cells blanks the other; at the edge there is none."""
    grid = Grid()
    grid.put(1, 1, "重庆市")
    grid.put(1, 2, "x")
    grid.put(1, 5, "y")
    assert grid.text(1) == " x庆y"
    grid.put(3, 1, "重庆市")
    grid.put(3, 3, "y")
    assert grid.text(3) == "重y 市"
    grid.put(2, COLUMNS, "重")
    assert grid.text(2) == ""


@pytest.mark.parametrize("seed", range(20))
def test_painting_differences_shows_the_same_as_painting_everything(seed: int) -> None:
    """A terminal that saw a hundred pictures shows the last one, with its looks and its cursor."""
    chance = random.Random(seed)
    screen = pyte.Screen(COLUMNS, ROWS)
    stream, painter = pyte.Stream(screen), Painter()
    stream.feed(painter.clear())
    letters = string.ascii_letters + "  重庆某某科技𠮷,。"
    grid = Grid()
    for _ in range(100):
        last, grid = grid, Grid()
        if chance.random() < 0.8:
            grid.rows = [list(row) for row in last.rows]
        for _ in range(chance.randrange(6)):
            text = "".join(chance.choices(letters, k=chance.randrange(30)))
            look = chance.choice([PLAIN, BOLD, FIELD, REVERSE])
            grid.put(chance.randint(1, ROWS), chance.randint(1, COLUMNS), text, look)
        grid.cursor = (chance.randint(1, ROWS), chance.randint(1, COLUMNS))
        for piece in painter.paint(grid):
            stream.feed(piece)
    assert [line.rstrip() for line in screen.display] == [grid.text(row) for row in range(1, ROWS + 1)]
    assert (screen.cursor.y + 1, screen.cursor.x + 1) == grid.cursor
    for row, cells in enumerate(grid.rows):
        for column, cell in enumerate(cells):
            if cell.text.strip():
                shown = screen.buffer[row][column]
                assert (shown.bold, shown.underscore, shown.reverse) == tuple(
                    cell.look == look for look in (BOLD, FIELD, REVERSE)
                )


def test_a_picture_that_is_shown_costs_nothing() -> None:
    """And one more character costs little."""
    painter, grid = Painter(), Grid()
    grid.put(5, 5, "重庆")
    assert painter.paint(grid)
    assert painter.paint(grid) == []
    more = Grid()
    more.put(5, 5, "重庆a")
    assert painter.paint(more) == ["\x1b[5;9Ha", "\x1b[1;1H"]


def test_a_foreign_message_brings_the_cursor_back() -> None:
    """It stands in its row, and whoever types goes on where he was."""
    screen = pyte.Screen(COLUMNS, ROWS)
    stream = pyte.Stream(screen)
    stream.feed("\x1b[3;7H" + over(12, "Message from root: hello"))
    assert screen.display[11].rstrip() == "Message from root: hello"
    assert (screen.cursor.y, screen.cursor.x) == (2, 6)

"""What did people write beside the breaks of a workbook, and what of it may be taken?

A single word that cannot be taken is refused by itself, with the row in which it stands.
"""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from bridge.locale import Phrase
from bridge.model.items import SETTLED, Handling, Item, Note, NoteField, Notes
from bridge.reports.cell_differences import plain
from bridge.reports.item_columns import FINGERPRINT
from bridge.reports.notings import text_of, value_of
from bridge.reports.uploads import Line, Uploaded, lines, sheets_of_breaks


@dataclass(frozen=True)
class Refusal:
    """One word that was not taken; `row` is the row of the sheet as people count."""

    row: int
    item_id: str
    field: str
    why: Phrase


@dataclass(frozen=True)
class Edits:
    """What was taken of a workbook and what was not."""

    notes: tuple[Note, ...]
    refusals: tuple[Refusal, ...]


@dataclass(frozen=True)
class Desk:
    """What is known when a workbook comes back.

    How it was `issued` and `as_of` when, what was `known` of people's notes then and what they say now, how every break
    stands, and who. `taken` are the words that were kept when the very same file came before.
    """

    issued: Uploaded
    as_of: datetime
    known: Notes
    notes: Notes
    items: Mapping[str, Item]
    author: str
    at: datetime
    taken: Collection[tuple[str, NoteField]] = ()


def edits_of(given: Uploaded, desk: Desk) -> Edits:
    """What people wrote into a workbook that is as issued where nobody may write."""
    names = [*sheets_of_breaks(desk.issued)]
    issued = {line.item_id: line for line in lines(desk.issued, names)}
    written = [*lines(given, names)]
    counts = Counter(line.item_id for line in written)
    notes: list[Note] = []
    refusals: list[Refusal] = []
    for line in written:
        before = issued.get(line.item_id)
        if before is None or counts[line.item_id] > 1:
            why = Phrase("no such break was issued") if before is None else Phrase("the row is there twice")
            refusals.append(Refusal(line.number, line.item_id, "", why))
            continue
        for said in _said(line, before, desk):
            (notes if isinstance(said, Note) else refusals).append(said)  # type: ignore[arg-type]  # each to its own
    return Edits(tuple(notes), tuple(refusals))


def _said(line: Line, before: Line, desk: Desk) -> Iterator[Note | Refusal]:
    for field in NoteField:
        said = _word(field, line, before, desk)
        if isinstance(said, Phrase):
            yield Refusal(line.number, line.item_id, field.value, said)
        elif said is not None:
            yield said


def _word(field: NoteField, line: Line, before: Line, desk: Desk) -> Note | Phrase | None:
    """What was written there, or why it is not taken; None where nobody said anything new."""
    cell = line.cells[field.value]
    if field.value in line.computed:
        return Phrase("a formula is no word; write what is meant")
    if plain(cell) == plain(before.cells[field.value]):
        return None
    try:
        wanted = value_of(field, cell)
    except ValueError:
        return Phrase("{text} is neither in the list nor a day", text=text_of(cell))
    was = _was(field, before)
    note = Note(line.item_id, field, wanted, desk.author, desk.at, str(line.cells[FINGERPRINT]))
    if wanted == was or _is_said(note, desk):
        return None
    return _against(note, desk) or note


def _was(field: NoteField, before: Line) -> str | None:
    """What stood there as issued; None where a word of then is none of the list any more."""
    try:
        return value_of(field, before.cells[field.value])
    except ValueError:
        return None


def _is_said(note: Note, desk: Desk) -> bool:
    """Whether it was kept when the file came before, or the same word of the same values stands there already."""
    if (note.item_id, note.field) in desk.taken:
        return True
    current, item = desk.notes.get((note.item_id, note.field)), desk.items.get(note.item_id)
    if current is None or (current.value, current.fingerprint) != (note.value, note.fingerprint):
        return False
    # what was settled before the break came back is to be said once more, by who has seen that it did
    lapsed = note.field is NoteField.STATUS and _came_back_after(current.at, item)
    return not lapsed or _came_back_after(desk.as_of, item)


def _came_back_after(at: datetime, item: Item | None) -> bool:
    """Whether the break was resolved and came back after that moment."""
    return item is not None and at < item.open_since


def _against(note: Note, desk: Desk) -> Phrase | None:
    """What speaks against taking the word: somebody else's, written meanwhile, or values that are others by now."""
    key = (note.item_id, note.field)
    current = desk.notes.get(key)
    is_new = current is not None and current != desk.known.get(key) and current.author != note.author
    if current is not None and is_new and current.value != note.value:
        return Phrase("{author} wrote {text} meanwhile", author=current.author, text=repr(current.value))
    if note.field is not NoteField.STATUS or not note.value:
        return None
    if note.value == Handling.REVIEW:
        return Phrase("this status cannot be given")
    item = desk.items.get(note.item_id)
    if note.value in SETTLED and item is not None and item.fingerprint != note.fingerprint:
        return Phrase("its values have changed since this workbook was issued")
    if note.value in SETTLED and _came_back_after(desk.as_of, item):
        return Phrase("it was resolved and came back since this workbook was issued")
    return None

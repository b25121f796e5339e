"""How far does each sheet of a workbook reach, and where in it stands more than a plain value?

A sheet is looked through piece by piece before any cell is read: who reads cells makes room for the whole rectangle up
to the last one, so that a single cell in the far corner of a sheet would end the process.
"""

import io
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO
from xml.parsers import expat

from bridge.errors import FileUnreadable
from bridge.locale import Phrase

MOST_UNPACKED = 1024 * 1024 * 1024  # a small file that unpacks to more than this is no workbook of ours
BEGINNING = b"PK\x03\x04"
BOOK, BOOK_TARGETS = "xl/workbook.xml", "xl/_rels/workbook.xml.rels"
DIGITS = "0123456789"
# Of a part that is encrypted a RuntimeError, of one packed in an unknown way a NotImplementedError, which is one too.
UNREADABLE = (
    *(zipfile.BadZipFile, zlib.error, expat.ExpatError),
    *(OSError, EOFError, LookupError, ValueError, RuntimeError),
)
# What stands in a text that is written into the cell itself (ECMA-376 part 1, 18.3.1.53 and 18.4.7).
IN_TEXT = frozenset(
    [
        "t",
        "r",
        "rPr",
        "rPh",
        "phoneticPr",
        "rFont",
        "charset",
        "family",
        "b",
        "i",
        "strike",
        "outline",
        "shadow",
        "condense",
        "extend",
        "color",
        "sz",
        "u",
        "vertAlign",
        "scheme",
    ]
)
Place = tuple[int, int]
Attributes = Mapping[str, str]


class NoWorkbook(ValueError):
    """What is inside is not what a workbook holds."""


@dataclass(frozen=True)
class Outline:
    """What a sheet holds beside values; rows and columns count from 0.

    `lowest` and `rightmost` are filled cells, `computed` those with a formula or an error. `areas` are merged cells and
    formulas over several cells. `annotated` says that notes are pinned to cells.
    """

    lowest: Place | None
    rightmost: Place | None
    computed: frozenset[Place]
    areas: tuple[str, ...]
    annotated: bool

    @property
    def size(self) -> int:
        """How many cells the rectangle from the first cell to the last has."""
        return (self.lowest[0] + 1) * (self.rightmost[1] + 1) if self.lowest and self.rightmost else 0


def outlines(content: bytes, path: Path) -> Mapping[str, Outline]:
    """The outline of each sheet that holds cells, by its name and in order; raises FileUnreadable."""
    if not content.startswith(BEGINNING):
        raise FileUnreadable(path=str(path), why=Phrase("it is no .xlsx workbook"))
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            if sum(each.file_size for each in archive.infolist()) > MOST_UNPACKED:
                raise FileUnreadable(path=str(path), why=Phrase("it is too large"))
            parts = _Parts(archive)
            return {name: _outline(parts, part) for name, part in _sheets(parts)}
    except NoWorkbook as error:
        raise FileUnreadable(path=str(path), why=Phrase("it is no .xlsx workbook")) from error
    except UNREADABLE as error:
        raise FileUnreadable(path=str(path), why=str(error)) from error


class _Parts:
    """What is packed into the file; names count without regard to case, as for those who read cells."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self._archive = archive
        self._infos = {each.filename.casefold(): each for each in archive.infolist()}
        if len(self._infos) != len(archive.infolist()):
            raise NoWorkbook

    def __contains__(self, name: str) -> bool:
        return name.casefold() in self._infos

    def walk(self, name: str, started: Callable[[str, Attributes], None]) -> None:
        """Call `started` for each element of a part."""
        if name not in self:
            raise NoWorkbook
        with self._archive.open(self._infos[name.casefold()]) as file:
            _walk(file, started)

    def elements(self, name: str, kind: str) -> list[Attributes]:
        """The attributes of all elements of that kind in a part that is not long."""
        found: list[Attributes] = []
        self.walk(name, lambda element, attributes: found.append(attributes) if _local(element) == kind else None)
        return found


def _walk(file: IO[bytes], started: Callable[[str, Attributes], None]) -> None:
    parser = expat.ParserCreate("utf-8")  # whatever it says of itself: who reads cells takes it for that too
    parser.StartElementHandler = started
    parser.StartDoctypeDeclHandler = _refuse
    parser.ParseFile(file)


def _refuse(*_: object) -> None:
    """No workbook has a document type, and without one there are no entities to expand."""
    raise NoWorkbook


def _local(name: str) -> str:
    return name.rpartition(":")[2]


def _sheets(parts: _Parts) -> Iterator[tuple[str, str]]:
    """Name and part of each sheet of cells; a sheet that is one chart has none."""
    targets = {each["Id"]: each for each in parts.elements(BOOK_TARGETS, "Relationship")}
    seen: set[str] = set()
    for sheet in parts.elements(BOOK, "sheet"):
        (identity,) = [value for name, value in sheet.items() if _local(name) == "id"]
        if sheet["name"] in seen or identity not in targets:
            raise NoWorkbook
        seen.add(sheet["name"])
        if targets[identity]["Type"].endswith("/worksheet"):
            yield sheet["name"], _part(targets[identity]["Target"])


def _part(target: str) -> str:
    return target[1:] if target.startswith("/") else target if target.startswith("xl/") else f"xl/{target}"


def _outline(parts: _Parts, part: str) -> Outline:
    sheet = _Sheet()
    parts.walk(part, sheet.started)
    folder, _, name = part.rpartition("/")
    links = f"{folder}/_rels/{name}.rels"
    kinds = [each.get("Type", "") for each in parts.elements(links, "Relationship")] if links in parts else []
    return sheet.outline(annotated=any(kind.lower().endswith(("/comments", "/threadedcomment")) for kind in kinds))


class _Locals(dict[str, str]):
    """Names of elements without what says whose they are, each looked at once."""

    def __missing__(self, name: str) -> str:
        self[name] = local = _local(name)
        return local


class _Sheet:
    """A sheet as its elements come by."""

    def __init__(self) -> None:
        self._locals = _Locals()
        self._at: str | None = None
        self._rows = 0
        self._lowest = ""
        self._columns: dict[str, str] = {}
        self._computed: set[str] = set()
        self._areas: list[str] = []

    def started(self, name: str, attributes: Attributes) -> None:
        """One element; of a cell only what is in it makes it a filled one."""
        kind = self._locals[name]
        if kind == "c":
            self._at = attributes.get("r")
            if self._at is None:
                raise NoWorkbook
            if attributes.get("t") == "e":
                self._computed.add(self._at)
        elif self._at is None:
            if kind == "mergeCell":
                self._areas.append(attributes.get("ref", "?"))
        elif kind in {"v", "is"}:
            self._fill(self._at)
        elif kind == "f":
            self._compute(self._at, attributes)
        elif kind not in IN_TEXT:
            self._at = None
            self.started(name, attributes)

    def _fill(self, at: str) -> None:
        column = at.rstrip(DIGITS)
        row = int(at[len(column) :])
        self._columns[column] = at
        if row > self._rows:
            self._rows, self._lowest = row, at

    def _compute(self, at: str, attributes: Attributes) -> None:
        self._fill(at)
        self._computed.add(at)
        area = attributes.get("ref", at)
        if attributes.get("t") in {"array", "dataTable"} and area != at:
            self._areas.append(area)

    def outline(self, *, annotated: bool) -> Outline:
        """What came by."""
        places = [place_of(at) for at in self._columns.values()]
        rightmost = max(places, key=lambda place: place[1], default=None)
        lowest = place_of(self._lowest) if self._lowest else None
        return Outline(lowest, rightmost, frozenset(map(place_of, self._computed)), tuple(self._areas), annotated)


def place_of(cell: str) -> Place:
    """Row and column of a cell such as B4; raises ValueError where it is none."""
    letters = cell.rstrip(DIGITS)
    if not (letters.isascii() and letters.isalpha()) or int(cell[len(letters) :]) < 1:
        raise NoWorkbook
    column = 0
    for letter in letters.upper():
        column = 26 * column + ord(letter) - ord("A") + 1
    return int(cell[len(letters) :]) - 1, column - 1

"""How does a value reach a workbook cell? Only by its type: no text is ever looked at to see what it might be."""

import io
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from xlsxwriter import Workbook  # type: ignore[import-untyped]  # it ships no marker for its types
from xlsxwriter.url import Url  # type: ignore[import-untyped]  # as above

from bridge.model.money import minor_digits
from bridge.reports.records import major
from bridge.reports.texts import Words, safe

MOST_EXACT = 10**15  # a cell holds an IEEE double: 15 digits survive, a sixteenth may not
TEXT_MARK = " *"
MOST_LINKS = 65_000  # Excel reads 65,530 a sheet
LONGEST_LINK = 250
PACKET = re.compile(r"[A-Za-z0-9_-]+(/[A-Za-z0-9_-]+)*")


@dataclass(frozen=True)
class Money:
    """An amount in whole minor units."""

    minor: int
    currency: str


@dataclass(frozen=True)
class Evidence:
    """A packet of the evidence store."""

    packet: str


Value = str | int | Money | Evidence | date | datetime | None


class PosixUrl(Url):  # type: ignore[misc]  # its base has no types
    """A link whose slashes stay as they are, so that it works beyond Windows too."""

    def _target(self) -> str:
        return str(super()._target()).replace("\\", "/")


class Book:
    """A workbook in memory whose bytes depend on nothing but what is written into it."""

    def __init__(self, words: Words, created: datetime, evidence: str | None) -> None:
        """`evidence` is the way from the workbook's folder to the evidence store, or None where there is none."""
        self.words = words
        self._buffer = io.BytesIO()
        self._evidence = evidence
        self._formats: dict[tuple[tuple[str, object], ...], Any] = {}
        never = {"strings_to_numbers": False, "strings_to_formulas": False, "strings_to_urls": False}
        self._workbook = Workbook(self._buffer, {"in_memory": True, **never})
        self._workbook.set_properties({"created": created.astimezone(UTC).replace(tzinfo=None)})

    def sheet(self, name: str) -> "Sheet":
        """A new sheet; its name is one of ours, never text from outside."""
        return Sheet(self, self._workbook.add_worksheet(name))

    def format(self, **properties: object) -> Any:
        """The format with these properties, made once."""
        key = tuple(sorted(properties.items()))
        if key not in self._formats:
            plain = {"font_name": self.words.font, "font_size": 10, "valign": "top"}
            self._formats[key] = self._workbook.add_format({**plain, **properties})
        return self._formats[key]

    def bar_chart(self) -> Any:
        """A chart of bars that stand on each other, not yet on any sheet."""
        return self._workbook.add_chart({"type": "bar", "subtype": "stacked"})

    def link(self, evidence: Evidence) -> PosixUrl | None:
        """The link to a packet; None where there is no way to it, or its name is not one our store gives."""
        if self._evidence is None or not PACKET.fullmatch(evidence.packet):
            return None
        target = f"{self._evidence}/{evidence.packet}/"
        if len(target) > LONGEST_LINK or any(mark in target for mark in "#%"):
            return None
        return PosixUrl(f"external:{target}")

    def content(self) -> bytes:
        """The workbook's bytes; nothing can be written after."""
        self._workbook.close()
        return self._buffer.getvalue()


class Sheet:
    """One sheet; rows and columns count from 0."""

    def __init__(self, book: Book, worksheet: Any) -> None:
        self._book = book
        self._links = 0
        self.worksheet = worksheet

    def bar_chart(self) -> Any:
        """A chart of bars that stand on each other, to be put on this sheet."""
        return self._book.bar_chart()

    def put(self, row: int, column: int, value: Value, **look: object) -> None:
        """Write a value as what it is; None leaves the cell blank."""
        match value:
            case None:
                self.worksheet.write_blank(row, column, None, self._book.format(**look))
            case str():
                self._text(row, column, value, look)
            case Money():
                self._money(row, column, value, look)
            case Evidence():
                self._evidence(row, column, value, look)
            case datetime():
                moment = value.astimezone(UTC).replace(tzinfo=None)
                look = {**look, "num_format": "yyyy-mm-dd hh:mm:ss", "align": "left"}
                self.worksheet.write_datetime(row, column, moment, self._book.format(**look))
            case date():
                look = {**look, "num_format": "yyyy-mm-dd", "align": "left"}
                self.worksheet.write_datetime(row, column, value, self._book.format(**look))
            case int():
                self.worksheet.write_number(row, column, value, self._book.format(**{"num_format": "#,##0_ ", **look}))

    def _text(self, row: int, column: int, text: str, look: Mapping[str, object]) -> None:
        kept = {"num_format": "@", "quote_prefix": True, **look}
        self.worksheet.write_string(row, column, safe(text), self._book.format(**kept))

    def _money(self, row: int, column: int, money: Money, look: Mapping[str, object]) -> None:
        amount = major(money.minor, money.currency)
        if abs(money.minor) >= MOST_EXACT:
            self._text(row, column, f"{amount:,f}{TEXT_MARK}", {**look, "align": "right", "shrink": True})
            return
        look = {**look, "num_format": money_format(money.currency)}
        self.worksheet.write_number(row, column, float(amount), self._book.format(**look))

    def _evidence(self, row: int, column: int, evidence: Evidence, look: Mapping[str, object]) -> None:
        name = evidence.packet.rpartition("/")[2]
        url = self._book.link(evidence) if self._links < MOST_LINKS else None
        if url is None:
            self._text(row, column, name, look)
            return
        self._links += 1
        blue = self._book.format(**{**look, "font_color": "#0563C1", "underline": 1})
        url.text = name
        self.worksheet.write_url(row, column, url, blue)


def money_format(currency: str) -> str:
    """How a cell shows an amount of the currency; below zero by a sign, the colour only repeats it.

    `_ ` keeps the width of a blank free, so that figures do not touch the text of the next column.
    """
    digits = minor_digits(currency)
    plain = "#,##0" + ("." + "0" * digits if digits else "")
    return f'{plain}_ ;[Red]-{plain}_ ;"–"_ '


def way_to(evidence: Path, workbook: Path) -> str | None:
    """From the workbook's folder to the evidence store, with forward slashes; None where no such way exists."""
    try:
        return Path(os.path.relpath(evidence.absolute(), workbook.absolute().parent)).as_posix()
    except ValueError:
        return None  # another drive of a Windows machine

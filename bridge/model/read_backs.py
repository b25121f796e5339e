"""What did the ERP's screens show of an order: in the form before Save, and in the document after it?"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Generic, TypeVar

from bridge.errors import ValueUnreadable
from bridge.model.documents import Document, DocumentLine
from bridge.model.forms import Form
from bridge.model.profiles import ErpProfile
from bridge.model.rules import ENTRY_SCREEN
from bridge.model.texts import read_date, read_number

Value = TypeVar("Value")


@dataclass(frozen=True)
class FilledForm:
    """A filled form as it was read back, before Save: its texts, and what they say.

    None is what the form does not show, or shows in a way that cannot be read; the texts then say what stood there.
    """

    texts: Form
    customer: str | None = None
    ordered_on: date | None = None
    reference: str | None = None
    currency: str | None = None
    po_number: str | None = None
    lines: tuple[DocumentLine, ...] | None = None


Content = TypeVar("Content", FilledForm, Document)


@dataclass(frozen=True)
class ReadBack(Generic[Content]):
    """One reading: in which attempt, at which revision of the order, and when it was kept."""

    content: Content
    attempt: int
    revision: str
    read_at: datetime


@dataclass(frozen=True)
class ReadBacks:
    """What the ledger kept of one posting: the document as last verified, and the form that it was made from.

    Without a document it is the form that was filled last.
    """

    form: ReadBack[FilledForm] | None = None
    document: ReadBack[Document] | None = None


def filled_form(shown: Form, profile: ErpProfile) -> FilledForm:
    """What the form says that was read back from the entry screen."""
    header = {name: text.strip() for name, text in shown.header.items()}
    return FilledForm(
        texts=shown,
        customer=header.get("customer"),
        ordered_on=_readable(lambda: _date(header["order_date"], profile)) if "order_date" in header else None,
        reference=header.get("reference"),
        currency=header.get("currency"),
        po_number=header.get("po_number"),
        lines=_readable(lambda: _lines(shown, profile)),
    )


def _readable(read: Callable[[], Value]) -> Value | None:
    try:
        return read()
    except (ValueUnreadable, KeyError):
        return None


def _date(text: str, profile: ErpProfile) -> date:
    screen = profile.screens[ENTRY_SCREEN]
    return read_date(text, profile.formats, "order_date", screen.targets.get(screen.form.get("order_date", "")))


def _lines(shown: Form, profile: ErpProfile) -> tuple[DocumentLine, ...]:
    formats = profile.formats
    return tuple(
        DocumentLine(
            position=position,
            item=row["item"].strip(),
            quantity=read_number(row["quantity"], formats, "quantity"),
            unit_price=read_number(row["price"], formats, "price"),
            amount=read_number(row["amount"], formats, "amount") if row.get("amount", "").strip() else None,
            description=row.get("description", ""),
        )
        for position, row in enumerate(shown.lines, 1)
    )

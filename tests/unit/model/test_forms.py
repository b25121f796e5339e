"""Is anything typed that was not meant, or read that is not shown? Forms and screens, value by value."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from bridge.errors import StatusUnknown, ValueUnreadable
from bridge.model.comparisons import document_of, form_differences, form_of, listed_of
from bridge.model.documents import DocumentStatus, Listed
from bridge.model.forms import Form
from bridge.model.mapping import CrossReferences, Kind
from bridge.model.profiles import Formats
from tests.samples import harbour, order

ORDER = order()
REFERENCE = "SB-700001-X"
NONE = CrossReferences()
CODES = CrossReferences(
    {(Kind.CUSTOMER, "C1001"): "KUNDE7", (Kind.ITEM, "P-30"): "ART-1", (Kind.CURRENCY, "GBP"): "STG"}
)


def test_the_form_holds_what_a_clerk_would_type() -> None:
    """In the ERP's own formats and codes, the fields its form has and no others."""
    form = form_of(ORDER, REFERENCE, harbour(), CODES)
    assert form.header == {
        "customer": "KUNDE7",
        "order_date": "02/03/26",
        "po_number": "PO 1",
        "reference": REFERENCE,
        "currency": "STG",
    }
    assert form.lines == (
        {"item": "ART-1", "quantity": "2", "price": "12.90"},
        {"item": "P-40", "quantity": "2.5", "price": "4.80"},
    )


def test_the_form_is_written_in_the_formats_of_the_erp() -> None:
    """Decimal comma, its own dates, and as many decimals as its prices have."""
    formats = Formats(date="%d.%m.%Y", decimal=",", thousands=".", price_digits=4, quantity_digits=3)
    form = form_of(ORDER, REFERENCE, replace(harbour(), formats=formats), NONE)
    assert (form.header["order_date"], form.lines[1]["quantity"]) == ("02.03.2026", "2,5")
    assert form.lines[1]["price"] == "4,8000"


WANTED = form_of(ORDER, REFERENCE, harbour(), NONE)


def on_screen(header: Mapping[str, str] | None = None, last: Mapping[str, str] | None = None) -> Form:
    """The screen as it should be, but for these values."""
    return Form({**WANTED.header, **(header or {})}, (WANTED.lines[0], {**WANTED.lines[1], **(last or {})}))


def without(field: str) -> Form:
    """The screen without that field of the header."""
    return Form({name: text for name, text in WANTED.header.items() if name != field}, WANTED.lines)


SHOWN: Mapping[str, tuple[Form, list[tuple[str, int | None]]]] = {
    "as meant": (on_screen(), []),
    "upper case, declared": (on_screen({"customer": "c1001"}), []),
    "more zeros": (on_screen(last={"quantity": "2.500"}), []),
    "thousands": (on_screen(last={"price": "4.8"}), []),
    "another customer": (on_screen({"customer": "C1002"}), [("customer", None)]),
    "another date": (on_screen({"order_date": "03/02/26"}), [("order_date", None)]),
    "no date": (on_screen({"order_date": ""}), [("order_date", None)]),
    "a cut reference": (on_screen({"reference": REFERENCE[:-1]}), [("reference", None)]),
    "another currency": (on_screen({"currency": "EUR"}), [("currency", None)]),
    "a field gone": (without("po_number"), [("po_number", None)]),
    "another quantity": (on_screen(last={"quantity": "25"}), [("quantity", 2)]),
    "an unreadable quantity": (on_screen(last={"quantity": "2,5"}), [("quantity", 2)]),
    "another price": (on_screen(last={"price": "48.00"}), [("price", 2)]),
    "another item": (on_screen(last={"item": "P-4"}), [("item", 2)]),
    "a line less": (Form(WANTED.header, WANTED.lines[:1]), [("lines", None)]),
    "a line more": (Form(WANTED.header, (*WANTED.lines, WANTED.lines[0])), [("lines", None)]),
    "lines swapped": (
        Form(WANTED.header, WANTED.lines[::-1]),
        [(n, p) for p in (1, 2) for n in ("item", "quantity", "price")],
    ),
    "nothing": (Form(), [*((name, None) for name in WANTED.header), ("lines", None)]),
}


@pytest.mark.parametrize("screen", SHOWN)
def test_every_difference_between_form_and_screen_is_noticed(screen: str) -> None:
    """What was to be typed and is not shown, by field and line; what means the same is the same."""
    shown, expected = SHOWN[screen]
    found = form_differences(WANTED, shown, harbour())
    assert [(each.field, each.line) for each in found] == expected


# --- reading documents and lists ------------------------------------------------------------------------------------

READING = Form(
    {
        "number": " 10001 ",
        "customer": "C1001",
        "order_date": "02/03/26",
        "reference": REFERENCE,
        "currency": "GBP",
        "total": "1,037.80",
        "status": "Part shipped",
        "po_number": "PO 1",
        "terms": "30",
    },
    ({"item": " P-30", "quantity": "2", "price": "12.90", "amount": "25.80", "description": "Chain"},),
)


def test_a_document_is_read_from_its_screen() -> None:
    """Every value in its kind; what nobody types stands apart."""
    document = document_of(READING, harbour())
    assert (document.number, document.ordered_on, document.total) == ("10001", date(2026, 3, 2), Decimal("1037.80"))
    assert (document.status, document.others) == (DocumentStatus.PART_SHIPPED, {"terms": "30"})
    assert (document.lines[0].item, document.lines[0].amount) == ("P-30", Decimal("25.80"))


@pytest.mark.parametrize(
    ("field", "text"),
    [("order_date", "2026-03-02"), ("order_date", ""), ("total", "12,34"), ("total", "n/a")],
)
def test_a_value_that_cannot_be_read_is_an_error(field: str, text: str) -> None:
    """Nothing is guessed, and nothing counts as zero."""
    with pytest.raises(ValueUnreadable):
        document_of(Form({**READING.header, field: text}, READING.lines), harbour())


@pytest.mark.parametrize("field", ["quantity", "price", "amount"])
def test_a_number_of_a_line_that_cannot_be_read_is_an_error(field: str) -> None:
    """An unreadable quantity is not the quantity zero."""
    with pytest.raises(ValueUnreadable):
        document_of(Form(READING.header, ({**READING.lines[0], field: "?"},)), harbour())


def test_a_status_word_that_nobody_mapped_is_an_error() -> None:
    """An update that renames a status is noticed."""
    with pytest.raises(StatusUnknown):
        document_of(Form({**READING.header, "status": "Parked"}, READING.lines), harbour())


def test_a_row_of_the_list_keeps_apart_what_it_does_not_show() -> None:
    """A column that is not there is unknown, which is not the same as empty."""
    bare = listed_of({"number": "7"}, harbour())
    assert bare == Listed("7")
    full = {
        "number": "7",
        "customer": "C1001",
        "order_date": "02/03/26",
        "reference": "",
        "total": "1.00",
        "status": "Open",
    }
    row = listed_of(full, harbour())
    assert (row.reference, row.total, row.status, row.currency) == ("", Decimal("1.00"), DocumentStatus.OPEN, None)

"""What stands on the order form? The typed fields, and what Update makes of them."""

import sqlite3
from dataclasses import dataclass, field, replace
from datetime import date

from sandbox.harbour import figures, masters
from sandbox.harbour.orders import NewOrder, OrderLine, StoredOrder
from sandbox.harbour.releases import LINE_LENGTHS, Release

MAX_LINES = 999
CURRENCIES = ("GBP", "EUR", "USD", "CNY")
WAREHOUSES = ("MAIN", "NORTH", "EXPORT")
SHIPPINGS = ("STD", "EXPRESS", "COLLECT")
_CHOICES = {"currency": CURRENCIES, "warehouse": WAREHOUSES, "shipping": SHIPPINGS}


@dataclass(frozen=True)
class DraftLine:
    """One row of the grid as typed; `confirmed` is the item code of the last Update."""

    item: str = ""
    description: str = ""
    quantity: str = ""
    price: str = ""
    confirmed: str = ""

    @property
    def amount(self) -> str:
        """The amount as the grid shows it; nothing before the first Update."""
        if not self.confirmed:
            return ""
        return figures.money_text(figures.amount(figures.quantity(self.quantity), figures.price(self.price)))


@dataclass(frozen=True)
class Draft:
    """A form on its way: header texts by meaning, the rows typed so far, the number when an order is changed."""

    header: dict[str, str]
    lines: tuple[DraftLine, ...] = ()
    number: int | None = None


@dataclass(frozen=True)
class Updated:
    """What Update answers: the new form, an error, or customers to choose from."""

    draft: Draft
    error: str = ""
    choices: list[masters.Customer] = field(default_factory=list)


def blank(today: date) -> Draft:
    """A new form with the defaults of the house."""
    return Draft(
        {
            "customer": "",
            "order_date": figures.day_text(today),
            "po_number": "",
            "remarks": "",
            "currency": CURRENCIES[0],
            "terms": "30",
            "warehouse": WAREHOUSES[0],
            "shipping": SHIPPINGS[0],
        }
    )


def typed(fields: dict[str, str], release: Release) -> Draft:
    """The form as submitted; what is too long is cut without a word, unknown choices become the first."""
    header = {meaning: fields.get(f.name, "")[: f.max_length or None].strip() for meaning, f in release.header.items()}
    for meaning, allowed in _CHOICES.items():
        if header[meaning] not in allowed:
            header[meaning] = allowed[0]
    count = int(figures.number(fields.get("rows", "")))
    lines = tuple(_typed_line(fields, release, row) for row in range(1, min(count, MAX_LINES + 2) + 1))
    number = int(figures.number(fields.get("number", "")))
    return Draft(header, lines, number or None)


def _typed_line(fields: dict[str, str], release: Release, row: int) -> DraftLine:
    texts = {
        meaning: fields.get(f"{prefix}{row}", "")[: LINE_LENGTHS.get(meaning)].strip()
        for meaning, prefix in release.line.items()
    }
    return DraftLine(**texts)


def stored(order: StoredOrder) -> Draft:
    """The form of an order that is being changed."""
    header = {
        "customer": order.customer_code,
        "order_date": figures.day_text(order.order_date),
        "po_number": order.po_number,
        "remarks": order.remarks,
        "currency": order.currency,
        "terms": order.terms,
        "warehouse": order.warehouse,
        "shipping": order.shipping_method,
    }
    lines = tuple(
        DraftLine(
            line.item_code,
            line.description,
            figures.quantity_text(line.quantity),
            figures.money_text(line.unit_price),
            line.item_code,
        )
        for line in order.lines
    )
    return Draft(header, lines, order.number)


def update(db: sqlite3.Connection, draft: Draft, today: date) -> Updated:
    """Resolve customer, date and items, drop rows without a quantity, default what was left empty."""
    header_done = _update_header(db, draft, today)
    lines_done, missing = _update_lines(db, draft.lines)
    after = replace(header_done.draft, lines=lines_done)
    error = header_done.error or ("IN-020 Item not on file!" if missing else "")
    if len(lines_done) > MAX_LINES:
        return Updated(draft, "SO-130 Too many lines")
    return Updated(after, error, header_done.choices)


def _update_header(db: sqlite3.Connection, draft: Draft, today: date) -> Updated:
    header = dict(draft.header)
    error = ""
    choices: list[masters.Customer] = []
    if header["customer"]:
        known, choices = _find_customer(db, header["customer"])
        header["customer"] = known.code if known else header["customer"]
        error = "" if known or choices else "SO-104 Customer not on file"
    parsed = figures.day(header["order_date"], today)
    if parsed:
        header["order_date"] = figures.day_text(parsed)
    else:
        error = error or "SO-110 Invalid date"
    return Updated(replace(draft, header=header), error, choices)


def _find_customer(db: sqlite3.Connection, text: str) -> tuple[masters.Customer | None, list[masters.Customer]]:
    exact = masters.customer(db, text)
    if exact and exact.active:
        return exact, []
    several = masters.named(db, text)
    return (several[0], []) if len(several) == 1 else (None, several)


def _update_lines(db: sqlite3.Connection, lines: tuple[DraftLine, ...]) -> tuple[tuple[DraftLine, ...], bool]:
    kept: list[DraftLine] = []
    missing = False
    for line in lines:
        if not line.item or not figures.quantity(line.quantity):
            continue
        item = masters.item(db, line.item)
        missing = missing or item is None
        kept.append(_update_line(line, item) if item else replace(line, confirmed=""))
    return tuple(kept), missing


def _update_line(line: DraftLine, item: masters.Item) -> DraftLine:
    return DraftLine(
        item=item.code,
        description=line.description or item.description,
        quantity=figures.quantity_text(figures.quantity(line.quantity)),
        price=figures.money_text(figures.price(line.price) if line.price else item.price),
        confirmed=item.code,
    )


def unconfirmed(draft: Draft) -> DraftLine | None:
    """The first row that was typed and never updated."""
    return next((line for line in draft.lines if line.item and line.item != line.confirmed), None)


def order(draft: Draft, today: date) -> NewOrder:
    """The order that an updated form describes."""
    header = draft.header
    return NewOrder(
        customer_code=header["customer"],
        order_date=figures.day(header["order_date"], today) or today,
        remarks=header["remarks"],
        po_number=header["po_number"],
        currency=header["currency"],
        terms=str(int(figures.number(header["terms"]))),
        warehouse=header["warehouse"],
        shipping_method=header["shipping"],
        lines=tuple(_order_line(position, line) for position, line in enumerate(draft.lines, start=1)),
    )


def _order_line(position: int, line: DraftLine) -> OrderLine:
    return OrderLine(position, line.item, line.description, figures.quantity(line.quantity), figures.price(line.price))

"""What would be typed for an order, what must the ERP hold afterwards, and where do the two differ?"""

from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from fractions import Fraction

from bridge.model.components import PARTS, added, stated
from bridge.model.documents import Document, DocumentLine, DocumentStatus, Listed
from bridge.model.forms import Difference, Form
from bridge.model.mapping import CrossReferences, Kind
from bridge.model.money import minor_digits, rounded
from bridge.model.orders import Order, OrderLine
from bridge.model.profiles import ErpProfile, Formats, Target
from bridge.model.rules import ENTRY_SCREEN, LINES, TYPED_PARTS
from bridge.model.texts import (
    folded,
    read_currency,
    read_date,
    read_number,
    read_status,
    same_text,
    write_date,
    write_number,
)

SHOW_SCREEN = "order_show"
LIST_SCREEN = "order_list"
HEADER = (
    *("number", "customer", "order_date", "reference", "po_number", "currency", "total", "status"),
    *(*PARTS, "company"),
)


def form_of(order: Order, reference: str, profile: ErpProfile, cross: CrossReferences) -> Form:
    """The texts a clerk would type for the order, in the ERP's own formats and codes."""
    screen, formats = profile.screens[ENTRY_SCREEN], profile.formats
    values = {
        "customer": cross.erp_code(Kind.CUSTOMER, order.customer or ""),
        "order_date": write_date(order.ordered_on, formats, screen.targets.get(screen.form.get("order_date", ""))),
        "reference": reference,
        "po_number": order.po_number,
        "remarks": order.remarks,
        "currency": cross.erp_code(Kind.CURRENCY, order.currency),
    }
    for name in TYPED_PARTS & stated(order).keys():
        values[name] = write_number(stated(order)[name], formats, minor_digits(order.currency))
    columns = {target.name for target in screen.grids[LINES].columns if not target.read_only}
    lines = tuple(_line_texts(line, formats, cross, columns) for line in order.lines)
    return Form({name: values[name] for name in screen.form if name in values}, lines)


def _line_texts(line: OrderLine, formats: Formats, cross: CrossReferences, columns: set[str]) -> Mapping[str, str]:
    texts = {
        "item": cross.erp_code(Kind.ITEM, line.item),
        "description": line.description,
        "quantity": write_number(line.quantity, formats),
        "price": write_number(line.unit_price, formats, formats.price_digits),
    }
    if line.unit:
        texts["unit"] = cross.erp_code(Kind.UNIT, line.unit)
    return {name: text for name, text in texts.items() if name in columns}


def form_differences(wanted: Form, read: Form, profile: ErpProfile) -> tuple[Difference, ...]:
    """Where the filled form on the screen is not what was to be typed; a missing or extra line is one too."""
    screen = profile.screens[ENTRY_SCREEN]
    targets = {field: screen.targets[name] for field, name in screen.form.items()}
    columns = {target.name: target for target in screen.grids[LINES].columns}
    found = list(_text_differences(wanted.header, read.header, targets, profile.formats))
    if len(wanted.lines) != len(read.lines):
        found.append(Difference("lines", str(len(wanted.lines)), str(len(read.lines))))
    for position, (left, right) in enumerate(zip(wanted.lines, read.lines, strict=False), 1):
        found.extend(_text_differences(left, right, columns, profile.formats, position))
    return tuple(found)


def _text_differences(
    wanted: Mapping[str, str],
    read: Mapping[str, str],
    targets: Mapping[str, Target],
    formats: Formats,
    line: int | None = None,
) -> Iterator[Difference]:
    for field, text in wanted.items():
        shown = read.get(field)
        if shown is None or not same_text(text, shown, targets[field], formats, field):
            yield Difference(field, text, shown if shown is not None else "", line)


def document_of(reading: Form, profile: ErpProfile) -> Document:
    """The document whose screen was read; raises ValueUnreadable or StatusUnknown rather than guess."""
    header, formats = reading.header, profile.formats
    return Document(
        number=header["number"].strip(),
        customer=header["customer"].strip(),
        ordered_on=_date(header["order_date"], "order_date", profile),
        reference=header.get("reference", "").strip(),
        currency=read_currency(header.get("currency", "")),
        lines=tuple(_document_line(row, position, formats) for position, row in enumerate(reading.lines, 1)),
        total=_optional_number(header, "total", formats),
        status=read_status(header["status"], profile) if header.get("status") else None,
        po_number=header.get("po_number", ""),
        others={name: text for name, text in header.items() if name not in HEADER},
        company=header.get("company", "").strip(),
        **_parts(header, formats),
    )


def _parts(texts: Mapping[str, str], formats: Formats) -> dict[str, Decimal | None]:
    return {name: _optional_number(texts, name, formats) for name in PARTS}


def _date(text: str, field: str, profile: ErpProfile, screen: str = SHOW_SCREEN) -> date:
    shown = profile.screens[screen]
    return read_date(text, profile.formats, field, shown.targets.get(shown.form.get(field, "")))


def _optional_number(texts: Mapping[str, str], field: str, formats: Formats) -> Decimal | None:
    return read_number(texts[field], formats, field) if texts.get(field, "").strip() else None


def _document_line(row: Mapping[str, str], position: int, formats: Formats) -> DocumentLine:
    return DocumentLine(
        position=position,
        item=row["item"].strip(),
        quantity=read_number(row["quantity"], formats, "quantity"),
        unit_price=read_number(row["price"], formats, "price"),
        amount=_optional_number(row, "amount", formats),
        description=row.get("description", ""),
        unit=row.get("unit", "").strip(),
    )


def listed_of(row: Mapping[str, str], profile: ErpProfile) -> Listed:
    """One row of the ERP's order list; columns the list does not have stay None."""
    formats = profile.formats
    return Listed(
        number=row["number"].strip(),
        customer=row["customer"].strip() if "customer" in row else None,
        ordered_on=read_date(row["order_date"], formats, "order_date") if row.get("order_date") else None,
        reference=row["reference"].strip() if "reference" in row else None,
        currency=read_currency(row["currency"]) if "currency" in row else None,
        total=_optional_number(row, "total", formats),
        status=read_status(row["status"], profile) if row.get("status") else None,
        po_number=row["po_number"].strip() if "po_number" in row else None,
        company=row["company"].strip() if "company" in row else None,
        **_parts(row, formats),
    )


def document_differences(
    order: Order, reference: str, document: Document, profile: ErpProfile, cross: CrossReferences
) -> tuple[Difference, ...]:
    """Where the stored document is not the order: header, every line by position, and the fields nobody typed."""
    return (
        *_header_differences(order, reference, document, profile, cross),
        *_line_differences(order, document, profile, cross),
        *_default_differences(document, profile),
    )


def _header_differences(
    order: Order, reference: str, document: Document, profile: ErpProfile, cross: CrossReferences
) -> Iterator[Difference]:
    targets = profile.screens[SHOW_SCREEN].form
    texts = [
        ("customer", cross.erp_code(Kind.CUSTOMER, order.customer or ""), document.customer),
        ("reference", reference, document.reference),
        ("currency", cross.erp_code(Kind.CURRENCY, order.currency), document.currency or _own_currency(profile, cross)),
    ]
    free = [("po_number", order.po_number, document.po_number)]
    free.append(("remarks", order.remarks, document.others.get("remarks", "")))
    texts += [text for text in free if text[0] in profile.screens[ENTRY_SCREEN].form]
    for field, wanted, found in texts:
        target = profile.screens[SHOW_SCREEN].targets.get(targets.get(field, ""))
        folds = target.folds if target else ()
        if field in targets and folded(wanted, folds) != folded(found, folds):
            yield Difference(field, wanted, found)
    if order.ordered_on != document.ordered_on:
        yield Difference("order_date", str(order.ordered_on), str(document.ordered_on))
    yield from _amount_differences(order, document, profile)


def _own_currency(profile: ErpProfile, cross: CrossReferences) -> str:
    """In what a document without a currency is, in the ERP's own code."""
    return cross.erp_code(Kind.CURRENCY, profile.house_currency) if profile.house_currency else ""


def _amount_differences(order: Order, document: Document, profile: ErpProfile) -> Iterator[Difference]:
    """The goods, whatever else the ERP's total holds; and what else was typed."""
    goods = goods_of(document, profile)
    if goods is not None and abs(goods - order.total) > profile.amount_tolerance:
        yield Difference("total", str(order.total), str(goods))
    wanted, found = stated(order), stated(document)
    for name in sorted(TYPED_PARTS & profile.screens[ENTRY_SCREEN].form.keys() & wanted.keys()):
        if wanted[name] != found.get(name, 0):
            yield Difference(name, str(wanted[name]), str(found.get(name, "")))


def goods_of(document: Document | Listed, profile: ErpProfile) -> Decimal | None:
    """What the document's total comes to without discount, freight and tax; None where it shows no total."""
    if document.total is None:
        return None
    return document.total - added(stated(document), profile.total_includes, Decimal(0))


def _line_differences(
    order: Order, document: Document, profile: ErpProfile, cross: CrossReferences
) -> Iterator[Difference]:
    if len(order.lines) != len(document.lines):
        yield Difference("lines", str(len(order.lines)), str(len(document.lines)))
    digits = minor_digits(order.currency)
    for wanted, found in zip(order.lines, document.lines, strict=False):
        item = cross.erp_code(Kind.ITEM, wanted.item)
        as_counted = same_count(wanted, found, cross)
        values = [
            ("item", item, found.item, item == found.item),
            ("quantity", wanted.quantity, found.quantity, wanted.quantity == found.quantity or as_counted),
            ("price", wanted.unit_price, found.unit_price, wanted.unit_price == found.unit_price or as_counted),
        ]
        if wanted.unit and found.unit:
            unit = cross.erp_code(Kind.UNIT, wanted.unit)
            values.append(("unit", unit, found.unit, unit == found.unit or as_counted))
        if found.amount is not None:
            amount = wanted.amount(order.currency)
            values.append(("amount", amount, found.amount, rounded(found.amount, digits) == amount))
        folds = _description_folds(profile)
        if folds is not None:
            same = folded(wanted.description, folds) == folded(found.description, folds)
            values.append(("description", wanted.description, found.description, same))
        for field, left, right, equal in values:
            if not equal:
                yield Difference(field, str(left), str(right), wanted.position)


def same_count(wanted: OrderLine, found: DocumentLine, cross: CrossReferences) -> bool:
    """Whether both lines say the same in different units: 2 boxes at 12.00 are 24 pieces at 1.00."""
    if not wanted.unit or not found.unit:
        return False
    left, right = cross.ordered_unit(wanted.item, wanted.unit), cross.stored_unit(found.item, found.unit)
    return left.unit == right.unit and (
        Fraction(wanted.quantity) * left.factor == Fraction(found.quantity) * right.factor
        and Fraction(wanted.unit_price) / left.factor == Fraction(found.unit_price) / right.factor
    )


def _description_folds(profile: ErpProfile) -> tuple[str, ...] | None:
    """What the ERP does to the descriptions of lines; None where they are not both typed and shown."""
    typed = {column.name for column in profile.screens[ENTRY_SCREEN].grids[LINES].columns if not column.read_only}
    shown = {column.name: column for column in profile.screens[SHOW_SCREEN].grids[LINES].columns}
    return shown["description"].folds if "description" in typed and "description" in shown else None


def _default_differences(document: Document, profile: ErpProfile) -> Iterator[Difference]:
    for field, expected in profile.defaults.items():
        shown = document.others.get(field, "").strip()
        if shown != expected:
            yield Difference(field, expected, shown)


def looks_like(order: Order, row: Listed, profile: ErpProfile, cross: CrossReferences) -> bool:
    """Whether a listed document has the order's customer, date and amount, and so may be the order itself.

    Where the list's total holds what the list does not show, customer and date alone make it one.
    """
    if row.status is DocumentStatus.CANCELLED:
        return False
    same_customer = row.customer is None or row.customer == cross.erp_code(Kind.CUSTOMER, order.customer or "")
    same_day = row.ordered_on is None or row.ordered_on == order.ordered_on
    return same_customer and same_day and row.total is not None and _same_amount(order, row, profile)


def _same_amount(order: Order, row: Listed, profile: ErpProfile) -> bool:
    screen = profile.screens.get(LIST_SCREEN)
    shown = {column.name for grid in screen.grids.values() for column in grid.columns} if screen else set()
    return bool(profile.total_includes - shown) or goods_of(row, profile) == order.total

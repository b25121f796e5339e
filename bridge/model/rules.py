"""May this order be typed at all? Every check that needs no screen, each with a reason a clerk understands."""

from collections.abc import Iterator
from datetime import date

from bridge.errors import (
    AmountDiffers,
    BusinessException,
    CurrencyUnknown,
    CustomerMissing,
    Held,
    OrderCancelled,
    OrderEmpty,
    OrderNotReleased,
    PartUntypable,
    PriceNegative,
    PricesOtherwise,
    PriceTooFine,
    QuantityNotPositive,
    QuantityTooFine,
    Reason,
    Rejected,
    TextNotKept,
    TextTooLong,
    TextUntypable,
    TooManyLines,
    TotalDiffers,
    ValueUnreadable,
)
from bridge.locale import Phrase
from bridge.model.components import stated
from bridge.model.mapping import CrossReferences, Kind
from bridge.model.money import currency_known, decimals_of, minor_digits, rounded
from bridge.model.orders import Order, OrderLine, OrderStatus
from bridge.model.postings import PostingState
from bridge.model.profiles import ErpProfile, Formats, Target
from bridge.model.texts import read_date, untypable_characters, write_date, write_number

ENTRY_SCREEN = "order_entry"
LINES = "lines"
TYPED_PARTS = frozenset({"discount", "freight"})  # tax is the ERP's to work out


def first_problem(order: Order, profile: ErpProfile, cross: CrossReferences) -> BusinessException | None:
    """The weightiest reason not to type the order: withdrawn, then to be corrected, then to be decided."""
    found = list(problems(order, profile, cross))
    return min(found, key=_weight, default=None)


def _weight(problem: BusinessException) -> int:
    return 2 if isinstance(problem, Held) else 1 if isinstance(problem, Rejected) else 0


def state_for(problem: BusinessException) -> PostingState:
    """Where a business fact leaves a posting: with a person, back in the CRM, or nowhere."""
    if isinstance(problem, Held):
        return PostingState.HELD
    return PostingState.REJECTED if isinstance(problem, Rejected) else PostingState.CANCELLED


def judged(order: Order, profile: ErpProfile, cross: CrossReferences) -> tuple[PostingState, Reason | None]:
    """The state in which the order's posting begins, and why."""
    problem = first_problem(order, profile, cross)
    return (PostingState.PENDING, None) if problem is None else (state_for(problem), problem.reason)


def problems(order: Order, profile: ErpProfile, cross: CrossReferences) -> Iterator[BusinessException]:
    """All reasons not to type the order into this ERP."""
    if order.status is OrderStatus.CANCELLED:
        yield OrderCancelled()
    elif order.status is not OrderStatus.RELEASED:
        yield OrderNotReleased(status=Phrase.code(order.status))
    yield from _header_problems(order, profile, cross)
    for line in order.lines:
        yield from _line_problems(order, line, profile)
    yield from _total_problems(order)
    yield from _part_problems(order, profile)
    yield from _date_problems(order, profile)
    yield from _text_problems(order, profile, cross)
    yield from _length_problems(order, profile)


def _header_problems(order: Order, profile: ErpProfile, cross: CrossReferences) -> Iterator[BusinessException]:
    if not order.customer:
        yield CustomerMissing()
    currency = cross.erp_code(Kind.CURRENCY, order.currency)
    if not currency_known(order.currency) or (profile.currencies and currency not in profile.currencies):
        yield CurrencyUnknown(currency=order.currency, erp=profile.name)
    if not order.lines:
        yield OrderEmpty()
    if len(order.lines) > profile.formats.most_lines:
        yield TooManyLines(lines=len(order.lines), most=profile.formats.most_lines, erp=profile.name)


def _line_problems(order: Order, line: OrderLine, profile: ErpProfile) -> Iterator[BusinessException]:
    formats, position = profile.formats, line.position
    if line.quantity <= 0:
        yield QuantityNotPositive(position=position, quantity=str(line.quantity))
    if decimals_of(line.quantity) > formats.quantity_digits:
        digits = formats.quantity_digits
        yield QuantityTooFine(position=position, quantity=str(line.quantity), digits=digits, erp=profile.name)
    if line.unit_price < 0:
        yield PriceNegative(position=position, price=str(line.unit_price))
    if decimals_of(line.unit_price) > formats.price_digits:
        yield PriceTooFine(position=position, price=str(line.unit_price), digits=formats.price_digits, erp=profile.name)
    computed = line.amount(order.currency)
    if line.stated_amount is not None and line.stated_amount != computed:
        yield AmountDiffers(position=position, stated=str(line.stated_amount), computed=str(computed))


def _total_problems(order: Order) -> Iterator[BusinessException]:
    if order.stated_total is None:
        return
    if rounded(order.stated_total, minor_digits(order.currency)) != order.net_total or (
        decimals_of(order.stated_total) > minor_digits(order.currency)
    ):
        yield TotalDiffers(stated=str(order.stated_total), computed=str(order.net_total))


def _part_problems(order: Order, profile: ErpProfile) -> Iterator[BusinessException]:
    """What is stated beside the goods and has no field to be typed into would be left out in silence."""
    if order.prices_include_tax != profile.prices_include_tax:
        yield PricesOtherwise(erp=profile.name)
    form = profile.screens[ENTRY_SCREEN].form
    for name in sorted(TYPED_PARTS & stated(order).keys() - form.keys()):
        if stated(order)[name]:
            yield PartUntypable(part=Phrase.code(name), amount=str(stated(order)[name]), erp=profile.name)
    for line in order.lines:
        if line.discount:
            yield PartUntypable(part=_place("discount", line), amount=str(line.discount), erp=profile.name)


def _date_problems(order: Order, profile: ErpProfile) -> Iterator[BusinessException]:
    """A date of which the ERP's field cannot tell the century would be stored as another day."""
    screen = profile.screens[ENTRY_SCREEN]
    if "order_date" not in screen.form:
        return
    target = screen.targets[screen.form["order_date"]]
    text = write_date(order.ordered_on, profile.formats, target)
    if not _reads_as(order.ordered_on, text, profile, target):
        typed = order.ordered_on.isoformat()
        yield TextNotKept(erp=profile.name, field=Phrase.code("order_date"), typed=typed, shown=text)


def _reads_as(day: date, text: str, profile: ErpProfile, target: Target) -> bool:
    try:
        return read_date(text, profile.formats, target.name, target) == day
    except ValueUnreadable:
        return False


def _text_problems(order: Order, profile: ErpProfile, cross: CrossReferences) -> Iterator[BusinessException]:
    for field, text, target in typed_texts(order, profile, cross):
        edges = target.kind == "code" and text != text.strip()
        characters = untypable_characters(text) or (("U+0020",) if edges else ())
        if characters:
            yield TextUntypable(field=field, characters=", ".join(characters))
        elif target.max_length is not None and len(text) > target.max_length:
            yield TextTooLong(field=field, length=len(text), most=target.max_length, text=text, erp=profile.name)


def typed_texts(order: Order, profile: ErpProfile, cross: CrossReferences) -> Iterator[tuple[Phrase, str, Target]]:
    """Every text of CRM and code table that would reach the keyboard, with the target it goes to."""
    screen = profile.screens[ENTRY_SCREEN]
    customer = cross.erp_code(Kind.CUSTOMER, order.customer or "")
    header = {"customer": customer, "po_number": order.po_number, "remarks": order.remarks}
    for field, text in header.items():
        if field in screen.form:
            yield Phrase.code(field), text, screen.targets[screen.form[field]]
    columns = {target.name: target for target in screen.grids[LINES].columns if not target.read_only}
    for line in order.lines:
        unit = cross.erp_code(Kind.UNIT, line.unit) if line.unit else ""
        item = cross.erp_code(Kind.ITEM, line.item)
        for field, text in (("item", item), ("description", line.description), ("unit", unit)):
            if field in columns:
                yield _place(field, line), text, columns[field]


def _place(field: str, line: OrderLine) -> Phrase:
    return Phrase("{field} ({line})", field=Phrase.code(field), line=line.position)


def _length_problems(order: Order, profile: ErpProfile) -> Iterator[BusinessException]:
    """A form gives numbers back with thousands marks and cuts them when it is sent again, which no read-back sees."""
    grid = profile.screens[ENTRY_SCREEN].grids[LINES]
    columns = {target.name: target for target in grid.columns if not target.read_only}
    for line in order.lines:
        for field, number, digits in (
            ("quantity", line.quantity, None),
            ("price", line.unit_price, profile.formats.price_digits),
        ):
            text = _grouped(write_number(number, profile.formats, digits), profile.formats)
            most = columns[field].max_length if field in columns else None
            if most is not None and len(text) > most:
                yield TextTooLong(field=_place(field, line), length=len(text), most=most, text=text, erp=profile.name)


def _grouped(text: str, formats: Formats) -> str:
    whole, point, rest = text.partition(formats.decimal)
    return f"{int(whole):,}".replace(",", formats.thousands) + point + rest

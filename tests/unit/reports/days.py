"""A day's work that reconciles, and the small changes by which a test makes it wrong."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import cache

from bridge.errors import Reason
from bridge.model.documents import Document, DocumentLine, DocumentStatus, Listed
from bridge.model.forms import Form
from bridge.model.lists import ListTotals
from bridge.model.mapping import CrossReferences, Kind
from bridge.model.orders import Order, OrderLine, OrderStatus
from bridge.model.postings import Phase, Posting, PostingState
from bridge.model.read_backs import FilledForm, ReadBack, ReadBacks
from bridge.model.references import ReferenceRule, make_reference
from bridge.model.tolerances import Band, Tolerance, Tolerances
from bridge.reports.inputs import CrmSide, ErpSide, Inputs, LedgerSide, ListPasses, Period, Typed
from bridge.reports.reconciliations import Reconciliation, reconcile

DAY = date(2026, 11, 20)
NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
NIGHT = datetime(2026, 11, 20, 22, tzinfo=UTC)
RULE = ReferenceRule(field="remarks", max_length=20)
PERIOD = Period(date(2026, 11, 1), date(2026, 11, 30))
CROSS = CrossReferences(
    {(Kind.CUSTOMER, "ACME"): "C-0001", (Kind.CURRENCY, "CNY"): "RMB", (Kind.ITEM, "BOLT"): "00017"}
)
CURRENCIES = ("EUR", "CNY", "JPY", "KWD")


def order(number: int, **changes: object) -> Order:
    """Order `number` of a day; its currency goes round the four."""
    currency = CURRENCIES[number % len(CURRENCIES)]
    lines = (
        OrderLine(1, "BOLT", "Bolt M8", Decimal(number + 1), Decimal("2.50")),
        OrderLine(2, "NUT", "六角螺母", Decimal("1.5"), Decimal(100 + number)),
    )
    made = Order(
        crm="toy",
        id=f"id-{number:04}",
        number=f"SO{number:05}",
        status=OrderStatus.RELEASED,
        customer="ACME" if number % 2 else "C-0002",
        customer_name="上海机械有限公司" if number % 2 else "Müller GmbH",
        ordered_on=DAY - timedelta(days=number % 7),
        currency=currency,
        lines=lines,
        changed_at=NOON,
    )
    return replace(made, **changes)  # type: ignore[arg-type]  # any field may be changed


def document(entered: Order, number: str, **changes: object) -> Document:
    """The document an ERP makes of an order that was typed without fault."""
    lines = tuple(
        DocumentLine(
            place, CROSS.erp_code(Kind.ITEM, line.item), line.quantity, line.unit_price, line.amount(entered.currency)
        )
        for place, line in enumerate(entered.lines, 1)
    )
    made = Document(
        number=number,
        customer=CROSS.erp_code(Kind.CUSTOMER, entered.customer or ""),
        ordered_on=entered.ordered_on,
        reference=make_reference(entered.crm, entered.number, RULE),
        currency=CROSS.erp_code(Kind.CURRENCY, entered.currency),
        lines=lines,
        total=entered.total,
        status=DocumentStatus.OPEN,
    )
    return replace(made, **changes)  # type: ignore[arg-type]  # any field may be changed


def listed(shown: Document) -> Listed:
    """The row of the ERP's list for a document."""
    return Listed(
        shown.number, shown.customer, shown.ordered_on, shown.reference, shown.currency, shown.total, shown.status
    )


def typed(entered: Order, number: int, document_number: str | None, **changes: object) -> Typed:
    """What the ledger holds of an order: posted where it has a document number."""
    made = Posting(
        id=number,
        reference=make_reference(entered.crm, entered.number, RULE),
        erp="harbour",
        crm=entered.crm,
        order_id=entered.id,
        order_number=entered.number,
        revision=entered.revision,
        state=PostingState.POSTED if document_number else PostingState.PENDING,
        phase=Phase.VERIFIED if document_number else Phase.NONE,
        reason=None,
        document=document_number,
        attempts=1,
        settle_after=None,
        refusal=None,
        packet=f"harbour/2026-11/{make_reference(entered.crm, entered.number, RULE)}-1",
        updated_at=NOON,
    )
    posting = replace(made, **changes)  # type: ignore[arg-type]  # any field may be changed
    read = read_backs(entered, document(entered, document_number)) if document_number else ReadBacks()
    return Typed(posting, entered, DocumentStatus.OPEN if document_number else None, read)


def read_backs(entered: Order, verified: Document, **form: object) -> ReadBacks:
    """What the ledger kept of an order: a form that showed what was typed, but for `form`, and this document."""
    lines = tuple(replace(line, amount=None) for line in document(entered, "").lines)
    stored = document(entered, "")
    filled = FilledForm(
        Form(), stored.customer, stored.ordered_on, stored.reference, stored.currency, stored.po_number, lines
    )
    shown = replace(filled, **form)  # type: ignore[arg-type]  # any field may be changed
    return ReadBacks(
        ReadBack(shown, 1, entered.revision, NOON),
        ReadBack(verified, 1, entered.revision, NOON),
    )


def inputs_of(orders: list[Order], postings: list[Typed], documents: list[Document]) -> Inputs:
    """Three sides read one after the other, with the totals the ERP's list would show."""
    return Inputs(
        erp="harbour",
        period=PERIOD,
        crm=CrmSide(tuple(orders), NIGHT),
        ledger=LedgerSide(tuple(postings), NIGHT),
        documents=erp_side(documents),
        cross=CROSS,
        rule=RULE,
    )


def erp_side(documents: list[Document]) -> ErpSide:
    """The ERP's side of these documents."""
    sums: dict[str, Decimal] = {}
    for each in documents:
        sums[each.currency] = sums.get(each.currency, Decimal(0)) + (each.total or 0)
    rows = tuple(listed(each) for each in documents)
    return ErpSide(
        rows, tuple(documents), NIGHT, totals=ListTotals(len(rows), sums), passes=ListPasses(2, 0, len(rows))
    )


@cache
def clean_day(count: int = 8) -> Inputs:
    """A day on which every order was typed without fault."""
    orders = [order(number) for number in range(1, count + 1)]
    numbers = [f"{number:08}" for number in range(1, count + 1)]
    documents = [document(each, number) for each, number in zip(orders, numbers, strict=True)]
    postings = [typed(each, place, numbers[place - 1]) for place, each in enumerate(orders, 1)]
    return inputs_of(orders, postings, documents)


@cache
def clean_report() -> Reconciliation:
    """The report of a clean day."""
    return reconcile(clean_day())


def with_orders(day: Inputs, change: Callable[[list[Order]], object]) -> Inputs:
    """The day with its orders changed in place by `change`."""
    orders = list(day.crm.orders)
    change(orders)
    return replace(day, crm=replace(day.crm, orders=tuple(orders)))


def with_documents(day: Inputs, change: Callable[[list[Document]], object]) -> Inputs:
    """The day with its documents changed in place; list and list totals follow, as in a real ERP."""
    documents = list(day.documents.opened)
    change(documents)
    side = erp_side(documents)
    return replace(day, documents=replace(side, shows=day.documents.shows, folds=day.documents.folds))


def with_ledger(day: Inputs, change: Callable[[list[Typed]], object]) -> Inputs:
    """The day with a change of the ledger's postings."""
    postings = list(day.ledger.postings)
    change(postings)
    return replace(day, ledger=replace(day.ledger, postings=tuple(postings)))


def with_posting(day: Inputs, place: int, last_status: DocumentStatus | None = None, **changes: object) -> Inputs:
    """The day with one posting changed."""
    postings = list(day.ledger.postings)
    old = postings[place]
    posting = replace(old.posting, **changes)  # type: ignore[arg-type]  # any field may be changed
    postings[place] = replace(old, posting=posting, last_status=last_status or old.last_status)
    return replace(day, ledger=replace(day.ledger, postings=tuple(postings)))


def without_posting(day: Inputs, place: int) -> Inputs:
    """The day without one posting."""
    postings = [each for index, each in enumerate(day.ledger.postings) if index != place]
    return replace(day, ledger=replace(day.ledger, postings=tuple(postings)))


HELD_FOR_CUSTOMER = Reason("customer_unknown", {"customer": "ACME", "erp": "harbour"})


def tolerating(amount: Decimal) -> Tolerances:
    """So much is tolerated of an order's total, in every currency, on either side."""
    return Tolerances("test", others=Tolerance(Band(amount, amount)))

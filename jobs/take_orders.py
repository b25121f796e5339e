"""Which orders changed in the CRM? Each becomes, or refreshes, one posting in the ledger; nothing is typed here."""

from collections import Counter

from bridge.app import App
from bridge.errors import ApplicationError, BeforeCutOver, NumberTwice, Reason
from bridge.job_reports import JobReport
from bridge.model.cut_overs import first_day
from bridge.model.mapping import CrossReferences
from bridge.model.orders import Order, OrderStatus
from bridge.model.postings import PostingState
from bridge.model.profiles import ErpProfile
from bridge.model.references import ReferenceRule, make_reference
from bridge.model.rules import judged
from bridge.ports import OrderPage, TakingPage

ACTOR = "job:take_orders"
NO_FIELD = ReferenceRule("", 20)


def run(app: App) -> JobReport:
    """Read every CRM from where the last run ended, page by page; a page and its cursor become durable together."""
    counts: Counter[str] = Counter()
    troubles: list[str] = []
    for crm in app.settings.crms:
        try:
            _take_from(app, crm, counts)
        except ApplicationError as error:
            troubles.append(error.worded(app.language))
    return JobReport("take_orders", counts, tuple(troubles))


def _take_from(app: App, crm: str, counts: Counter[str]) -> None:
    reader, _ = app.crm(crm)
    intakes = [_Intake(app, crm, erp) for erp, settings in app.settings.erps.items() if settings.crm == crm]
    for page in reader.changed_orders(app.store.cursors.cursor(crm)):
        if not app.time_left():
            return
        with app.store.cursors.page(crm, page.cursor) as taking:
            _take_page(page, taking, crm, intakes, counts)
        app.progress("take_orders", sum(counts.values()), 0)


def _take_page(page: OrderPage, taking: TakingPage, crm: str, intakes: list["_Intake"], counts: Counter[str]) -> None:
    for order_id, reason in page.malformed.items():
        taking.note_malformed(crm, order_id, reason)
        counts["malformed"] += 1
    for order in page.orders:
        for intake in intakes:
            counts[intake.take(order, taking)] += 1


class _Intake:
    """Takes the orders of one CRM for one ERP."""

    def __init__(self, app: App, crm: str, erp: str) -> None:
        self.app = app
        self.erp = erp
        self.profile: ErpProfile = app.profile(erp)
        self.cross: CrossReferences = app.store.ledger.cross_references(erp)
        self.code = app.crm_specs[crm].reference_code
        self.rule = self.profile.reference or NO_FIELD
        self.cut_over = app.store.switches.cut_over(erp) or app.erp(erp).cut_over
        self.first_day = first_day(self.cut_over, app.settings.zone)

    def take(self, order: Order, taking: TakingPage) -> str:
        """Take one order in the state that the rules give it; a second order of the same number waits for a person."""
        if order.status is OrderStatus.DRAFT and not taking.knows(order, self.erp):
            return "draft"
        state, reason = self._judged(order)
        reference = make_reference(self.code, order.number, self.rule)
        taken = taking.take(order, self.erp, reference, state, reason, ACTOR, procedures=self.profile.procedures)
        if taken.outcome != "conflict":
            return taken.outcome
        ids = f"{taken.posting.order_id}, {order.id}"
        twice = NumberTwice(number=order.number, ids=ids).reason
        other = make_reference(self.code, order.number, self.rule, salt=order.id)
        return taking.take(order, self.erp, other, PostingState.HELD, twice, ACTOR).outcome

    def _judged(self, order: Order) -> tuple[PostingState, Reason | None]:
        state, reason = judged(order, self.profile, self.cross)
        if state is PostingState.PENDING and order.ordered_on < self.first_day:
            late = BeforeCutOver(ordered_at=order.ordered_on.isoformat(), cut_over=self.cut_over.isoformat())
            return PostingState.HELD, late.reason
        return state, reason

"""Do CRM, ledger and the ERP's own list agree? One workbook per ERP says so, to the cent."""

from collections import Counter
from collections.abc import Collection, Iterator
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

from bridge.alerts import send
from bridge.app import App
from bridge.errors import (
    ApplicationError,
    BooksDisagree,
    BridgeError,
    BusinessException,
    ReadingCutShort,
    Reason,
    RequestRefused,
)
from bridge.job_reports import JobReport
from bridge.locale import Phrase
from bridge.model.breaks import Outcome, Verdict, weightier
from bridge.model.cut_overs import first_day
from bridge.model.orders import Order
from bridge.model.read_backs import ReadBacks
from bridge.offices import office_of
from bridge.reports.erp_readings import ErpReader, ReadingTerms, Surroundings
from bridge.reports.inputs import Carried, CrmSide, ErpSide, Inputs, LedgerSide, Malformed, Period, Typed
from bridge.reports.issuings import Issued, copied, issue, remembered
from bridge.reports.memories import carried_from
from bridge.reports.notices import Notice, failure_of, notice_of
from bridge.settings import secret

NOTHING_OPEN = Carried()
AGREED = (Verdict.RECONCILED, Verdict.WARN)


def run(app: App) -> JobReport:
    """Reconcile every ERP over the asked period; what one ERP does not answer does not keep the others waiting."""
    period = asked_period(app)
    counts: Counter[str] = Counter()
    troubles: list[str] = []
    facts: dict[str, Any] = {"duplicates": 0, "missing": 0, "verdict": None, "workbook": None}
    for erp in app.settings.erps:
        try:
            issued = _reconcile(app, erp, period)
        except (ApplicationError, BusinessException, RequestRefused) as error:
            troubles += (error.worded(app.language), *_notify_failure(app, erp, error))
            facts["verdict"] = Verdict.INCOMPLETE.value
            continue
        _tell(issued, counts, facts)
        troubles += _copy(app, issued, facts)
        troubles += _notify(app, issued.statement.verdict, notice_of(issued, app.language))
        if issued.found.verdict not in AGREED:
            troubles.append(_disagreement(erp, issued).worded(app.language))
    return JobReport("reconcile", counts, tuple(troubles), facts)


def _disagreement(erp: str, issued: Issued) -> BooksDisagree:
    found = issued.found
    verdict, workbook = Phrase.code(found.verdict), str(issued.path)
    return BooksDisagree(erp=erp, verdict=verdict, breaks=len(found.breaks), workbook=workbook)


def _copy(app: App, issued: Issued, facts: dict[str, Any]) -> Iterator[str]:
    """Where people asked for a copy, name that one; what went wrong with it."""
    facts["workbook"] = str(issued.path)
    try:
        facts["workbook"] = str(copied(issued, app.out) if app.out else issued.path)
    except (ApplicationError, RequestRefused) as error:
        yield error.worded(app.language)


def _tell(issued: Issued, counts: Counter[str], facts: dict[str, Any]) -> None:
    compared = issued.found
    found = Counter(row.outcome for row in compared.breaks)
    counts["matched"] += len(compared.matched)
    counts["breaks"] += len(compared.breaks)
    facts["duplicates"] += found[Outcome.DUPLICATE_IN_ERP]
    facts["missing"] += found[Outcome.MISSING_IN_ERP]
    facts["verdict"] = weightier(facts["verdict"], compared.verdict).value


def _notify_failure(app: App, erp: str, error: BridgeError) -> Iterator[str]:
    """Tell that an ERP has no statement; nobody where an end was asked for: whoever did that reads it in the report."""
    if not app.stopping.is_set():
        yield from _notify(app, Verdict.INCOMPLETE, failure_of(erp, error, app.language))


def _notify(app: App, verdict: Verdict, notice: Notice) -> Iterator[str]:
    """Tell everybody who wants to know; what went wrong with that."""
    wanted = app.settings.notices.to if verdict in app.settings.notices.verdicts else ()
    for target in wanted:
        try:
            send(target, secret(f"notice.{target}", app.settings), notice.title, notice.text)
        except BridgeError as error:
            yield error.worded(app.language)


def _reconcile(app: App, erp: str, period: Period) -> Issued:
    office = office_of(app)
    memory = remembered(office, erp, period)
    return issue(gather(app, erp, period, carried_from(memory.items.values())), memory, office)


def asked_period(app: App) -> Period:
    """The period as asked for, else the installation's last days in its own zone."""
    if app.period is not None:
        return Period(*app.period)
    today = app.clock.now().astimezone(ZoneInfo(app.settings.zone)).date()
    return Period(today - timedelta(days=app.settings.reconciliation.days), today)


def gather(app: App, erp: str, period: Period, carried: Carried = NOTHING_OPEN) -> Inputs:
    """Read the three sides, each from its own source and with its own moment.

    The ERP comes first: what is typed meanwhile then shows as not listed yet. Orders and postings are not cut to the
    period here, since an order whose date moved out of it would leave its document an orphan.
    """
    _require_time(app, erp)
    profile, days = app.profile(erp), carried.widened(period)
    entered = app.store.ledger.entered(erp, days.first, days.last)
    documents = _erp_side(app, erp, days, entered | carried.documents)
    return Inputs(
        erp=erp,
        period=period,
        crm=_crm_side(app, app.erp(erp).crm),
        ledger=_ledger_side(app, erp),
        documents=documents,
        cross=app.store.ledger.cross_references(erp),
        rule=profile.reference,
        listing_lag=profile.lags.listing or timedelta(0),
        pending_within=app.settings.reconciliation.pending_within,
        parts_within=timedelta(days=app.settings.reconciliation.parts_days),
        tolerances=app.settings.reconciliation.tolerated(profile.amount_tolerance),
        carried=carried,
        first_day=first_day(app.store.switches.cut_over(erp) or app.erp(erp).cut_over, app.settings.zone),
        basis=profile.basis(app.settings.reconciliation.compared_in(erp)),
        codes={name: spec.reference_code for name, spec in app.crm_specs.items()},
    )


def _require_time(app: App, source: str) -> None:
    if not app.time_left():
        raise ReadingCutShort(source=source)


def _crm_side(app: App, crm: str) -> CrmSide:
    reader, _ = app.crm(crm)
    as_of = app.clock.now()
    orders: dict[str, Order] = {}
    malformed: dict[str, Reason] = {}
    _require_time(app, crm)
    for page in reader.changed_orders(None):
        orders.update({order.id: order for order in page.orders})
        malformed.update(page.malformed)
        if not page.last:
            _require_time(app, crm)
    unread = tuple(Malformed(crm, order_id, reason) for order_id, reason in malformed.items())
    return CrmSide(tuple(orders.values()), as_of, unread)


def _ledger_side(app: App, erp: str) -> LedgerSide:
    as_of = app.clock.now()
    postings = app.store.ledger.postings(erp=erp)
    orders = app.store.ledger.orders_of(postings)
    read = app.store.ledger.read_backs_of(postings)
    status = {document.number: document.status for document in app.store.documents.documents(erp)}
    typed = (
        Typed(posting, orders[posting.id], status.get(posting.document or ""), read.get(posting.id, ReadBacks()))
        for posting in postings
    )
    return LedgerSide(tuple(typed), as_of)


def _erp_side(app: App, erp: str, period: Period, numbers: Collection[str]) -> ErpSide:
    settings = app.settings.reconciliation
    terms = ReadingTerms(settings.reread_days, settings.most_passes, settings.most_lookups, everything=app.reread)
    with app.place(erp) as place:
        around = Surroundings(
            profile=app.profile(erp),
            seat=place.seat,
            end_seat=place.end,
            readings=app.store.readings,
            clock=app.clock,
            progress=lambda done, total: app.progress("reconcile", done, total),
            time_left=app.time_left,
        )
        return ErpReader(around, terms).side(period, numbers)

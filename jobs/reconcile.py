"""Do CRM, ledger and the ERP's own list agree? One workbook per ERP says so, to the cent."""

from collections import Counter
from datetime import timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from bridge.app import App
from bridge.errors import ApplicationError, BooksDisagree, Reason, StatusUnknown, ValueUnreadable
from bridge.job_reports import JobReport
from bridge.locale import Phrase
from bridge.model.breaks import Outcome, Verdict
from bridge.model.documents import Document
from bridge.model.orders import Order
from bridge.ports import Search
from bridge.reports.books import write_workbook
from bridge.reports.inputs import CrmSide, ErpSide, Inputs, LedgerSide, Malformed, Period, Typed, folds_of, shown_by
from bridge.reports.reconciliations import Reconciliation, reconcile

AGREED = (Verdict.RECONCILED, Verdict.WARN)


def run(app: App) -> JobReport:
    """Reconcile every ERP over the asked period; what one ERP does not answer does not keep the others waiting."""
    counts: Counter[str] = Counter()
    troubles: list[str] = []
    facts: dict[str, Any] = {"duplicates": 0, "missing": 0, "verdict": None, "workbook": None}
    for erp in app.settings.erps:
        try:
            compared, path = _reconcile(app, erp)
        except ApplicationError as error:
            troubles.append(error.worded(app.language))
            facts["verdict"] = str(Verdict.INCOMPLETE)
            continue
        _tell(compared, path, counts, facts)
        if compared.verdict not in AGREED:
            words = BooksDisagree(
                erp=erp, verdict=Phrase.code(compared.verdict), breaks=len(compared.breaks), workbook=str(path)
            )
            troubles.append(words.worded(app.language))
    return JobReport("reconcile", counts, tuple(troubles), facts)


def _tell(compared: Reconciliation, path: Path, counts: Counter[str], facts: dict[str, Any]) -> None:
    found = Counter(row.outcome for row in compared.breaks)
    counts["matched"] += len(compared.matched)
    counts["breaks"] += len(compared.breaks)
    facts["duplicates"] += found[Outcome.DUPLICATE_IN_ERP]
    facts["missing"] += found[Outcome.MISSING_IN_ERP]
    facts["verdict"] = str(compared.verdict)
    facts["workbook"] = str(path)


def _reconcile(app: App, erp: str) -> tuple[Reconciliation, Path]:
    inputs = gather(app, erp, asked_period(app))
    compared = reconcile(inputs)
    stamp = compared.as_of.erp.strftime("%Y%m%dT%H%M%SZ")
    path = app.data / "reports" / f"{erp}-{inputs.period.first}-{inputs.period.last}-{stamp}.xlsx"
    path.parent.mkdir(parents=True, exist_ok=True)
    return write_workbook(compared, path, app.language, app.evidence_folder), path


def asked_period(app: App) -> Period:
    """The period as asked for, else the installation's last days in its own zone."""
    if app.period is not None:
        return Period(*app.period)
    today = app.clock.now().astimezone(ZoneInfo(app.settings.zone)).date()
    return Period(today - timedelta(days=app.settings.reconciliation.days), today)


def gather(app: App, erp: str, period: Period) -> Inputs:
    """Read the three sides, each from its own source and with its own moment.

    The ERP comes first: what is typed meanwhile then shows as not listed yet. Orders and postings are not cut to the
    period here, since an order whose date moved out of it would leave its document an orphan.
    """
    profile = app.profile(erp)
    documents = _erp_side(app, erp, period)
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
        tolerances=app.settings.reconciliation.tolerated(profile.amount_tolerance),
    )


def _crm_side(app: App, crm: str) -> CrmSide:
    reader, _ = app.crm(crm)
    as_of = app.clock.now()
    orders: dict[str, Order] = {}
    malformed: dict[str, Reason] = {}
    for page in reader.changed_orders(None):
        orders.update({order.id: order for order in page.orders})
        malformed.update(page.malformed)
    unread = tuple(Malformed(crm, order_id, reason) for order_id, reason in malformed.items())
    return CrmSide(tuple(orders.values()), as_of, unread)


def _ledger_side(app: App, erp: str) -> LedgerSide:
    as_of = app.clock.now()
    postings = app.store.ledger.postings(erp=erp)
    orders = app.store.ledger.orders_of(postings)
    status = {document.number: document.status for document in app.store.documents.documents(erp)}
    typed = (Typed(posting, orders[posting.id], status.get(posting.document or "")) for posting in postings)
    return LedgerSide(tuple(typed), as_of)


def _erp_side(app: App, erp: str, period: Period) -> ErpSide:
    profile = app.profile(erp)
    opened: list[Document] = []
    unreadable: dict[str, Reason] = {}
    with app.place(erp) as place:
        as_of = app.clock.now()
        listed = place.seat().search(Search(since=period.first, until=period.last))
        for done, row in enumerate(listed, 1):
            try:
                opened.append(place.seat().read_document(row.number))
            except (StatusUnknown, ValueUnreadable) as error:
                unreadable[row.number] = error.reason
            app.progress("reconcile", done, len(listed))
    return ErpSide(listed, tuple(opened), as_of, unreadable, shows=shown_by(profile), folds=folds_of(profile))

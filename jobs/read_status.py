"""How far is the ERP with what we posted? Its own order list says so; changes go into the outbox for the CRM."""

from collections import Counter

from bridge.app import App, JobReport
from bridge.errors import ApplicationError
from bridge.model.postings import PostingState
from bridge.ports import KnownDocument, Search


def run(app: App) -> JobReport:
    """Read every ERP's list since the oldest posted order and keep each document's status."""
    counts: Counter[str] = Counter()
    troubles: list[str] = []
    for erp in app.settings.erps:
        try:
            _read(app, erp, counts)
        except ApplicationError as error:
            troubles.append(error.worded(app.language))
    return JobReport("read_status", counts, tuple(troubles))


def _read(app: App, erp: str, counts: Counter[str]) -> None:
    ledger = app.store.ledger
    posted = {
        posting.document: posting
        for posting in ledger.postings(erp=erp, states=[PostingState.POSTED, PostingState.HELD])
        if posting.document is not None
    }
    if not posted:
        return
    oldest = min(order.ordered_on for order in ledger.orders_of(list(posted.values())).values())
    with app.place(erp) as place:
        seen_at = app.clock.now()
        rows = place.seat().search(Search(since=oldest))
    known = [
        KnownDocument(erp, row.number, row.status, posted[row.number].id, seen_at)
        for row in rows
        if row.number in posted and row.status is not None
    ]
    counts["read"] += len(known)
    counts["not_listed"] += len(posted) - len(known)
    counts["changed"] += len(app.store.documents.note(known))

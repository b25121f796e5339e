"""How far is the ERP with what we posted? Its own order list says so; changes go into the outbox for the CRM."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from bridge.app import App
from bridge.errors import ApplicationError, ErpClosed
from bridge.job_reports import JobReport
from bridge.model.documents import DocumentStatus, Listed
from bridge.model.status_readings import final_statuses, goes_back, listed_as, split
from bridge.ports import ErpBot, KnownDocument, Search, UnfinishedDocument

MOST_LOOKS = 50  # at documents that show no change, where only opening them shows a status


def run(app: App) -> JobReport:
    """Read every ERP's list since the oldest document that may still change, and keep what did."""
    counts: Counter[str] = Counter()
    troubles: list[str] = []
    for erp in app.settings.erps:
        try:
            _read(app, erp, counts)
        except ErpClosed:
            counts["closed"] += 1
        except ApplicationError as error:
            troubles.append(error.worded(app.language))
    return JobReport("read_status", counts, tuple(troubles))


def _read(app: App, erp: str, counts: Counter[str]) -> None:
    final = final_statuses(set(app.profile(erp).statuses.values()))
    unfinished = app.store.documents.unfinished(erp, final)
    if not unfinished:
        return
    with app.place(erp) as place:
        reading = _reading(app, erp, place.seat(), unfinished)
        counts["read"] += len(reading.numbers)
        counts["not_listed"] += sum(each.number not in reading.rows for each in unfinished)
        counts["changed"] += len(app.store.documents.note(list(reading.changed())))
        for number in reading.unshown():
            if not app.time_left():
                break
            counts["opened"] += 1
            counts["changed"] += len(app.store.documents.note([reading.opened(place.seat(), number)]))


def _reading(app: App, erp: str, bot: ErpBot, unfinished: Sequence[UnfinishedDocument]) -> "_Reading":
    seen_at = app.clock.now()
    today = seen_at.astimezone(ZoneInfo(app.settings.zone)).date()
    found = (row for query in _questions(unfinished, today) if app.time_left() for row in bot.search(query))
    rows = {row.number: row for row in found}
    known, lag = app.store.documents.known(erp, list(rows)), app.profile(erp).lags.listing
    return _Reading(erp, seen_at, rows, known, unfinished, lag)


def _questions(unfinished: Sequence[UnfinishedDocument], today: date) -> Iterator[Search]:
    alone, since = split([document.ordered_on for document in unfinished], today)
    yield from (Search(number=document.number) for document in unfinished[:alone])
    if since is not None:
        yield Search(since=since)


@dataclass(frozen=True)
class _Reading:
    """What the list showed at one moment, beside what was known before; it may be so late (None: nobody knows)."""

    erp: str
    seen_at: datetime
    rows: Mapping[str, Listed]
    known: Mapping[str, KnownDocument]
    unfinished: Sequence[UnfinishedDocument]
    lag: timedelta | None

    @property
    def numbers(self) -> Mapping[str, int]:
        """Our documents that are listed, finished ones too, each with its posting."""
        ours = {number: known.posting_id for number, known in self.known.items() if known.posting_id is not None}
        ours |= {document.number: document.posting_id for document in self.unfinished}
        return {number: posting for number, posting in ours.items() if number in self.rows}

    def changed(self) -> Iterator[KnownDocument]:
        """Those whose status is listed and that are not listed as they were; what may be late is left alone."""
        for number, posting_id in self.numbers.items():
            row, before = self.rows[number], self.known.get(number)
            if row.status is None or self._may_be_late(number):
                continue
            if before is None or (before.status, before.listed) != (row.status, listed_as(row)):
                yield KnownDocument(self.erp, number, row.status, posting_id, self.seen_at, listed_as(row))

    def unshown(self) -> Sequence[str]:
        """Those that must be opened for their status: all that are listed otherwise than they were, then some others.

        Of the others, those that nobody looked at for longest; and what went back in a list that is late by who knows.
        """
        hidden = [each.number for each in self.unfinished if each.number in self.rows and not self._shows(each.number)]
        moved = [number for number in hidden if self._listed_before(number) != listed_as(self.rows[number])]
        still = sorted(set(hidden) - set(moved), key=lambda number: (self.known[number].seen_at, number))
        back = [number for number in self.numbers if self.lag is None and self._may_be_late(number)]
        return [*moved, *still[:MOST_LOOKS], *back]

    def opened(self, bot: ErpBot, number: str) -> KnownDocument:
        """The document as it shows itself; one that shows no status either keeps the one that is known."""
        known = self.known.get(number)
        status = bot.read_document(number).status or (DocumentStatus.OPEN if known is None else known.status)
        return KnownDocument(self.erp, number, status, self.numbers[number], self.seen_at, listed_as(self.rows[number]))

    def _may_be_late(self, number: str) -> bool:
        """Whether the list may show the status that the document had before it was seen last."""
        before, listed = self.known.get(number), self.rows[number].status
        if before is None or listed is None or listed == before.status:
            return False
        if self.lag is None:
            return goes_back(before.status, listed)
        return self.seen_at <= before.seen_at + self.lag

    def _shows(self, number: str) -> bool:
        return self.rows[number].status is not None

    def _listed_before(self, number: str) -> str | None:
        known = self.known.get(number)
        return None if known is None else known.listed

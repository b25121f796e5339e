"""How is an ERP's side read while people work in it? Its list until two passes agree, its documents where they changed.

A document is opened where its row in the list is new or changed since it was last opened for this purpose, or where
that is too long ago. What an attempt verified is never taken for a reading: the two are to be compared. What should be
there and is not in the list of the days is looked up by its number: somebody may have given it another day.
"""

import hashlib
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import datetime, timedelta

from bridge.errors import (
    ApplicationError,
    BridgeError,
    BusinessException,
    DialogUnexpected,
    ErpSaid,
    ReadingCutShort,
    Reason,
    RecordLocked,
    ScreenUnknown,
    StatusUnknown,
    ValueUnreadable,
)
from bridge.model.documents import Document, Listed
from bridge.model.lists import ListReading, ListTotals
from bridge.model.profiles import ErpProfile
from bridge.ports import Clock, DocumentReading, DocumentReadings, ErpBot, Search
from bridge.reports.inputs import ErpSide, ListPasses, Lookups, Period, agrees, folds_of, listed_by, shown_by
from bridge.reports.list_limits import limits_of
from bridge.reports.records import normal

REFUSED = (ScreenUnknown, ErpSaid, DialogUnexpected, RecordLocked, BusinessException)  # what the ERP says of one
PORTION = 50  # readings that are lost at most where the process is killed


@dataclass(frozen=True)
class ReadingTerms:
    """How often a document is opened anew: `days` after its last reading (0: each time), or now (`everything`).

    The list is read `most_passes` times at most. Where it lacks more than `most_lookups` documents, it is the list that
    is to be doubted, and none of them is looked up; where the ERP refuses to show more than `most_refused` in one pass,
    or for good, the ERP is.
    """

    days: int = 7
    most_passes: int = 5
    most_lookups: int = 500
    most_refused: int = 50
    everything: bool = False


@dataclass(frozen=True)
class Surroundings:
    """What a reading works with; `end_seat` ends a seat that met an error, so that `seat` gives a new one.

    `time_left` says whether anything more may be asked of the ERP.
    """

    profile: ErpProfile
    seat: Callable[[], ErpBot]
    end_seat: Callable[[], None]
    readings: DocumentReadings
    clock: Clock
    progress: Callable[[int, int], None] = lambda _done, _total: None
    time_left: Callable[[], bool] = lambda: True


@dataclass(frozen=True)
class ListPass:
    """All rows of one pass, the looked up ones last; `totals` are those of the list, without these.

    `unreadable` says by number which rows could not be read whole.
    """

    rows: tuple[Listed, ...]
    totals: ListTotals | None
    lookups: Lookups
    unreadable: Mapping[str, Reason]


class ErpReader:
    """Reads one ERP's side once."""

    def __init__(self, surroundings: Surroundings, terms: ReadingTerms) -> None:
        self._around, self._terms = surroundings, terms
        self._started = surroundings.clock.now()
        self._way = _way_of_reading(surroundings.profile)
        self._used: dict[str, DocumentReading] = {}
        self._asked: set[str] = set()
        self._odd: dict[str, Document] = {}
        self._unreadable: dict[str, tuple[str, Reason]] = {}
        self._refused: Counter[str] = Counter()
        self._refused_in_pass = 0
        self._opened: set[str] = set()

    def side(self, period: Period, numbers: Collection[str] = ()) -> ErpSide:
        """The list as two passes agreed upon it, and each of its documents; else what the last of all passes showed.

        Whatever its day, a document of these `numbers` belongs to it as long as it is on file. One that stays listed
        though the ERP refuses to show it is unreadable; raises what the ERP says of it where there are too many, and
        what most of them say where there are several and none could be read.
        Raises ReadingCutShort where no time is left; the next reading then goes on from what was kept.
        """
        query, before = Search(since=period.first, until=period.last), None
        wanted = {normal(number): number for number in sorted(numbers)}
        for number in range(1, self._terms.most_passes + 1):
            as_of = self._around.clock.now()
            now = self._pass(query, wanted)
            due, off = self._due(now), len(now.rows) if before is None else unlike(before, now)
            if before is not None and not off and not due:
                return self._side(now, as_of, ListPasses(number, 0))
            self._open(due)
            before = now
        return self._side(now, as_of, ListPasses(number, max(off, len(due))))

    def _pass(self, query: Search, wanted: Mapping[str, str]) -> ListPass:
        """The list, and by its number each of those documents that the list does not show."""
        listed = self._seat().read_list(query)
        shown = {normal(row.number) for row in listed.rows}
        lacking = [number for name, number in wanted.items() if name not in shown]
        asked = lacking if len(lacking) <= self._terms.most_lookups else []
        answers = {number: self._seat().read_list(Search(number=number)) for number in asked}
        hits = [
            (answers[each], row) for each in asked for row in answers[each].rows if normal(row.number) == normal(each)
        ]
        found = [row for _, row in hits]
        lookups = replace(_lookups(answers, found), left=len(lacking) - len(asked))
        unreadable = {row.number: hit.unreadable[row.number] for hit, row in hits if row.number in hit.unreadable}
        return ListPass((*listed.rows, *found), listed.totals, lookups, {**unreadable, **listed.unreadable})

    def _seat(self) -> ErpBot:
        if not self._around.time_left():
            raise ReadingCutShort(source=self._around.profile.name)
        return self._around.seat()

    def _side(self, now: ListPass, as_of: datetime, passes: ListPasses) -> ErpSide:
        numbers = list(dict.fromkeys(row.number for row in now.rows))
        reasons = {**{number: why for number, (_, why) in self._unreadable.items()}, **now.unreadable}
        readable = [number for number in numbers if number not in reasons]
        if len(numbers) > 1 and not readable:
            raise _cause([reasons[number] for number in numbers])
        used = [self._used[number] for number in readable if number in self._used]
        documents = {reading.number: reading.document for reading in used} | self._odd
        kept = [reading for reading in used if reading.number not in self._opened]
        profile = self._around.profile
        return ErpSide(
            listed=now.rows,
            opened=tuple(documents[number] for number in readable if number in documents),
            as_of=as_of,
            unreadable={number: reasons[number] for number in numbers if number in reasons},
            totals=now.totals,
            shows=shown_by(profile),
            folds=folds_of(profile),
            house_currency=profile.house_currency,
            list_shows=listed_by(profile),
            passes=ListPasses(
                passes.count,
                passes.unlike,
                opened=sum(number in self._opened for number in numbers),
                kept=len(kept),
                oldest=min((reading.read_at for reading in kept), default=None),
            ),
            limits=limits_of(profile, now.totals, 0 if self._terms.everything else self._terms.days),
            lookups=now.lookups,
        )

    # --- which documents ---------------------------------------------------------------------------------------------

    def _due(self, now: ListPass) -> list[Listed]:
        """The rows whose document has not been read as they now show it, each number once; of readable rows only."""
        rows = [row for row in now.rows if row.number not in now.unreadable]
        self._recall([row.number for row in rows if row.number not in self._asked])
        return list({row.number: row for row in rows if not self._is_read(row)}.values())

    def _recall(self, numbers: Sequence[str]) -> None:
        """Look up what was kept of these documents, as far as it may still be used."""
        self._asked.update(numbers)
        if self._terms.everything or not self._terms.days:
            return
        found = self._around.readings.readings(self._around.profile.name, numbers)
        oldest = self._started - timedelta(days=self._terms.days)
        self._used |= {each.number: each for each in found.values() if oldest < each.read_at <= self._started}

    def _is_read(self, row: Listed) -> bool:
        listed = self._fingerprint(row)
        if self._unreadable.get(row.number, ("",))[0] == listed:
            return True
        reading = self._used.get(row.number)
        return reading is not None and reading.listed == listed

    def _fingerprint(self, row: Listed) -> str:
        return _digest((row, self._way))

    # --- opening ------------------------------------------------------------------------------------------------------

    def _open(self, due: Sequence[Listed]) -> None:
        """Open these documents; whatever was read is kept, also where a later one stops us, or the process dies."""
        read: list[DocumentReading] = []
        self._refused_in_pass = 0
        try:
            for done, row in enumerate(due, 1):
                read.extend(self._reading(row))
                self._around.progress(done, len(due))
                if len(read) == PORTION:
                    self._around.readings.keep(read)
                    read = []
        finally:
            self._around.readings.keep(read)

    def _reading(self, row: Listed) -> Iterator[DocumentReading]:
        """The document of the row; nothing where it cannot be read, is gone, or is not what the row says."""
        moment, listed = self._around.clock.now(), self._fingerprint(row)
        self._used.pop(row.number, None)
        bot = self._seat()  # what the ERP says at the sign-on is said of no document
        try:
            document = bot.read_document(row.number)
        except (StatusUnknown, ValueUnreadable) as error:
            self._refused.pop(row.number, None)
            self._unreadable[row.number] = (listed, error.reason)
            return
        except REFUSED as error:
            self._around.end_seat()
            self._refuse(row.number, listed, error)
            return
        self._opened.add(row.number)
        self._refused.pop(row.number, None)
        self._unreadable.pop(row.number, None)
        reading = DocumentReading(self._around.profile.name, row.number, listed, document, moment)
        if agrees(row, document):
            self._odd.pop(row.number, None)
            self._used[row.number] = reading
            yield reading
        elif self._odd.get(row.number) == document:
            self._used[row.number] = reading  # not kept: list and document contradict each other, and C11 says so
        else:
            self._odd[row.number] = document  # it may have changed since it was listed: the next pass tells

    def _refuse(self, number: str, listed: str, error: BusinessException | ApplicationError) -> None:
        """Asked for once more in the next pass: by then it may be free again, or no longer listed.

        What was refused before the ERP last showed it does not count.
        """
        self._refused[number] += 1
        self._refused_in_pass += 1
        self._unreadable[number] = (listed if self._refused[number] > 1 else "", error.reason)
        for_good = sum(times > 1 for times in self._refused.values())
        if max(self._refused_in_pass, for_good) > self._terms.most_refused:
            raise error


def _cause(reasons: Sequence[Reason]) -> BridgeError:
    """The error that most of these reasons tell of, as the first of them words it."""
    code = Counter(reason.code for reason in reasons).most_common(1)[0][0]
    said = next(reason for reason in reasons if reason.code == code)
    return BridgeError.kinds[code](**said.params)


def _lookups(answers: Mapping[str, ListReading], found: Sequence[Listed]) -> Lookups:
    counts = [answer.totals.count if answer.totals else None for answer in answers.values()]
    said = [count for count in counts if count is not None]
    return Lookups(
        asked=tuple(answers),
        found=tuple(row.number for row in found),
        said=sum(said) if said and len(said) == len(counts) else None,
        shown=sum(len(answer.rows) for answer in answers.values()),
    )


def unlike(before: ListPass, now: ListPass) -> int:
    """How many rows two passes do not share; where only what the list says of itself differs, that is one."""
    one, other = Counter(before.rows), Counter(now.rows)
    off = sum(((one - other) + (other - one)).values())
    said = [(each.totals, each.lookups, each.unreadable) for each in (before, now)]
    return off or int(said[0] != said[1])


def _way_of_reading(profile: ErpProfile) -> object:
    """All that decides what a reading of a document holds: after an update of any of it, everything is opened anew."""
    held = tuple(field.name for field in fields(Document))
    return (profile.version, profile.screens["order_show"], profile.formats, dict(profile.statuses), held)


def _digest(value: object) -> str:
    return hashlib.sha256(repr(value).encode("utf-8", "surrogatepass")).hexdigest()[:32]

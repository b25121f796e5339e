"""Is the ERP's side whole though people work in it, and is no document opened that need not be?"""

from collections.abc import Callable, Collection
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import Decimal

import pytest

from bridge.errors import BridgeError, ErpSaid, Reason, StatusUnknown, ValueUnreadable
from bridge.model.documents import Document, DocumentStatus
from bridge.model.lists import ListReading, ListTotals
from bridge.ports import Search
from bridge.reports.erp_readings import ErpReader, ReadingTerms, Surroundings
from bridge.reports.inputs import ErpSide, Period
from tests.fake_bots import FakeBot
from tests.fake_erps import FakeErp
from tests.fakes import FakeClock, FakeReadings
from tests.samples import document_of_hand, harbour, order

DAY = timedelta(days=1)
PERIOD = Period(date(2026, 3, 1), date(2026, 3, 31))
Meanwhile = Callable[["Office"], object]


class Watched(FakeBot):
    """A seat that tells what it was asked, and where people do something meanwhile."""

    office: "Office"

    def read_list(self, query: Search) -> ListReading:
        """The list; what people do just after it is done then."""
        read = self.office.garbled(super().read_list(query))
        self.office.lists += 1
        self.office.do(f"list {self.office.lists}")
        return read

    def read_document(self, number: str) -> Document:
        """The document, if it can be read; what people do just before and after it is done then."""
        self.office.opened.append(number)
        self.office.do(f"before {number}")
        if number in self.office.unreadable:
            raise StatusUnknown(erp="harbour", word="???")
        if number in self.office.refused:
            raise self.office.refused[number]
        if number not in self.erp.documents and self.office.says:
            raise ErpSaid(erp="harbour", screen="order_show", text="SO-120 Order not on file")
        read = super().read_document(number)
        self.office.do(f"after {number}")
        return read


@dataclass
class Office:
    """An ERP with three documents; `meanwhile` is what people do at which point, once.

    `unreadable` documents show a status that nobody knows, `refused` ones are not shown for that reason, and of these
    rows of the list the `unread` fields cannot be read.
    """

    meanwhile: dict[str, Meanwhile] = field(default_factory=dict)
    opened: list[str] = field(default_factory=list)
    unreadable: set[str] = field(default_factory=set)
    refused: dict[str, BridgeError] = field(default_factory=dict)
    unread: dict[str, tuple[str, ...]] = field(default_factory=dict)
    lists: int = 0
    seats: int = 0
    says: bool = False

    def __post_init__(self) -> None:
        self.clock = FakeClock()
        self.readings = FakeReadings()
        self.profile = harbour()
        self.erp = FakeErp(self.profile, self.clock)
        self.numbers = [self.add(number) for number in (1, 2, 3)]
        self._bot: Watched | None = None

    def add(self, number: int) -> str:
        """Somebody types an order."""
        return self.erp.put(document_of_hand(order(number), f"FK-{number}"))

    def do(self, point: str) -> None:
        """What people do there."""
        if point in self.meanwhile:
            self.meanwhile.pop(point)(self)

    def garbled(self, read: ListReading) -> ListReading:
        """The list with rows that cannot be read whole."""
        without = {number: dict.fromkeys(fields) for number, fields in self.unread.items()}
        rows = tuple(replace(row, **without.get(row.number, {})) for row in read.rows)  # type: ignore[arg-type]
        found = [row.number for row in rows if row.number in self.unread]
        return replace(read, rows=rows, unreadable={number: _unread(self.unread[number]) for number in found})

    def seat(self) -> Watched:
        """A seat, signed on."""
        if self._bot is None or self._bot.ended:
            self._bot = Watched(self.erp)
            self._bot.office = self
            self._bot.sign_on()
            self.seats += 1
        return self._bot

    def end(self) -> None:
        """End it."""
        if self._bot is not None:
            self._bot.end()

    def read(self, terms: ReadingTerms | None = None, numbers: Collection[str] = ()) -> ErpSide:
        """One reading; what was opened before is forgotten."""
        self.opened.clear()
        self.lists = 0
        around = Surroundings(self.profile, self.seat, self.end, self.readings, self.clock)
        return ErpReader(around, terms or ReadingTerms()).side(PERIOD, numbers)


def _unread(fields: tuple[str, ...]) -> Reason:
    return ValueUnreadable(field=", ".join(fields), text="#####", kind="value").reason


def truth(office: Office, side: ErpSide) -> bool:
    """Whether the side is what the ERP holds now, to the last value."""
    held = office.erp.documents
    shown = {document.number: document for document in side.opened}
    return shown == held == {row.number: held[row.number] for row in side.listed}


def dearer(place: int) -> Meanwhile:
    """Somebody changes the total of a document."""
    return lambda office: office.erp.change(office.numbers[place], total=Decimal("77.70"))


def other_lines(place: int) -> Meanwhile:
    """Somebody changes what the list does not show."""
    lines = document_of_hand(order(9), "").lines[:1]
    return lambda office: office.erp.change(office.numbers[place], lines=lines)


# --- between two readings -------------------------------------------------------------------------------------------


def test_the_first_reading_opens_everything_and_reads_the_list_twice() -> None:
    """Two passes agree: nothing changed while the documents were opened."""
    office = Office()
    side = office.read()
    assert truth(office, side)
    assert (office.opened, office.lists) == (office.numbers, 2)
    assert side.passes is not None
    assert (side.passes.count, side.passes.unlike, side.passes.opened, side.passes.kept) == (2, 0, 3, 0)
    assert side.totals == ListTotals(3, {"GBP": 3 * order().total})


def test_what_did_not_change_is_not_opened_again() -> None:
    """The documents are the same, and the reader learns how old their readings are."""
    office = Office()
    first_at = office.clock.now()
    office.read()
    office.clock.wait(3600)
    side = office.read()
    assert truth(office, side)
    assert (office.opened, side.passes and side.passes.kept, side.passes and side.passes.oldest) == ([], 3, first_at)


@pytest.mark.parametrize(
    ("change", "opened"),
    [
        (dearer(1), ["10002"]),
        (lambda office: office.erp.change("10003", status=DocumentStatus.SHIPPED), ["10003"]),
        (lambda office: office.add(4), ["10004"]),
        (lambda office: office.erp.remove("10001"), []),
    ],
)
def test_only_what_the_list_shows_changed_is_opened(change: Meanwhile, opened: list[str]) -> None:
    """Changed, new and deleted documents, behind our back."""
    office = Office()
    office.read()
    change(office)
    side = office.read()
    assert truth(office, side)
    assert office.opened == opened


def test_a_change_that_no_list_shows_is_seen_once_the_reading_is_too_old() -> None:
    """That is what the days are for, and what the workbook says of itself until then."""
    office = Office()
    office.read()
    other_lines(0)(office)
    assert not truth(office, office.read())
    assert any("after 7 days" in limit for limit in office.read().limits)
    office.clock.wait(timedelta(days=7).total_seconds())
    assert truth(office, office.read())


@pytest.mark.parametrize("terms", [ReadingTerms(everything=True), ReadingTerms(days=0)])
def test_everything_is_opened_where_that_is_asked_for(terms: ReadingTerms) -> None:
    """By `--reread`, or always; then nothing is said of days."""
    office = Office()
    office.read()
    other_lines(0)(office)
    side = office.read(terms)
    assert truth(office, side)
    assert office.opened == office.numbers
    assert not any("days" in limit for limit in side.limits)


def test_a_reading_from_the_future_is_not_used() -> None:
    """A clock that was set back must not make old readings young for ever."""
    office = Office()
    office.clock.wait(DAY.total_seconds())
    office.read()
    office.clock.wait(-DAY.total_seconds())
    office.read()
    assert office.opened == office.numbers


def test_an_update_of_the_selectors_opens_everything_anew() -> None:
    """What was read by other selectors may have been read otherwise."""
    office = Office()
    office.read()
    office.profile = replace(office.profile, version="7.3")
    office.read()
    assert office.opened == office.numbers


# --- while it is read -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("point", ["list 1", "before 10002", "after 10002", "after 10003"])
@pytest.mark.parametrize(
    "change",
    [
        dearer(0),
        dearer(1),
        dearer(2),
        lambda office: office.add(4),
        lambda office: office.erp.change("10002", status=DocumentStatus.CANCELLED),
    ],
)
def test_what_changes_while_it_is_read_is_seen(point: str, change: Meanwhile) -> None:
    """Whenever it changes, the side that is given is one state of the ERP, and all of it."""
    office = Office({point: change})
    side = office.read()
    assert truth(office, side)
    assert side.passes is not None
    assert side.passes.unlike == 0
    assert side.totals == office.seat().read_list(Search()).totals


@pytest.mark.parametrize("says", [False, True])
@pytest.mark.parametrize("point", ["list 1", "before 10002"])
def test_a_document_that_vanishes_between_list_and_opening_is_no_error(point: str, *, says: bool) -> None:
    """The seat that met the error is ended, and the next pass no longer lists it."""
    office = Office({point: lambda office: office.erp.remove("10002")}, says=says)
    side = office.read()
    assert truth(office, side)
    assert office.seats == 2


def test_a_document_that_stays_listed_and_cannot_be_opened_is_unreadable() -> None:
    """Nobody says that it was read, and what the ERP says instead of it is kept."""
    office = Office(says=True)
    bot = office.seat()
    bot.read_list = lambda query: ListReading(  # type: ignore[method-assign]  # a list that is late
        (*FakeBot.read_list(bot, query).rows, replace(FakeBot.read_list(bot, query).rows[0], number="99999"))
    )
    office.end = lambda: None  # type: ignore[method-assign]  # the same list again
    assert {number: reason.code for number, reason in office.read().unreadable.items()} == {"99999": "erp_said"}


def test_a_document_that_changed_and_changed_back_while_it_was_opened_is_opened_again() -> None:
    """Both passes show the same row, and what was read between them is not it."""
    office = Office()
    whole = office.erp.documents["10002"].total
    office.meanwhile = {
        "before 10002": dearer(1),
        "after 10002": lambda office: office.erp.change("10002", total=whole),
    }
    side = office.read()
    assert truth(office, side)
    assert office.opened.count("10002") == 2


def test_an_erp_that_never_comes_to_rest_is_said_so() -> None:
    """After the last pass allowed the difference is counted, and nothing is said to agree."""
    office = Office()

    def on(again: Office) -> None:
        again.erp.change("10001", total=Decimal(again.lists))
        again.meanwhile[f"list {again.lists + 1}"] = on

    office.meanwhile["list 1"] = on
    side = office.read(ReadingTerms(most_passes=4))
    assert side.passes is not None
    assert (office.lists, side.passes.count, side.passes.unlike > 0) == (4, 4, True)


def test_totals_that_change_alone_are_a_difference_too() -> None:
    """A row beyond what was read, or a sum that moved, leaves no two passes alike."""
    office = Office()
    bot = office.seat()
    sums = iter([ListTotals(3), ListTotals(4), ListTotals(3), ListTotals(4)])
    bot.read_list = lambda query: ListReading(FakeBot.search(bot, query), next(sums))  # type: ignore[method-assign]
    side = office.read(ReadingTerms(most_passes=4))
    assert side.passes is not None
    assert (side.passes.count, side.passes.unlike) == (4, 1)


# --- what cannot be read --------------------------------------------------------------------------------------------


def test_a_document_that_cannot_be_read_is_named_and_tried_again_next_time() -> None:
    """It stands in the report as unreadable, is not asked for in every pass, and nothing old is taken for it."""
    office = Office()
    office.read()
    office.unreadable.add("10002")
    dearer(1)(office)
    side = office.read()
    assert (list(side.unreadable), office.opened, len(side.opened)) == (["10002"], ["10002"], 2)
    office.unreadable.clear()
    assert truth(office, office.read())


def test_list_and_document_that_contradict_each_other_are_both_shown() -> None:
    """An ERP that lists another total than the document has is read twice, not for ever; the controls tell."""
    office = Office()
    bot = office.seat()

    def off(query: Search) -> ListReading:
        first, *rest = FakeBot.search(bot, query)
        return ListReading((replace(first, total=Decimal(1)), *rest))

    bot.read_list = off  # type: ignore[method-assign]
    side = office.read()
    assert (office.opened.count("10001"), len(side.opened)) == (2, 3)
    assert side.passes is not None
    assert side.passes.unlike == 0
    assert office.readings.readings("harbour", ["10001"]) == {}

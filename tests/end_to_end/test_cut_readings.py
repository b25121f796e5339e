"""What becomes of a reconciliation that is not let read everything, or that meets what it cannot read?"""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

import pytest

from bridge.app import App
from bridge.errors import CustomerUnknown, SeatDied
from bridge.job_reports import JobReport
from bridge.ports import CrmReader, OrderPage
from bridge.settings import NoticeSettings, keep_secret
from tests.end_to_end.test_three_sides import FORMS, MARCH, House, furnished
from tests.installations import installed, order
from tests.unit.webhooks import webhook


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    """Three orders, posted."""
    with installed(tmp_path, erp=furnished(tmp_path, FORMS)) as ready:
        yield House(ready, tmp_path, ready.post(*(order() for _ in range(3))))


def stopped(app: App) -> None:
    """Somebody presses Ctrl-C."""
    app.stopping.set()


def overdue(app: App) -> None:
    """The job has had its hour."""
    app.deadline = app.clock.now()


def run(house: House, meanwhile: Callable[[App], None]) -> JobReport:
    """Reconcile; that happens as soon as the first document was opened."""
    app = house.house.app
    app.period, app.progress = MARCH, lambda *_: meanwhile(app)
    report = house.house.run("reconcile")
    app.stopping.clear()
    return report


@pytest.mark.parametrize("why", [stopped, pytest.param(overdue, marks=pytest.mark.sweep)])
def test_a_reading_that_is_cut_short_goes_on_where_it_was(house: House, why: Callable[[App], None]) -> None:
    """No statement is issued of a part, the reason is told, and no document is opened a second time."""
    house.opened()
    report = run(house, why)
    assert (house.opened(), report.facts["verdict"], report.facts["workbook"]) == (1, "INCOMPLETE", None)
    assert report.troubles[0].startswith("harbour was not read to its end")
    assert house.house.app.store.statements.statements() == ()
    assert (house.reconcile().manifest["verdict"], house.opened()) == ("RECONCILED", 2)


def test_the_reading_of_the_crm_is_cut_short_too(house: House) -> None:
    """It may have a million orders; here the time is up when both passes over the ERP's list are done."""
    house.reconcile()
    app, left = house.house.app, iter((True, True, True, False))
    app.time_left = lambda: next(left)  # type: ignore[method-assign]
    report = run(house, lambda _: None)
    assert report.facts["verdict"] == "INCOMPLETE"
    assert report.troubles[0].startswith("sandbox was not read to its end")
    assert len(app.store.statements.statements()) == 1


@dataclass
class OneByOne:
    """Gives a CRM's orders in pages of one; the time is up as soon as so many were fetched."""

    app: App
    reader: CrmReader
    time_for: int
    fetched: int = 0

    def changed_orders(self, cursor: str | None) -> Iterator[OrderPage]:
        """The same orders."""
        orders = [each for page in self.reader.changed_orders(cursor) for each in page.orders]
        for each in orders:
            self.fetched += 1
            if self.fetched == self.time_for:
                overdue(self.app)
            yield OrderPage((each,), {}, None, last=each is orders[-1])


@pytest.mark.parametrize(
    ("time_for", "verdict"),
    [pytest.param(1, "INCOMPLETE", marks=pytest.mark.sweep), (2, "INCOMPLETE"), (3, "RECONCILED")],
)
def test_no_page_of_the_crm_is_begun_too_late_and_none_is_thrown_away(
    house: House, time_for: int, verdict: str
) -> None:
    """Where the last page was on its way when the time was up, everything has been read and the statement is issued."""
    app = house.house.app
    reader, writer = app.crm("sandbox")
    slow = OneByOne(app, reader, time_for)
    app.crm = lambda _: (slow, writer)  # type: ignore[assignment,method-assign,return-value]
    report = run(house, lambda _: None)
    assert (report.facts["verdict"], slow.fetched) == (verdict, time_for)


def test_what_is_to_end_asks_for_no_seat(house: House) -> None:
    """With several ERPs the others are not begun, each with a wait for a seat."""
    app = house.house.app
    app.place = lambda *_: pytest.fail("a seat was asked for")  # type: ignore[method-assign]
    app.stopping.set()
    report = run(house, lambda _: None)
    assert report.troubles[0].startswith("harbour was not read to its end")


def test_an_erp_that_refuses_in_words_of_business_has_no_statement(house: House) -> None:
    """Where it refuses every document so, that is told like any other failure, and ends no other ERP's reading."""
    refusal = CustomerUnknown(erp="harbour", customer="C1001")

    def refused(*_: object) -> NoReturn:
        raise refusal

    house.house.app.place = refused  # type: ignore[method-assign,assignment]
    report = run(house, lambda _: None)
    assert (report.facts["verdict"], report.troubles) == ("INCOMPLETE", (str(refusal),))


def ended(app: App) -> None:
    """The service ends, has waited long enough, and kills the seat at work."""
    stopped(app)
    raise SeatDied(erp="harbour", why="killed")


@pytest.mark.parametrize(
    ("why", "told"),
    [(stopped, []), pytest.param(ended, [], marks=pytest.mark.sweep), (overdue, ["harbour: INCOMPLETE"])],
)
def test_finance_is_not_alarmed_by_an_end_that_was_asked_for(
    house: House, why: Callable[[App], None], told: list[str]
) -> None:
    """An upgrade at 06:40 is no news of the books: the run says so itself. A time limit that was passed is."""
    app = house.house.app
    with webhook() as chat:
        keep_secret("notice.finance", chat.url, app.settings)
        app.settings = app.settings.model_copy(update={"notices": NoticeSettings(to=("finance",))})
        report = run(house, why)
    assert [notice["title"] for notice in chat.told] == told
    assert (report.ok, report.facts["verdict"]) == (False, "INCOMPLETE")
    assert report.troubles[0].startswith("harbour was not read" if why is not ended else "The seat of harbour")


def test_a_status_that_nobody_declared_is_one_break(house: House) -> None:
    """After an update Harbour shows a new word: that document is unreadable, the others match, and the footers tie."""
    house.house.erp.change("UPDATE orders SET status='On hold' WHERE number=?", house.numbers[1])
    found = house.reconcile()
    assert [(row["order_number"], row["document"], row["code"]) for row in found.breaks] == [
        (house.postings[1].order_number, str(house.numbers[1]), "INVALID_ROW")
    ]
    assert (found.manifest["verdict"], found.failing, len(found.matched)) == ("BREAKS", set(), 2)
    assert "On hold" in json.dumps(found.breaks, default=str)

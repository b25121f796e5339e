"""Is the ERP asked for what may have changed, and for nothing else?"""

from collections.abc import Iterator, Sequence
from contextlib import closing
from datetime import date, timedelta
from pathlib import Path

import pytest

from bridge.app import App
from bridge.errors import ErpClosed
from bridge.model.documents import DocumentStatus
from bridge.model.postings import Phase, PostingState
from bridge.ports import Search
from bridge.settings import load_settings
from jobs import read_status
from tests.installations import configuration, furnish
from tests.unit.status_houses import TODAY, House, house_in
from tests.unit.store.ledger_samples import ERP, JOB, order, posted, sent

D = DocumentStatus


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    """A ledger and an ERP, both empty."""
    with house_in(tmp_path) as ready:
        yield ready


def test_while_an_erp_is_maintained_nobody_signs_on(tmp_path: Path) -> None:
    """Its list is read once it is up again; that it was not is no trouble."""
    content = configuration(tmp_path, "http://127.0.0.1:9", "http://127.0.0.1:9")
    content["calendars"] = {"tended": {"maintenance": ["mon-sun 00:00-24:00"]}}
    content["erps"]["harbour"]["calendar"] = "tended"
    app = App(load_settings(furnish(tmp_path, content)))
    with closing(app):
        taken = app.store.ledger.take(order(1), "harbour", "SB-1", PostingState.PENDING, None, JOB).posting
        posted(app.store, taken, "D-1")
        report = read_status.run(app)
        with pytest.raises(ErpClosed, match="weekly maintenance"), app.place("harbour"):
            pass
    assert (report.ok, report.counts) == (True, {"closed": 1})


def questions(asked: Sequence[Search]) -> list[tuple[str, date | None]]:
    """What was asked for: a number, or a date."""
    return [(query.number, query.since) for query in asked]


def test_without_a_document_that_may_change_nobody_signs_on(house: House) -> None:
    """Neither before the first order nor once all are finished."""
    assert house.read() == {}
    house.enter(1)
    house.erp.put("D-1", D.PAID)
    assert house.read() == {"read": 1, "not_listed": 0, "changed": 1}
    assert (house.read(), house.erp.asked, house.signed_on) == ({}, [], 1)
    assert house.told() == [("id-1", "paid")]


def test_the_list_begins_at_the_oldest_document_that_may_change(house: House) -> None:
    """What is finished before it is not read again."""
    for number in range(1, 5):
        house.enter(number, TODAY - timedelta(days=50 - number))
    house.read()
    assert questions(house.erp.asked) == [("", TODAY - timedelta(days=49))]
    for number in (1, 2, 4):
        house.erp.put(f"D-{number}", D.CANCELLED if number == 2 else D.PAID, TODAY - timedelta(days=50 - number))
    house.read()
    house.read()
    assert questions(house.erp.asked) == [("", TODAY - timedelta(days=47))]


def test_one_late_order_is_asked_for_by_its_number(house: House) -> None:
    """It does not make the list a year long."""
    house.enter(1, TODAY - timedelta(days=400))
    house.enter(2, TODAY - timedelta(days=2))
    house.erp.put("D-1", D.SHIPPED, TODAY - timedelta(days=400))
    assert house.read()["changed"] == 1
    assert questions(house.erp.asked) == [("D-1", None), ("", TODAY - timedelta(days=2))]


def test_only_what_is_listed_otherwise_than_before_is_written(house: House) -> None:
    """A reading that shows nothing new writes nothing; a total that changed is kept and is no news for the CRM."""
    for number in range(1, 4):
        house.enter(number)
    house.read()
    seen_at = [known.seen_at for known in house.store.documents.documents(ERP)]
    house.erp.put("D-2", D.OPEN, total="50.00")
    house.erp.put("D-3", D.SHIPPED)
    assert house.read()["changed"] == 1
    after = [known.seen_at for known in house.store.documents.documents(ERP)]
    assert [old == new for old, new in zip(seen_at, after, strict=True)] == [True, False, False]
    assert house.told() == [("id-3", "shipped")]


def test_a_finished_document_that_is_opened_again_is_noticed_where_it_is_listed(house: House) -> None:
    """Final is only what is not asked for any more, not what is not believed."""
    house.enter(1)
    house.enter(2, TODAY - timedelta(days=3))
    house.erp.put("D-1", D.CANCELLED)
    house.read()
    house.erp.put("D-1", D.OPEN)
    assert house.read()["changed"] == 1
    assert house.told() == [("id-1", "cancelled"), ("id-1", "open")]


def test_documents_of_others_are_not_kept(house: House) -> None:
    """The list holds what clerks typed too."""
    house.enter(1)
    house.erp.put("D-77", D.PAID)
    assert house.read()["read"] == 1
    assert [known.number for known in house.store.documents.documents(ERP)] == ["D-1"]


def test_a_document_that_is_not_listed_is_counted(house: House) -> None:
    """It is nobody's news, and not forgotten."""
    house.enter(1)
    del house.erp.rows["D-1"]
    assert (house.read()["not_listed"], house.read()["not_listed"]) == (1, 1)


def test_a_held_document_is_watched_and_told_to_nobody(house: House) -> None:
    """Stored with other content, it may be repaired in the ERP; the CRM hears of it once it is posted."""
    claim = sent(house.store)
    house.store.ledger.note_phase(claim, Phase.NUMBERED, "D-1")
    house.store.ledger.end(claim, PostingState.HELD, "w")
    house.erp.put("D-1", D.CONFIRMED)
    assert house.read()["changed"] == 1
    house.erp.put("D-1", D.SHIPPED)
    assert house.read()["changed"] == 1
    assert house.told() == []


# --- a list without a status ------------------------------------------------------------------------------------------


def test_where_the_list_shows_no_status_what_changed_is_opened(house: House) -> None:
    """All at first; then those whose row changed, before any others."""
    house.erp.shows_status = False
    for number in range(1, 4):
        house.enter(number)
    assert house.read()["opened"] == 3
    house.erp.put("D-2", D.SHIPPED, total="60.00")
    counts = house.read()
    assert (house.erp.opened[0], counts["changed"]) == ("D-2", 1)
    assert house.told() == [("id-2", "shipped")]


def test_what_shows_no_change_is_opened_in_turn(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """So that a change nobody can see in the list is found after some runs, without opening everything each time."""
    monkeypatch.setattr(read_status, "MOST_LOOKS", 2)
    house.erp.shows_status = False
    for number in range(1, 6):
        house.enter(number)
    house.read()
    house.erp.put("D-5", D.SHIPPED)
    opened: list[list[str]] = []
    while not opened or "D-5" not in opened[-1]:
        house.read()
        opened.append(list(house.erp.opened))
    assert opened == [["D-1", "D-2"], ["D-3", "D-4"], ["D-5", "D-1"]]
    assert house.told() == [("id-5", "shipped")]

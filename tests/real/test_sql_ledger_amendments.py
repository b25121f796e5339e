"""Does a change in the CRM reach a real ERP once and right? By PostgreSQL's own tables, over lines that are cut."""

from typing import Any, Final

import pytest

from bridge.model.postings import Posting, PostingState
from tests.installations import order
from tests.real.installations import SqlLedgerInstallation

pytestmark = [pytest.mark.real, pytest.mark.browser]

S = PostingState
SAVED, DELETED = b"&nextsub=save&", b"action=Yes"
BOLT: Final = {"item": "P-20", "description": "Washer M8", "quantity": "10", "unit_price": "0.40"}
WRENCH: Final = {"item": "P-30", "description": "Torque wrench", "quantity": "2", "unit_price": "89.90"}
NEW: Final[dict[str, Any]] = {
    "lines": [WRENCH | {"quantity": "3"}, BOLT, BOLT | {"quantity": "1.5"}],
    "po_number": "neu",
}
CUSTOMER: Final = {"code": "C-102", "name": "Smith Ltd"}


@pytest.fixture(scope="module", autouse=True)
def control(running: SqlLedgerInstallation) -> None:
    """An order that was posted in peace: what a control search must find."""
    (posting,) = running.post(order(customer=CUSTOMER, lines=[BOLT]))
    assert posting.state is S.POSTED


@pytest.fixture
def posting(house: SqlLedgerInstallation) -> Posting:
    """A posted order of two lines."""
    (posted,) = house.post(order(customer=CUSTOMER, lines=[BOLT, WRENCH]))
    assert posted.state is S.POSTED
    return posted


def ran(house: SqlLedgerInstallation, posting: Posting, **now: Any) -> Posting:
    """The posting after the CRM's order became so and all jobs ran."""
    house.crm.change(int(posting.order_id), **now)
    for job in ("take_orders", "post_orders", "tell_crm"):
        house.run(job)
    return house.now(posting)


def lines(house: SqlLedgerInstallation, posting: Posting) -> list[tuple[str, str]]:
    """Items and quantities of the one order that PostgreSQL holds."""
    (stored,) = house.stored(posting)
    assert stored["number"] == posting.document
    return [(line["item"], f"{line['quantity'].normalize():f}") for line in stored["lines"]]


def told(house: SqlLedgerInstallation, posting: Posting) -> tuple[str, str]:
    """What the CRM shows of the ERP."""
    shown = house.crm.order(int(posting.order_id))["erp"]
    return shown["number"], shown["status"]


AMENDED = [("P-30", "3"), ("P-20", "10"), ("P-20", "1.5")]


def test_a_change_and_a_cancellation_reach_the_tables_of_the_erp(
    house: SqlLedgerInstallation, posting: Posting
) -> None:
    """The same order under the same number holds the new lines; cancelled, it is deleted, and the CRM is told each."""
    sent = house.proxy.posts(SAVED)
    assert ran(house, posting, **NEW).state is S.POSTED
    assert (lines(house, posting), house.proxy.posts(SAVED)) == (AMENDED, sent + 1)
    assert told(house, posting) == (posting.document, "amended")
    assert ran(house, posting, status="cancelled").state is S.CANCELLED
    assert house.stored(posting) == []
    assert told(house, posting) == (posting.document, "cancelled")
    assert house.erp.dataset.locks() == []


def test_a_cut_after_the_save_of_a_change_is_settled_by_reading(house: SqlLedgerInstallation, posting: Posting) -> None:
    """The ERP stored it and nobody was told: the order itself is read, and Save is not pressed again."""
    sent = house.proxy.posts(SAVED)
    house.proxy.cut_after_request(SAVED)
    ended = ran(house, posting, **NEW)
    assert house.proxy.wait_for_cuts(1, 30)
    assert (ended.state, lines(house, posting), house.proxy.posts(SAVED)) == (S.POSTED, AMENDED, sent + 1)
    assert S.IN_DOUBT in [move.new for move in house.app.store.ledger.history(posting)]


def test_a_cut_before_the_save_of_a_change_leaves_the_old_order(house: SqlLedgerInstallation, posting: Posting) -> None:
    """The same sight from here, but nothing was stored: a person is asked, and the old lines stand."""
    house.proxy.cut_before(SAVED)
    ended = ran(house, posting, **NEW)
    assert (ended.state, ended.reason and ended.reason.code) == (S.HELD, "cannot_settle")
    assert lines(house, posting) == [("P-20", "10"), ("P-30", "2")]


def test_a_cut_after_a_deletion_is_settled_by_its_absence(house: SqlLedgerInstallation, posting: Posting) -> None:
    """Neither listed nor to be opened, while the control order is found: it is cancelled, and was asked for once."""
    house.proxy.cut_after_request(DELETED)
    ended = ran(house, posting, status="cancelled")
    assert house.proxy.wait_for_cuts(1, 30)
    assert (ended.state, ended.document, house.stored(posting)) == (S.CANCELLED, posting.document, [])
    assert S.IN_DOUBT in [move.new for move in house.app.store.ledger.history(posting)]


def test_what_somebody_changed_is_neither_amended_nor_deleted(house: SqlLedgerInstallation, posting: Posting) -> None:
    """It waits for a person, and nobody is locked out of it."""
    (stored,) = house.stored(posting)
    house.erp.dataset.run(f"UPDATE orderitems SET qty = 11 WHERE trans_id = {stored['id']} AND qty = 10;")
    for now in (NEW, {"status": "cancelled"}):
        ended = ran(house, posting, **now)
        code = ended.reason and ended.reason.code
        assert (ended.state, lines(house, posting)) == (S.HELD, [("P-20", "11"), ("P-30", "2")]), code
    assert house.erp.dataset.locks() == []

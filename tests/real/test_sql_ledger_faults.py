"""What a bad line, a lost session and other people do to an order at a real ERP: never twice, never lost."""

from typing import Any, Final

import pytest

from bridge.errors import CannotSettle, LookAlike
from bridge.model.postings import Phase, Posting, PostingState
from tests.installations import order
from tests.real.installations import SAVE, TYPIST, UPDATE, SqlLedgerInstallation
from tests.real.sql_ledger_clerks import FormClerk
from tests.real.sql_ledger_datasets import SEATS

pytestmark = [pytest.mark.real, pytest.mark.browser]

BOT = SEATS[0]
CUSTOMER: Final = {"code": "C-102", "name": "Smith Ltd"}
LINES: Final = [
    {"item": "P-20", "description": "Washer M8", "quantity": "10", "unit_price": "0.40"},
    {"item": "P-30", "description": "Torque wrench", "quantity": "2", "unit_price": "89.90"},
]
ALWAYS: Final = 10_000


def plain(**fields: Any) -> dict[str, Any]:
    """An order of two lines for a customer of the seeded company."""
    return order(customer=CUSTOMER, lines=LINES) | fields


def settled(house: SqlLedgerInstallation, posting: Posting, state: PostingState, stored: int) -> None:
    """The posting stands so, PostgreSQL holds so many orders of it, and ours is the one that is known by number."""
    now, found = house.now(posting), house.stored(posting)
    assert (now.state, len(found)) == (state, stored), now.reason
    if state is PostingState.POSTED:
        assert [now.document] == [row["number"] for row in found]
        assert [(line["item"], str(line["quantity"])) for line in found[0]["lines"]] == [("P-20", "10"), ("P-30", "2")]


@pytest.fixture(scope="module", autouse=True)
def control(running: SqlLedgerInstallation) -> None:
    """An order that was posted in peace: what a control search must find."""
    (posting,) = running.post(plain())
    assert posting.state is PostingState.POSTED


def test_a_connection_cut_after_save_leaves_one_order(house: SqlLedgerInstallation) -> None:
    """The ERP stored it and nobody was told: searching finds it, and Save is not pressed again."""
    saved = house.proxy.posts(SAVE)
    house.proxy.cut_after_request(SAVE)
    (posting,) = house.post(plain())

    assert house.proxy.wait_for_cuts(1, 30)
    settled(house, posting, PostingState.POSTED, 1)
    assert house.proxy.posts(SAVE) == saved + 1
    phases = [attempt.phase for attempt in house.app.store.ledger.attempts(posting)]
    assert phases[0] is Phase.SENT


def test_a_connection_cut_before_save_leaves_none_until_a_person_says_so(house: SqlLedgerInstallation) -> None:
    """The same sight from here, but nothing was stored: what was sent and is not found is typed again on word only."""
    house.proxy.cut_before(SAVE)
    (posting,) = house.post(plain())
    settled(house, posting, PostingState.HELD, 0)
    assert posting.reason is not None
    assert posting.reason.code == CannotSettle.code

    released(house, posting)
    house.run("post_orders")
    settled(house, posting, PostingState.POSTED, 1)


def test_a_session_that_ends_just_before_save_leaves_none(house: SqlLedgerInstallation) -> None:
    """Save meets "Session expired!" and stores nothing; the same words may follow a stored order, so a person looks."""
    house.proxy.meet(SAVE, lambda: sign_on_as_the_bot(house))
    (posting,) = house.post(plain())

    settled(house, posting, PostingState.HELD, 0)


def test_an_order_somebody_typed_by_hand_while_ours_was_in_doubt_is_not_typed_again(
    house: SqlLedgerInstallation,
) -> None:
    """Our Save never arrived and a clerk helped out: the hold names the look-alike instead of only saying "absent"."""
    wanted = plain(order_date="2026-04-07")
    house.proxy.cut_before(SAVE)
    house.proxy.meet(SAVE, lambda: typed_by_hand(house, "by phone", wanted))
    (posting,) = house.post(wanted)

    settled(house, posting, PostingState.HELD, 0)
    assert posting.reason is not None
    assert posting.reason.code == LookAlike.code


def test_a_page_that_is_lost_once_is_fetched_again(house: SqlLedgerInstallation) -> None:
    """The browser repeats what only reads, and an Update stores nothing, so that repeating it adds no line."""
    (posting,) = house.load([plain()])
    house.proxy.cut_before(posting.reference.encode())
    house.proxy.meet(b"P-30", lambda: house.proxy.cut_after_request(UPDATE))
    house.run("post_orders")

    assert house.proxy.wait_for_cuts(1, 30)
    settled(house, posting, PostingState.POSTED, 1)


@pytest.mark.parametrize("dead", [b"action=transactions", UPDATE])
def test_a_line_that_stays_dead_leaves_the_order_for_later(house: SqlLedgerInstallation, dead: bytes) -> None:
    """At the probe or in mid-typing nothing is stored; the order waits, and is entered once the line works again."""
    house.proxy.cut_after_request(dead, ALWAYS)
    (posting,) = house.post(plain())
    settled(house, posting, PostingState.PENDING, 0)

    house.proxy.calm()
    house.run("post_orders")
    settled(house, posting, PostingState.POSTED, 1)


def test_a_session_that_somebody_ends_in_mid_typing_is_begun_again(house: SqlLedgerInstallation) -> None:
    """A second sign-on of the bot's user kills its session in mid typing; after one more sign-on it is there whole."""
    house.proxy.meet(b"P-30", lambda: sign_on_as_the_bot(house))
    (posting,) = house.post(plain())

    settled(house, posting, PostingState.POSTED, 1)
    assert len(house.app.store.ledger.attempts(posting)) == 1


def test_an_order_that_somebody_has_open_is_still_verified(house: SqlLedgerInstallation) -> None:
    """A lock keeps us from changing, not from reading; the other's lock stays, ours is gone."""
    with house.clerk(BOT) as other:
        house.proxy.meet(b"action=edit", lambda: opened_by(other, house))
        (posting,) = house.post(plain())
        held = {lock["login"] for lock in house.erp.dataset.locks()}

    settled(house, posting, PostingState.POSTED, 1)
    assert held == {BOT.full_login}


def test_another_order_with_the_same_po_stays_another_order(house: SqlLedgerInstallation) -> None:
    """A clerk saves the same PO, items and amount just before our Save: two orders, ours is told by its reference."""
    wanted = plain(po_number="PO same")
    house.proxy.meet(SAVE, lambda: typed_by_hand(house, "by phone too", wanted))
    (posting,) = house.post(wanted)

    settled(house, posting, PostingState.POSTED, 1)
    assert [row["po_number"] for row in house.erp.orders()].count("PO same") == 2


def test_our_order_typed_by_somebody_else_meanwhile_is_adopted(house: SqlLedgerInstallation) -> None:
    """A clerk with our reference is faster: the last look before Save finds his order, equal, and nothing is saved."""
    wanted = plain(po_number="PO fast")
    (posting,) = house.load([wanted])
    saved = house.proxy.posts(SAVE)
    house.proxy.meet(UPDATE, lambda: typed_by_hand(house, posting.reference, wanted))
    house.run("post_orders")

    settled(house, posting, PostingState.POSTED, 1)
    assert house.proxy.posts(SAVE) == saved


def released(house: SqlLedgerInstallation, posting: Posting) -> None:
    """A person has looked: it is not there."""
    house.app.store.ledger.move(house.now(posting), PostingState.PENDING, "anna", forget_phase=True)


def sign_on_as_the_bot(house: SqlLedgerInstallation) -> None:
    """What ends the bot's session without a word."""
    with FormClerk(house.erp.url, TYPIST) as again:
        again.sign_on()


def typed_by_hand(house: SqlLedgerInstallation, reference: str, wanted: dict[str, Any]) -> None:
    """The same order as a clerk enters it."""
    lines = [(line["item"], line["quantity"], line["unit_price"]) for line in wanted["lines"]]
    with house.clerk() as clerk:
        clerk.enter_order("Smith Ltd", reference, lines, transdate=wanted["order_date"], ponumber=wanted["po_number"])


def opened_by(clerk: FormClerk, house: SqlLedgerInstallation) -> None:
    """Somebody opens the newest order, which locks it."""
    newest = max(row["id"] for row in house.erp.orders())
    clerk.visit("oe.pl", action="edit", type="sales_order", id=str(newest), vc="customer")

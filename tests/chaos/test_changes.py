"""Does a change in the CRM reach a real Harbour once and right, whatever becomes of its Save?"""

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from bridge.model.postings import Phase, Posting, PostingState
from tests.chaos.strikes import CONTROL
from tests.installations import LINE, ROOT, Installation, installed, order
from tests.oracles import Stored

S = PostingState
BOT, FORMS = "bots.harbour:Harbour", "bots.harbour_forms:HarbourForms"
NEW: dict[str, Any] = {
    "customer": {"code": "C1002", "name": "Jones Ltd"},
    "po_number": "PO changed",
    "lines": [LINE | {"item": "P-40", "quantity": "2.5", "unit_price": "4.80"}, LINE, LINE | {"quantity": "7"}],
}
SEARCHABLE = {"customer_code": "C1002", "remarks": CONTROL}
SURFACES = [
    pytest.param(FORMS, id="forms"),
    pytest.param(BOT, id="browser", marks=[pytest.mark.browser, pytest.mark.sweep]),
]


@pytest.fixture(params=SURFACES)
def house(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Installation]:
    """A bridge, a CRM and a Harbour that holds one order which every working search must find."""
    selectors = tmp_path / "harbour"
    shutil.copytree(ROOT / "selectors" / "harbour", selectors)
    profile = selectors / "erp.toml"
    profile.write_text(profile.read_text(encoding="utf-8").replace(BOT, request.param), encoding="utf-8")
    settings = {"selectors": selectors.as_posix(), "control_reference": CONTROL}
    with installed(tmp_path, erp=settings) as ready:
        line = {"item_code": LINE["item"], "quantity": "1", "unit_price": "1.00"}
        ready.erp.control("orders", SEARCHABLE | {"lines": [line]})
        yield ready


def stored(house: Installation, posting: Posting) -> list[Stored]:
    """Every order of Harbour's tables with the posting's reference."""
    return [each for each in house.oracle.all() if each.reference == posting.reference]


def ran(house: Installation, posting: Posting) -> Posting:
    """The posting after another round of all jobs."""
    for job in ("take_orders", "post_orders", "tell_crm"):
        house.run(job)
    return house.now(posting)


def shown(house: Installation, posting: Posting) -> tuple[str, str]:
    """What the CRM shows of the ERP: number and status."""
    told = house.crm.order(int(posting.order_id))["erp"]
    return told["number"], told["status"]


def sent(house: Installation, path: str) -> int:
    """How many requests with an effect arrived."""
    return sum(line.startswith(f"POST {path} ") for line in house.erp.requests())


def test_a_change_and_a_cancellation_in_the_crm_reach_the_erps_own_tables(house: Installation) -> None:
    """Posted, amended and cancelled: one order in Harbour all the time, and the CRM is told each time."""
    wanted = order()
    (posting,) = house.post(wanted)
    number = posting.document or ""
    house.crm.change(int(posting.order_id), **NEW)
    assert ran(house, posting).state is S.POSTED
    (amended,) = stored(house, posting)
    assert (str(amended.number), house.oracle.differences(wanted | NEW, amended)) == (number, [])
    assert (sent(house, "/so/save"), shown(house, posting)) == (2, (number, "amended"))
    house.crm.change(int(posting.order_id), status="cancelled")
    assert ran(house, posting).state is S.CANCELLED
    (void,) = stored(house, posting)
    assert (void.status, house.oracle.differences(wanted | NEW, void)) == ("Cancelled", [])
    assert (sent(house, "/so/save"), sent(house, "/so/cancel")) == (2, 1)
    assert shown(house, posting) == (number, "cancelled")
    assert house.run("post_orders").counts == {}


@pytest.mark.parametrize(
    ("fault", "state"),
    [
        pytest.param("cut_after", S.POSTED, marks=pytest.mark.sweep),
        pytest.param("cut_before", S.HELD, marks=pytest.mark.sweep),
    ],
)
def test_a_change_whose_answer_is_lost_is_settled_by_reading(
    house: Installation, fault: str, state: PostingState
) -> None:
    """Saved once: found stored, it is posted; found as it was, a person is asked, and the old revision stands."""
    wanted = order()
    (posting,) = house.post(wanted)
    house.crm.change(int(posting.order_id), **NEW)
    house.erp.fault(fault, path="/so/save", method="POST")
    ended = ran(house, posting)
    states = [move.new for move in house.app.store.ledger.history(posting)]
    assert (ended.state, states.count(S.IN_DOUBT)) == (state, 1)
    assert ended.document == posting.document
    (found,) = stored(house, posting)
    assert house.oracle.differences(wanted | NEW if state is S.POSTED else wanted, found) == []
    assert ended.phase is (Phase.NONE if state is S.POSTED else Phase.SENT)


@pytest.mark.parametrize(
    ("fault", "state"), [("cut_after", S.CANCELLED), pytest.param("cut_before", S.HELD, marks=pytest.mark.sweep)]
)
def test_a_cancellation_whose_answer_is_lost_is_settled_by_reading(
    house: Installation, fault: str, state: PostingState
) -> None:
    """Asked for once: found void, it is done; found open, a person is asked."""
    (posting,) = house.post(order())
    house.crm.change(int(posting.order_id), status="cancelled")
    house.erp.fault(fault, path="/so/cancel", method="POST")
    ended = ran(house, posting)
    assert (ended.state, ended.document) == (state, posting.document)
    (found,) = stored(house, posting)
    assert (found.status == "Cancelled") is (state is S.CANCELLED)


def test_what_somebody_changed_in_the_erp_is_not_typed_over(house: Installation) -> None:
    """The document is not what we left there: it waits for a person, with the lock given back."""
    (posting,) = house.post(order())
    number = int(posting.document or "0")
    house.erp.control(f"orders/{number}/status", {"status": "Shipped"})
    house.crm.change(int(posting.order_id), **NEW)
    ended = ran(house, posting)
    assert (ended.state, ended.reason and ended.reason.code) == (S.HELD, "change_refused")
    assert sent(house, "/so/save") == 1

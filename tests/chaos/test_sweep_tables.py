"""Is everything struck alike, and does the sweep's table count against the bridge whatever a fault does not declare?"""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bridge.chaos.arenas import Stored
from bridge.chaos.faults import BY_KEY, FAULTS, FULL_LEDGER, KILLS, RESTARTED, Fault, is_possible
from bridge.chaos.plans import shared_out
from bridge.chaos.points import POINTS
from bridge.chaos.tables import Fate, rows_of, told
from bridge.errors import CannotSettle, Reason, StoredDifferent
from bridge.model.postings import Phase, Posting, PostingState

S = PostingState
NO_YES = (False, True)
AT = datetime(2026, 11, 22, 10, tzinfo=UTC)
PLAIN = Posting(
    id=1,
    reference="SB-1-6",
    erp="harbour",
    crm="sandbox",
    order_id="1",
    order_number="C1",
    revision="1",
    state=S.POSTED,
    phase=Phase.NONE,
    reason=None,
    document="10001",
    attempts=1,
    settle_after=None,
    refusal=None,
    packet=None,
    updated_at=AT,
)
ONE, TWO = (Stored(number, "C1001", "2026-01-02", ()) for number in ("10001", "10002"))
TREE, CUT = BY_KEY["tree-killed"], BY_KEY["cut-reference"]
DIFFERENT = StoredDifferent(erp="harbour", document="10001", differences="").reason
UNSETTLED = CannotSettle(erp="harbour", why="-").reason


def fate(fault: Fault, *documents: Stored, wrong: int = 0, **posting: Any) -> Fate:
    """What became of an order that was struck two seconds before it came to rest."""
    return Fate(replace(PLAIN, **posting), fault, AT.timestamp() - 2, documents, wrong)


def held(reason: Reason, document: str | None) -> dict[str, Any]:
    """A posting that waits for a person."""
    return {"state": S.HELD, "reason": reason, "document": document}


@pytest.mark.parametrize(
    ("found", "bad"),
    [
        (fate(TREE, ONE), set()),
        (fate(TREE, ONE, TWO), {"duplicates", "otherwise"}),
        (fate(TREE), {"lost", "otherwise"}),
        (fate(TREE, ONE, wrong=1), {"wrong"}),
        (fate(TREE, ONE, state=S.PENDING), {"lost", "otherwise"}),
        (fate(TREE, ONE, state=S.IN_DOUBT), {"lost", "in_doubt", "otherwise"}),
        (fate(TREE, ONE, **held(UNSETTLED, None)), {"held", "otherwise"}),
        (fate(CUT, ONE, **held(DIFFERENT, "10001")), {"held"}),
        (fate(CUT, ONE, **held(DIFFERENT, None)), {"held", "otherwise"}),
        (fate(CUT, ONE, **held(UNSETTLED, "10001")), {"held", "otherwise"}),
        (fate(CUT, ONE), {"otherwise"}),
    ],
)
def test_whatever_a_fault_does_not_declare_counts(found: Fate, bad: set[str]) -> None:
    """One order each: what is bad about it stands in its own column, and only what was declared is forgiven."""
    plan = {"C1": (POINTS[0], found.fault)}
    row = rows_of({"C1": found}, plan)[0]
    names = ("duplicates", "lost", "wrong", "in_doubt", "held", "otherwise")
    assert {name for name in names if getattr(row, name)} == bad
    assert row.ok is not bool(bad - {"held"})
    assert bool(told({"C1": found}, plan)) is not row.ok


@pytest.mark.parametrize("hours", [-2, 0, 3])
def test_a_clock_that_jumped_does_not_spoil_the_seconds(hours: int) -> None:
    """Whole hours are what the clock was moved by, and the rest is what recovering took."""
    assert fate(TREE, ONE, updated_at=AT + timedelta(hours=hours)).seconds == pytest.approx(2)


def test_what_cannot_be_struck_is_not_promised() -> None:
    """A server's disk is not ours to fill, and only a server with a command restarts."""
    assert not is_possible(FULL_LEDGER, on_server=True, can_restart=True)
    restarts = [is_possible(RESTARTED, on_server=server, can_restart=can) for server in NO_YES for can in NO_YES]
    assert restarts == [False, False, False, True]


def test_every_fault_has_its_name_and_its_points() -> None:
    """No two faults share a name, and none is struck nowhere."""
    assert len(BY_KEY) == len(FAULTS)
    assert all(fault.points for fault in FAULTS)


def test_orders_are_spread_over_all_points_and_faults() -> None:
    """Few orders meet each fault in turn, each at another point; many meet all alike, give or take one."""
    few, many = shared_out(len(FAULTS), FAULTS), shared_out(1000, FAULTS)
    assert sorted(fault.name for _, fault, _ in few) == sorted(fault.name for fault in FAULTS)
    assert len({point for point, fault, _ in few if fault.points == POINTS}) > len(KILLS)
    counts = [count for *_, count in many]
    assert (sum(counts), max(counts) - min(counts)) == (1000, 1)

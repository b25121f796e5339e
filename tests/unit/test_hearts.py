"""Are our own hands stopped before anybody else may take over, and never for nothing?"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta

import pytest

from bridge.engine.hearts import Heart, Kept
from bridge.errors import LeaseLost, LedgerDown

LEASE = timedelta(hours=9)  # its threads sleep through every test
HOUR = 3600.0
FAULTS = [LedgerDown(name="ledger", why="cut"), OSError("no route")]


@dataclass
class Lease:
    """What is kept alive here: what renewing it meets, how often it was renewed, and whether its hands were stopped."""

    trouble: Exception | None = None
    renewed: int = 0
    stopped: list[str] = field(default_factory=list)

    def beat(self) -> None:
        """Renew it."""
        if self.trouble is not None:
            raise self.trouble
        self.renewed += 1

    def lost(self) -> None:
        """Stop the hands that rely on it."""
        self.stopped.append("hands")


class Watch:
    """A watch that is wound by hand."""

    def __init__(self) -> None:
        self.seconds = 1000.0

    def __call__(self) -> float:
        """What it shows."""
        return self.seconds


@dataclass
class Ward:
    """A heart, its watch, and one lease that it keeps."""

    heart: Heart
    watch: Watch
    lease: Lease
    kept: Kept

    def after(self, hours: float) -> list[str]:
        """The hands that are stopped when so much time has passed."""
        self.watch.seconds += hours * HOUR
        self.heart.watch()
        return self.lease.stopped


@pytest.fixture
def ward() -> Iterator[Ward]:
    """A lease of nine hours that was just taken."""
    watch, lease = Watch(), Lease()
    heart = Heart(LEASE, watch)
    kept = Kept("seat", lease.beat, lease.lost, watch())
    heart.begin(kept)
    yield Ward(heart, watch, lease, kept)
    heart.close()


def test_a_lease_that_is_renewed_keeps_its_hands(ward: Ward) -> None:
    """For as long as it beats, however long that is."""
    for _ in range(5):
        assert ward.after(5) == []
        ward.heart.beat()
    assert ward.lease.renewed == 5


@pytest.mark.parametrize("trouble", FAULTS, ids=["ledger down", "network gone"])
def test_hands_are_stopped_after_two_thirds_of_a_lease_that_cannot_be_renewed(ward: Ward, trouble: Exception) -> None:
    """Others take over after the whole, so that a third is left for stopping; once is enough."""
    ward.lease.trouble = trouble
    ward.heart.beat()
    assert ward.after(5.9) == []
    assert ward.after(0.2) == ["hands"]
    assert ward.after(9) == ["hands"]


def test_what_counts_is_when_a_renewal_was_asked_for(ward: Ward) -> None:
    """A ledger that answers late has renewed from its own moment on, which is not later than the question."""
    slow = ward.lease.beat

    def late() -> None:
        slow()
        ward.watch.seconds += 4 * HOUR

    ward.kept.beat = late
    ward.heart.beat()
    assert ward.after(1.9) == []
    assert ward.after(0.2) == ["hands"]


def test_a_lease_that_somebody_else_has_stops_the_hands_at_once(ward: Ward) -> None:
    """There is nothing to wait for, and nothing to renew any more."""
    ward.lease.trouble = LeaseLost(reference="SB-1")
    ward.heart.beat()
    assert ward.lease.stopped == ["hands"]
    ward.lease.trouble = None
    ward.heart.beat()
    assert (ward.lease.renewed, ward.after(20)) == (0, ["hands"])


def test_a_lease_that_comes_back_is_watched_again(ward: Ward) -> None:
    """A line that was healed and is cut once more stops the hands once more."""
    ward.lease.trouble = FAULTS[0]
    assert ward.after(7) == ["hands"]
    ward.lease.trouble = None
    ward.heart.beat()
    assert ward.after(5) == ["hands"]
    assert ward.after(2) == ["hands", "hands"]


def test_a_lease_that_was_given_up_stops_nobody(ward: Ward) -> None:
    """Its hands may be at other work by now."""
    ward.heart.leave(ward.kept)
    ward.heart.beat()
    assert ward.after(20) == []
    assert ward.lease.renewed == 0


def test_hands_that_cannot_be_stopped_keep_the_others_not(ward: Ward) -> None:
    """Every lease that was lost has its hands stopped, whatever stopping one of them meets."""

    def stuck() -> None:
        raise OSError("no such process")

    other = Lease()
    ward.kept.lost = stuck
    ward.heart.begin(Kept("other", other.beat, other.lost, ward.watch()))
    ward.after(7)
    assert other.stopped == ["hands"]

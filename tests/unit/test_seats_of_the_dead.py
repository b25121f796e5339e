"""Must what a dead worker held wait for its lease? Only where nobody can know that it is dead."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from bridge.errors import LeaseLost, SeatTaken
from bridge.model.postings import Claim, Phase, PostingState
from bridge.store.ledgers import Store, open_ledger
from tests.unit.store.ledger_samples import ERP, MINUTE, StandingClock, order, take

DEAD = "dead"


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """A ledger that knows of one worker that it is dead."""
    url = f"sqlite:///{(tmp_path / 'ledger.sqlite').as_posix()}"
    with open_ledger(url, StandingClock(), lambda worker: worker != DEAD) as opened:
        yield opened


def test_the_seat_of_a_dead_worker_is_free_at_once(store: Store) -> None:
    """Whoever comes next signs on without waiting; from a living worker nobody takes the seat."""
    store.seats.take(ERP, "rpa1", DEAD)
    store.seats.take(ERP, "rpa1", "alive")
    with pytest.raises(SeatTaken):
        store.seats.take(ERP, "rpa1", "other")


def test_what_a_dead_worker_was_typing_goes_on_at_once(store: Store) -> None:
    """Its claim is over before its lease: typed again if nothing was sent, in doubt otherwise; it is fenced off."""
    typing, sent, living = (claim(store, number, worker) for number, worker in enumerate((DEAD, DEAD, "alive"), 1))
    store.ledger.note_phase(sent, Phase.INTENT)
    store.ledger.note_phase(sent, Phase.SENT)
    lapsed = store.ledger.lapsed()
    assert [posting.id for posting in lapsed] == [typing.posting.id, sent.posting.id]
    moved = [store.ledger.recover(posting, "job", None).state for posting in (*lapsed, living.posting)]
    assert moved == [PostingState.PENDING, PostingState.IN_DOUBT, PostingState.CLAIMED]
    with pytest.raises(LeaseLost):
        store.ledger.note_phase(typing, Phase.INTENT)


def claim(store: Store, number: int, worker: str) -> Claim:
    """An order that a worker has claimed for a minute."""
    claim = store.ledger.claim(take(store, order(number)), worker, MINUTE)
    assert claim is not None
    return claim

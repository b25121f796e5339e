"""What if an order kills its host, and takes those down with it that are at hand beside it?"""

import threading
from datetime import timedelta

from bridge.entry import Desk
from bridge.model.postings import Claim, Posting, PostingState
from tests.samples import order
from tests.sandbox.harbour_clerks import eventually
from tests.unit.host_worlds import SECONDS, Floor

S = PostingState
THREE = ("BOT1", "BOT2", "BOT3")


def lose(here: Floor, postings: list[Posting], times: int) -> None:
    """So many hosts die one after another while these are at hand together."""
    for number in range(times):
        claims = [here.store.ledger.claim(each, f"dead-{number}", timedelta(minutes=1)) for each in postings]
        for claim in claims:
            assert claim is not None
            here.store.ledger.release(claim)
            here.store.ledger.recover(claim.posting, "sweep", None)


def hold(here: Floor) -> tuple[list[int], threading.Event]:
    """What comes to hand stays there until the event: the ids, in the order in which they came."""
    begun, gate = list[int](), threading.Event()

    def wait(desk: Desk, claim: Claim) -> Desk:
        begun.append(claim.posting.id)
        assert gate.wait(SECONDS)
        return desk

    here.around = wait
    return begun, gate


def test_after_one_death_all_that_was_at_hand_goes_on_together(here: Floor) -> None:
    """Machines die more often than orders kill them."""
    postings = [here.world.taken(order(number)) for number in range(1, 4)]
    lose(here, postings, 1)
    begun, gate = hold(here)
    with here.working(users=THREE, seats=3):
        eventually(lambda: len(begun) == 3, SECONDS)
        gate.set()
        for posting in postings:
            here.until(posting, S.POSTED)


def test_after_more_deaths_no_two_that_may_kill_are_at_hand_together(here: Floor) -> None:
    """The next death is that of the one at hand alone, so the others are given up for none of it; new ones go on."""
    suspects = [here.world.taken(order(number)) for number in range(1, 4)]
    lose(here, suspects, 2)
    fresh, name = here.world.taken(order(4)), here.world.profile.name
    begun, gate = hold(here)
    with here.working(users=THREE, seats=3) as host:
        eventually(lambda: len(begun) == 2, SECONDS)
        eventually(lambda: len(here.store.ledger.due(name, here.clock.now())) == 2, SECONDS)
        assert host.refill() == 0
        assert begun == [fresh.id, suspects[0].id]
        gate.set()
        for posting in (fresh, *suspects):
            here.until(posting, S.POSTED)

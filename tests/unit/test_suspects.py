"""What if an order kills its host, and takes those down with it that are at hand beside it?"""

import threading
from datetime import timedelta

from sqlalchemy import update

from bridge.entry import Desk
from bridge.model.postings import Claim, Posting, PostingState
from bridge.store.tables import postings
from tests.samples import order
from tests.sandbox.harbour_clerks import eventually
from tests.unit.host_worlds import SECONDS, Floor

S = PostingState
THREE = ("BOT1", "BOT2", "BOT3")


def lose(here: Floor, orders: list[Posting], times: int) -> None:
    """So many hosts die one after another while these are at hand together."""
    for number in range(times):
        claims = [here.store.ledger.claim(each, f"dead-{number}", timedelta(minutes=1)) for each in orders]
        for claim in claims:
            assert claim is not None
            here.store.ledger.release(claim)
            here.store.ledger.recover(claim.posting, "sweep", None)


def rest(here: Floor, still: timedelta) -> None:
    """Whatever rests does so for so long from now."""
    with here.store.database.writing() as connection:
        until = here.clock.now() + still
        connection.execute(update(postings).where(postings.c.not_before.is_not(None)).values(not_before=until))


def hold(here: Floor) -> tuple[list[int], list[threading.Event]]:
    """Whatever comes to hand stays there until its own event: the ids in the order in which they came, the events."""
    begun, gates = list[int](), [threading.Event() for _ in range(9)]

    def wait(desk: Desk, claim: Claim) -> Desk:
        begun.append(claim.posting.id)
        assert gates[len(begun) - 1].wait(SECONDS)
        return desk

    here.around = wait
    return begun, gates


def go_on(gates: list[threading.Event]) -> None:
    """Nothing stays at hand any more."""
    for gate in gates:
        gate.set()


def test_after_one_death_all_that_was_at_hand_goes_on_together(here: Floor) -> None:
    """Machines die more often than orders kill them."""
    orders = [here.world.taken(order(number)) for number in range(1, 4)]
    lose(here, orders, 1)
    begun, gates = hold(here)
    with here.working(users=THREE, seats=3):
        eventually(lambda: len(begun) == 3, SECONDS)
        go_on(gates)
        for posting in orders:
            here.until(posting, S.POSTED)


def test_after_more_deaths_each_is_at_hand_alone(here: Floor) -> None:
    """What is at hand already ends first, and new orders wait: the next death is that of one order alone."""
    suspects = [here.world.taken(order(number)) for number in (1, 2)]
    lose(here, suspects, 2)
    rest(here, timedelta(hours=1))
    fresh, name = here.world.taken(order(4)), here.world.profile.name
    begun, gates = hold(here)
    with here.working(users=THREE, seats=3) as host:
        eventually(lambda: begun == [fresh.id], SECONDS)
        rest(here, timedelta())
        assert len(here.store.ledger.due(name, here.clock.now())) == 2
        assert host.refill() == 0
        for number, suspect in enumerate(suspects):
            gates[number].set()
            eventually(lambda suspect=suspect: begun[-1] == suspect.id, SECONDS)  # type: ignore[misc]
        new = here.world.taken(order(5))
        assert host.refill() == 0
        go_on(gates)
        for posting in (*suspects, new):
            here.until(posting, S.POSTED)

"""Which order is changed or cancelled after it was posted, and who sees to it?"""

from dataclasses import replace
from decimal import Decimal

from bridge.model.orders import Order, OrderStatus
from bridge.model.postings import Posting, PostingState
from tests.samples import document_of_hand, line, order
from tests.unit.entry_worlds import World

S = PostingState
ORDER = order()
NEWER = replace(ORDER, lines=(line(quantity=Decimal(7)),))
VOID = replace(ORDER, status=OrderStatus.CANCELLED)
REFUSAL = "SO-150 Credit limit exceeded"


def posted(world: World, wanted: Order = ORDER) -> Posting:
    """The order, posted."""
    posting = world.taken(wanted)
    world.work()
    assert world.now(posting).state is S.POSTED
    return posting


def shows(world: World, now: Order) -> None:
    """The CRM shows it so now, and the job has read it."""
    world.crm.put(now)
    world.take(now)


def number(world: World, posting: Posting) -> str:
    """The number of the document."""
    found = world.now(posting).document
    assert found is not None
    return found


def news(world: World) -> list[str]:
    """What the CRM is told, in order."""
    outbox, told = world.store.outbox, []
    while waiting := outbox.waiting(world.crm.code):
        told.append(waiting[0].status)
        outbox.told(waiting[0])
    return told


def as_new(world: World, its: str) -> None:
    """Somebody brought the document to the new revision."""
    hand = document_of_hand(NEWER, "")
    world.erp.change(its, lines=hand.lines, total=hand.total)


def locked(world: World, its: str) -> None:
    """Somebody has it open, and goes home."""
    world.erp.sessions["MARY"] = 1
    world.erp.lock(its, "MARY", 1)

"""What would be typed, and would the screen show it? Steps 2 to 5 and no further."""

from dataclasses import dataclass

from bridge.entry.desks import Desk
from bridge.entry.searches import numbers
from bridge.errors import OrderGone
from bridge.model.comparisons import form_differences, form_of
from bridge.model.forms import Difference, Form
from bridge.model.orders import Order
from bridge.model.postings import Posting
from bridge.model.rules import first_problem
from bridge.ports import Search


@dataclass(frozen=True)
class Rehearsal:
    """What a dry run showed: what would be typed, what the screen showed, and what differs."""

    wanted: Form
    shown: Form
    differences: tuple[Difference, ...]
    already: str | None
    packet: str


def rehearse(desk: Desk, posting: Posting) -> Rehearsal:
    """Steps 2 to 5 and no further: types and reads back, never saves, and writes nothing to the ledger."""
    order: Order | None = desk.crm.order(posting.order_id)
    if order is None:
        raise OrderGone
    cross = desk.ledger.cross_references(posting.erp)
    problem = first_problem(order, desk.profile, cross)
    if problem is not None:
        raise problem
    found = [row for row in desk.bot.search(Search(reference=posting.reference)) if row.reference == posting.reference]
    wanted = form_of(order, posting.reference, desk.profile, cross)
    desk.bot.open_entry(posting.reference)
    shown = desk.bot.type_order(wanted)
    packet = desk.evidence.open_packet(posting.erp, posting.reference, posting.attempts)
    packet.add(desk.bot.capture("filled"), desk.worker)
    desk.bot.abandon_entry()
    return Rehearsal(wanted, shown, form_differences(wanted, shown, desk.profile), numbers(found) or None, packet.path)

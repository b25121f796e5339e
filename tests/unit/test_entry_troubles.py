"""Does it matter when trouble comes? Every kind of it, at every moment of an attempt, against the design's table."""

from collections.abc import Iterator

import pytest

from bridge.errors import CustomerUnknown, ErpDown, LeaseLost, SaveUnanswered, StorageFull, TextTooLong
from bridge.model.postings import Phase
from tests.unit.entry_sweeps import (
    ABSENT,
    FIRST,
    FOUND,
    NUMBERED,
    REFUSED,
    RETYPED,
    VERIFIED,
    Blow,
    Journey,
    Moment,
    Outcome,
    cancelling,
    changing,
    death,
    moments,
    overtaken,
    raising,
    removing,
    seat_death,
    stopping,
    swept,
    taken_over,
)
from tests.unit.entry_worlds import Opened, books

# the whole table: where trouble leaves an order by the phase in the ledger
LEFT = {
    Phase.NONE: "pending",
    Phase.INTENT: "pending",
    Phase.SENT: "in_doubt",
    Phase.NUMBERED: "pending",
    Phase.VERIFIED: "pending",
}
UNSENT = (Phase.NONE, Phase.INTENT)
# where it comes to rest, by what is true of the order in the ERP
POSTED = "posted"
NOBODY_KNOWS = "held (cannot_settle)"

# each kind with the ports whose calls can bring it, or with all, so that no kind is ever judged by its type
EVERYWHERE: tuple[str, ...] = ()
STEPS = ("crm", "bot", "erp", "ledger.stopped", "ledger.note_phase", "ledger.end")
DOWN = raising(ErpDown, erp="erp", address="http://erp")
ERRORS: dict[str, tuple[Blow, tuple[str, ...]]] = {
    "the ERP is down": (DOWN, EVERYWHERE),
    "an answer is lost": (raising(SaveUnanswered, why="cut"), ("bot", "erp")),
    "the disk is full": (raising(StorageFull, what="ledger"), ("ledger", "packet", "evidence")),
    "the seat dies": (seat_death, ("bot", "erp")),
    "the process dies": (death, EVERYWHERE),
    "the lease is lost": (raising(LeaseLost, reference="FK-1"), ("ledger",)),
}
LATER = (NUMBERED, VERIFIED, FOUND, ABSENT, RETYPED, REFUSED)


@pytest.fixture(scope="module")
def opened() -> Iterator[Opened]:
    """A ledger with its clock."""
    with books() as ready:
        yield ready


def by_the_table(moment: Moment) -> Outcome:
    """What the design says of a new order, where an absence waits for a person."""
    if moment.ended:
        return Outcome(POSTED, POSTED, 1, 1)
    if moment.phase is Phase.SENT and not moment.arrived:
        return Outcome("in_doubt", NOBODY_KNOWS, 0, 0)
    return Outcome(LEFT[moment.phase], POSTED, 1, 1)


def later_by_the_table(journey: Journey, moment: Moment, *, decided: bool) -> Outcome:
    """What the design says of an order that had come further; what was decided already, stays."""
    stored = 0 if journey in (ABSENT, RETYPED, REFUSED) else 1
    rest = {ABSENT: NOBODY_KNOWS, REFUSED: "rejected (refused_by_erp)"}.get(journey, POSTED)
    left = {RETYPED: "pending"}.get(journey, rest) if moment.ended or decided else LEFT[moment.phase]
    requests = 2 if journey is RETYPED else 1
    return Outcome(left, rest, 1 if journey is RETYPED else stored, requests)


def test_the_moments_are_those_of_the_nine_steps(opened: Opened) -> None:
    """The sweep sees each step, in its order, and the phases between them, each with its proof kept before."""
    seen = moments(opened, FIRST)
    calls = [moment.point.call for moment in seen]
    steps = ["crm.order#1", "bot.search#1", "bot.open_entry#1", "bot.type_order#1", "crm.order#2", "bot.search#3"]
    steps += ["ledger.note_phase#1", "bot.save#1", "ledger.stopped#1", "ledger.note_phase#2", "erp.receive#1"]
    steps += ["ledger.note_phase#3", "bot.read_document#1", "ledger.note_phase#4", "ledger.end_posted#1"]
    assert [calls.index(step) for step in steps] == sorted(calls.index(step) for step in steps)
    proofs = ["ledger.note_evidence#1", "ledger.note_phase#1"], ["ledger.note_evidence#3", "ledger.note_phase#4"]
    assert all(calls.index(proof) < calls.index(phase) for proof, phase in proofs)
    assert [phase for phase in Phase if any(moment.phase is phase for moment in seen)] == list(Phase)


@pytest.mark.parametrize("kind", ERRORS)
def test_trouble_leaves_the_order_where_the_table_says(opened: Opened, kind: str) -> None:
    """Whatever happens and whenever: the phase in the ledger decides, and the order is stored once or held."""
    blow, ports = ERRORS[kind]
    assert swept(opened, FIRST, blow, by_the_table, ports) == {}


@pytest.mark.parametrize("journey", LATER, ids=lambda journey: journey.name)
@pytest.mark.parametrize("blow", [DOWN, death], ids=["the ERP is down", "the process dies"])
def test_a_later_attempt_is_struck_as_harmlessly(opened: Opened, journey: Journey, blow: Blow) -> None:
    """Settling and verifying can fail at every moment too; then they are done again, and nothing is saved."""

    def expected(moment: Moment) -> Outcome:
        return later_by_the_table(journey, moment, decided=blow is not death and moment.stopping)

    assert swept(opened, journey, blow, expected) == {}


def test_a_lost_lease_never_sends(opened: Opened) -> None:
    """Once another host took the order over, this attempt ends at its next step and no Save leaves it any more."""

    def expected(moment: Moment) -> Outcome:
        return Outcome(POSTED if moment.ended else LEFT[moment.phase], POSTED, 1, 1)

    assert swept(opened, FIRST, taken_over, expected, STEPS) == {}


def test_a_faster_host_is_never_disturbed(opened: Opened) -> None:
    """Where another host carried the order to its end meanwhile, the slow one adds nothing to the ERP or the ledger."""

    def expected(moment: Moment) -> Outcome:
        if moment.phase is Phase.SENT and not moment.arrived:
            return Outcome(NOBODY_KNOWS, NOBODY_KNOWS, 0, 0)
        return Outcome(POSTED, POSTED, 1, 1)

    assert swept(opened, FIRST, overtaken, expected, STEPS) == {}


def test_stop_lets_nothing_leave(opened: Opened) -> None:
    """From the moment of a stop no Save leaves; what had left is read to its end, and the rest goes on afterwards."""

    def expected(moment: Moment) -> Outcome:
        return Outcome("pending" if moment.phase in UNSENT else POSTED, POSTED, 1, 1)

    assert swept(opened, FIRST, stopping, expected, STEPS) == {}


@pytest.mark.parametrize(
    ("blow", "left"),
    [(changing, "pending"), (cancelling, "cancelled (order_cancelled)"), (removing, "cancelled (order_gone)")],
)
def test_a_change_in_the_crm_is_seen_up_to_the_last_reading(opened: Opened, blow: Blow, left: str) -> None:
    """An order that changes or goes while it is typed is not saved as it was; the new one is typed afresh."""

    def expected(moment: Moment) -> Outcome:
        if moment.read >= 2:
            return Outcome(POSTED, POSTED, 1, 1)
        return Outcome(left, POSTED, 1, 1) if left == "pending" else Outcome(left, left, 0, 0)

    assert swept(opened, FIRST, blow, expected, STEPS) == {}


@pytest.mark.parametrize(
    ("blow", "left"),
    [
        (raising(CustomerUnknown, erp="erp", customer="C"), "held (customer_unknown)"),
        (raising(TextTooLong, field="f", length="9", most="8", text="t", erp="erp"), "rejected (text_too_long)"),
    ],
)
def test_a_business_fact_ends_the_attempt_until_the_order_was_sent(opened: Opened, blow: Blow, left: str) -> None:
    """A fact about the order holds or rejects it only while nothing was sent; afterwards it rejects nothing."""

    def expected(moment: Moment) -> Outcome:
        if moment.phase in UNSENT:
            return Outcome(left, left, 0, 0)
        if moment.phase is Phase.SENT or moment.ended:
            return by_the_table(moment)
        held = f"held ({left.partition('(')[2]}"
        return Outcome(held, held, 1, 1)

    assert swept(opened, FIRST, blow, expected, STEPS) == {}

"""Does it matter when trouble comes to a change of what is posted? Every kind of it, at every moment."""

import os
from collections.abc import Iterator
from dataclasses import replace

import pytest

from bridge.errors import BridgeError, ErpDown, LeaseLost, SaveUnanswered, StorageFull
from bridge.model.orders import OrderStatus
from bridge.model.postings import Phase, Posting
from tests.unit.entry_sweeps import (
    AMENDED,
    CANCELLED,
    DELETED,
    FIRST,
    NEW,
    ORDER,
    Blow,
    Journey,
    Moment,
    Outcome,
    cancelling,
    death,
    known_as,
    later,
    moments,
    overtaken,
    raising,
    seat_death,
    stopping,
    swept,
    taken_over,
)
from tests.unit.entry_worlds import Opened, World, books

LEFT = {
    Phase.NONE: "pending",
    Phase.INTENT: "pending",
    Phase.SENT: "in_doubt",
    Phase.NUMBERED: "pending",
    Phase.VERIFIED: "pending",
}
UNSENT = (Phase.NONE, Phase.INTENT)
NOBODY_KNOWS = "held (cannot_settle)"
GONE = "cancelled (order_cancelled)"
CHANGES = (AMENDED, CANCELLED, DELETED)
STEPS = ("crm", "bot", "erp", "ledger.stopped", "ledger.note_phase", "ledger.end")
DOWN = raising(ErpDown, erp="erp", address="http://erp")
ERRORS: dict[str, tuple[Blow, tuple[str, ...]]] = {
    "the ERP is down": (DOWN, ()),
    "an answer is lost": (raising(SaveUnanswered, why="cut"), ("bot", "erp")),
    "the disk is full": (raising(StorageFull, what="ledger"), ("ledger", "packet", "evidence")),
    "the seat dies": (seat_death, ("bot", "erp")),
    "the process dies": (death, ()),
    "the lease is lost": (raising(LeaseLost, reference="FK-1"), ("ledger",)),
}
LONG = os.environ.get("ERPBRIDGE_CHAOS") == "long"
SHORT = [AMENDED, pytest.param(DELETED, marks=pytest.mark.sweep)]
by_name = pytest.mark.parametrize("journey", CHANGES if LONG else SHORT, ids=lambda journey: journey.name)
KINDS = [
    pytest.param(kind, journey, id=f"{journey.name}: {kind}", marks=[] if journey is AMENDED else pytest.mark.sweep)
    for kind in ERRORS
    for journey in CHANGES
    if LONG or journey is AMENDED or kind == "the process dies"
]
LATER = [
    pytest.param(blow, far, id=f"{far.name}: {name}", marks=[] if each is AMENDED else pytest.mark.sweep)
    for name, blow in (("the ERP is down", DOWN), ("the process dies", death))
    for each in CHANGES
    for far in later(each)
    if LONG or (blow is death and (each is AMENDED or far.phase is Phase.SENT))
]


@pytest.fixture(scope="module")
def opened() -> Iterator[Opened]:
    """A ledger with its clock."""
    with books() as ready:
        yield ready


def done(journey: Journey, left: str = "", requests: int = 2) -> Outcome:
    """The change came to its end: the first Save and the change were requested, each once."""
    end, live = ("posted", 1) if journey.name.startswith("changed") else (GONE, 0)
    return Outcome(left or end, end, live, requests)


def by_the_table(journey: Journey, moment: Moment) -> Outcome:
    """What the design says of a change, where one that was not stored waits for a person."""
    if moment.ended:
        return done(journey)
    if moment.phase is Phase.SENT and not moment.arrived:
        return Outcome("in_doubt", NOBODY_KNOWS, 1, 1)
    return done(journey, LEFT[moment.phase])


def test_the_moments_are_those_of_the_steps(opened: Opened) -> None:
    """A change reads the order, expects the old document, types, reads the order again, sends once and verifies."""
    calls = [moment.point.call for moment in moments(opened, AMENDED)]
    steps = ["crm.order#1", "bot.read_document#1", "bot.open_change#1", "bot.type_change#1", "crm.order#2"]
    steps += ["ledger.note_phase#1", "bot.save_change#1", "ledger.stopped#1", "ledger.note_phase#2", "erp.receive#1"]
    steps += ["ledger.note_phase#3", "bot.read_document#2", "ledger.note_phase#4", "ledger.end_posted#1"]
    assert [calls.index(step) for step in steps] == sorted(calls.index(step) for step in steps)
    calls = [moment.point.call for moment in moments(opened, CANCELLED)]
    steps = ["crm.order#1", "bot.read_document#1", "bot.open_change#1", "crm.order#2", "ledger.note_phase#1"]
    steps += [
        "bot.cancel_document#1",
        "ledger.note_phase#2",
        "erp.receive#1",
        "ledger.note_phase#3",
        "bot.read_document#2",
    ]
    steps += ["ledger.note_phase#4", "ledger.end_void#1"]
    assert [calls.index(step) for step in steps] == sorted(calls.index(step) for step in steps)


@pytest.mark.parametrize(("kind", "journey"), KINDS)
def test_trouble_leaves_a_change_where_the_table_says(opened: Opened, kind: str, journey: Journey) -> None:
    """Whatever happens and whenever: the document is the old revision or the new one, changed once, or held."""
    blow, ports = ERRORS[kind]
    assert swept(opened, journey, blow, lambda moment: by_the_table(journey, moment), ports) == {}


@pytest.mark.parametrize(("blow", "journey"), LATER)
def test_a_later_attempt_at_a_change_is_struck_as_harmlessly(opened: Opened, journey: Journey, blow: Blow) -> None:
    """Settling and verifying can fail at every moment too; then they are done again, and nothing is sent twice."""

    def expected(moment: Moment) -> Outcome:
        decided = moment.ended or (blow is not death and moment.stopping)
        whole = done(journey, requests=3 if "retyped" in journey.name else 2)
        refused = "held (change_refused)" if whole.live == 0 else "rejected (refused_by_erp)"
        rest = {"absent": NOBODY_KNOWS, "refused": refused}.get(journey.name.rpartition(" ")[2])
        if rest is not None:
            whole = Outcome(rest, rest, 1, 2)
        left = "pending" if "retyped" in journey.name else whole.rest
        return replace(whole, left=left if decided else LEFT[moment.phase])

    assert swept(opened, journey, blow, expected) == {}


@by_name
def test_a_lost_lease_sends_no_change(opened: Opened, journey: Journey) -> None:
    """Once another host took it over, this attempt ends at its next step and nothing leaves it any more."""

    def expected(moment: Moment) -> Outcome:
        return done(journey, "" if moment.ended else LEFT[moment.phase])

    assert swept(opened, journey, taken_over, expected, STEPS) == {}


@by_name
def test_a_faster_host_is_never_disturbed_in_a_change(opened: Opened, journey: Journey) -> None:
    """Where another host carried the change to its end meanwhile, the slow one adds nothing to it."""

    def expected(moment: Moment) -> Outcome:
        if moment.phase is Phase.SENT and not moment.arrived:
            return Outcome(NOBODY_KNOWS, NOBODY_KNOWS, 1, 1)
        return done(journey)

    assert swept(opened, journey, overtaken, expected, STEPS) == {}


@by_name
def test_stop_lets_no_change_leave(opened: Opened, journey: Journey) -> None:
    """From the moment of a stop no change leaves; what had left is read to its end, and the rest goes on afterwards."""

    def expected(moment: Moment) -> Outcome:
        return done(journey, "pending" if moment.phase in UNSENT else "")

    assert swept(opened, journey, stopping, expected, STEPS) == {}


# --- what the CRM says meanwhile ------------------------------------------------------------------------------------


def test_an_order_known_to_be_cancelled_is_never_entered(opened: Opened) -> None:
    """From the moment the ledger knows it nothing is saved; what had left is cancelled in the ERP once it is posted."""

    def expected(moment: Moment) -> Outcome:
        if moment.phase in UNSENT:
            return Outcome(GONE, GONE, 0, 0)
        return Outcome(GONE if moment.ended else "pending", GONE, 0, 2)

    blow = known_as(status=OrderStatus.CANCELLED)
    found = swept(opened, FIRST, blow, lambda moment: replace(expected(moment), left=""), STEPS, left=False)
    assert found == {}


def test_an_order_known_to_be_cancelled_is_never_amended(opened: Opened) -> None:
    """Up to the leave the old revision is cancelled instead; after it the new one is."""

    def expected(moment: Moment) -> Outcome:
        return Outcome("", GONE, 0, 2 if moment.phase in UNSENT else 3)

    blow = known_as(**NEW, status=OrderStatus.CANCELLED)
    assert swept(opened, AMENDED, blow, expected, STEPS, left=False) == {}


def test_a_cancellation_in_the_crm_is_seen_up_to_the_last_reading(opened: Opened) -> None:
    """Also where nobody has told the ledger: the CRM itself is asked before typing and before Save."""

    def expected(moment: Moment) -> Outcome:
        return done(AMENDED) if moment.read >= 2 else Outcome("pending", GONE, 0, 2)

    assert swept(opened, AMENDED, cancelling, expected, STEPS) == {}


def test_an_order_that_changes_again_is_never_saved_in_between(opened: Opened) -> None:
    """A revision that is known to be overtaken does not leave; the newest is what the ERP holds in the end."""

    def expected(moment: Moment) -> Outcome:
        return Outcome("", "posted", 1, 2 if moment.phase in UNSENT else 3)

    blow = known_as(lines=ORDER.lines[1:], remarks="changed again")
    assert swept(opened, AMENDED, blow, expected, STEPS, left=False) == {}


@pytest.mark.parametrize("journey", [CANCELLED, DELETED], ids=lambda journey: journey.name)
def test_an_order_that_comes_back_to_life_is_not_cancelled(opened: Opened, journey: Journey) -> None:
    """Up to the leave it stays as it is; after it a void document holds the order, and without one it is typed anew."""

    def expected(moment: Moment) -> Outcome:
        if moment.phase in UNSENT:
            return Outcome("", "posted", 1, 1)
        return Outcome("", "held (found_void)", 0, 2) if journey is CANCELLED else Outcome("", "posted", 1, 3)

    assert swept(opened, journey, known_as(), expected, STEPS, left=False) == {}


@by_name
def test_a_business_fact_ends_a_change_until_it_was_sent(opened: Opened, journey: Journey) -> None:
    """Whatever the fact: while the ERP holds the document nothing says that the order is done with."""

    def expected(moment: Moment) -> Outcome:
        held = "held (order_gone)"
        if moment.phase in UNSENT:
            return Outcome(held, held, 1, 1)
        if moment.phase is Phase.SENT or moment.ended:
            return by_the_table(journey, moment)
        return replace(done(journey), left=held, rest=held)

    gone = raising(next(kind for kind in BridgeError.kinds.values() if kind.code == "order_gone"))
    assert swept(opened, journey, gone, expected, STEPS) == {}


# --- what clerks do meanwhile ---------------------------------------------------------------------------------------


def edited(world: World, posting: Posting) -> None:
    """A clerk has the terms of the document changed, whether the ERP's lock keeps others off it or not."""
    document = world.now(posting).document or ""
    if document in world.erp.documents:
        world.erp.change(document, others={"terms": "60"})


@pytest.mark.parametrize("journey", [CANCELLED, DELETED], ids=lambda journey: journey.name)
def test_what_a_clerk_changes_up_to_the_press_is_not_cancelled(opened: Opened, journey: Journey) -> None:
    """What the ERP shows just before the press is what was expected, or nothing is pressed and a person is asked."""
    points = [str(moment.point) for moment in moments(opened, journey)]
    pressed = points.index("before ledger.stopped#1")  # what leave is asked for is no longer looked at
    kept = Outcome("", "held (found_different)", 1, 1, ("no revision of the order",))

    def expected(moment: Moment) -> Outcome:
        return kept if points.index(str(moment.point)) < pressed else Outcome("", GONE, 0, 2)

    assert swept(opened, journey, edited, expected, STEPS, left=False) == {}

"""Are stored documents changed and cancelled through a seat's pipe as by the bot itself, leave included?"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import pytest

from bridge.clocks import SystemClock
from bridge.engine.seat_processes import require_procedures
from bridge.engine.seats import LIMITS, Seat
from bridge.errors import ChangeRefused, InvalidConfig, ProcedureMissing, StopOrdered
from bridge.model.comparisons import document_differences, form_differences, form_of
from bridge.model.documents import DocumentStatus
from bridge.model.mapping import CrossReferences
from bridge.model.orders import Order
from bridge.model.profiles import PROCEDURES
from bridge.ports import Answer, ErpBot, SeatPlan
from tests.contracts.erp_worlds import PASSWORD, USER
from tests.samples import harbour, order
from tests.sandbox.harbour_clerks import Harbour
from tests.sandbox.harbour_clerks import harbour as running_harbour

NONE = CrossReferences()
OLD = order()
NEW = replace(OLD, lines=OLD.lines[:1], po_number="PO 2")
REFERENCE = "SC-0001-X"
FORMS = replace(harbour(), bot="bots.harbour_forms:HarbourForms")


@contextmanager
def at_seat(erp: Harbour, bot: str = FORMS.bot) -> Iterator[Seat]:
    """A seat in a process of its own, signed on."""
    seat = Seat(SeatPlan(replace(FORMS, bot=bot), erp.url, USER, PASSWORD), SystemClock())
    try:
        seat.sign_on()
        yield seat
    finally:
        seat.end()


@pytest.fixture(scope="module")
def erp(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Harbour]:
    """A toy Harbour."""
    with running_harbour(tmp_path_factory.mktemp("erp")) as running:
        yield running


@pytest.fixture(scope="module")
def seat(erp: Harbour) -> Iterator[Seat]:
    """One seat for this file."""
    with at_seat(erp) as ready:
        yield ready


def entered(seat: Seat, wanted: Order = OLD) -> str:
    """The number of an order typed through the seat."""
    seat.open_entry(REFERENCE)
    seat.type_order(form_of(wanted, REFERENCE, FORMS, NONE))
    number = seat.save(lambda: True).number
    assert number is not None
    return number


def test_a_change_goes_through_the_pipe(seat: Seat) -> None:
    """What the document held, what the form shows, one leave, and the number come back as values."""
    number, asked = entered(seat), []

    def leave() -> bool:
        asked.append(number)
        return True

    assert document_differences(OLD, REFERENCE, seat.open_change(number), FORMS, NONE) == ()
    form = form_of(NEW, REFERENCE, FORMS, NONE)
    assert form_differences(form, seat.type_change(form), FORMS) == ()
    assert (seat.save_change(leave), asked) == (Answer(number), [number])
    assert document_differences(NEW, REFERENCE, seat.read_document(number), FORMS, NONE) == ()


def test_a_cancellation_goes_through_the_pipe(seat: Seat) -> None:
    """The parent's no reaches the bot, its yes cancels, and what is cancelled is refused by its own error."""
    number = entered(seat)
    seat.open_change(number)
    with pytest.raises(StopOrdered):
        seat.cancel_document(lambda: False)
    seat.sign_on()
    assert seat.read_document(number).status is DocumentStatus.OPEN
    seat.open_change(number)
    assert seat.cancel_document(lambda: True) == Answer(number)
    assert seat.read_document(number).status is DocumentStatus.CANCELLED
    with pytest.raises(ChangeRefused) as refused:
        seat.open_change(number)
    assert refused.value.params["document"] == number


def test_an_abandoned_change_leaves_no_lock(seat: Seat, erp: Harbour) -> None:
    """The seat's lock is there while the form is open, and gone afterwards."""
    number = entered(seat)
    seat.open_change(number)
    assert [lock["order_number"] for lock in erp.rows("SELECT * FROM locks")] == [int(number)]
    seat.abandon_change()
    assert erp.rows("SELECT * FROM locks") == []


def test_every_call_of_the_port_has_its_time() -> None:
    """A call without a limit could hang for ever."""
    calls = {name for name in vars(ErpBot) if not name.startswith("_")}
    assert calls <= set(LIMITS)
    assert {method for methods in PROCEDURES.values() for method in methods} <= calls


@pytest.mark.browser
def test_a_bot_without_the_procedure_says_so(erp: Harbour) -> None:
    """It neither guesses nor tries: the order is a person's."""
    with at_seat(erp, "bots.bot:Bot") as plain:
        for call in (
            lambda: plain.open_change("10001"),
            lambda: plain.type_change(form_of(OLD, REFERENCE, FORMS, NONE)),
            lambda: plain.save_change(lambda: True),
            plain.abandon_change,
            lambda: plain.cancel_document(lambda: True),
        ):
            with pytest.raises(ProcedureMissing):
                call()


@pytest.mark.parametrize("bot", ["bots.bot:Bot", "tests.unit.seat_bots:Clerk"])
def test_a_profile_promises_no_procedure_that_its_bot_lacks(bot: str) -> None:
    """Every method that only stands in, or is not there at all, is told; without a promise nothing is."""
    with pytest.raises(InvalidConfig) as faults:
        require_procedures(replace(FORMS, bot=bot))
    told = faults.value.lines()
    assert [each.rpartition(" ")[2] for each in told] == [*PROCEDURES["amend"], *PROCEDURES["cancel"]]
    require_procedures(replace(FORMS, bot=bot, procedures=frozenset()))


@pytest.mark.parametrize("bot", ["bots.harbour:Harbour", "bots.sql_ledger:SqlLedger", FORMS.bot])
def test_the_bots_that_promise_procedures_have_them(bot: str) -> None:
    """As shipped."""
    require_procedures(replace(FORMS, bot=bot))

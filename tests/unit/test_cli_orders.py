"""Can a person decide about every order, and about none what must not be decided?"""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import tomli_w

from bridge.app import App
from bridge.cli.order_tables import TABLE
from bridge.errors import CannotSettle, CustomerUnknown
from bridge.model.orders import Order
from bridge.model.postings import Claim, Phase, Posting, PostingState
from bridge.settings import keep_secret, load_settings
from tests.installations import configuration
from tests.unit.command_lines import CommandLine
from tests.unit.store.ledger_samples import document, order

NOBODY = "http://127.0.0.1:9"
ERP, WORKER = "harbour", "job:post_orders@elsewhere:1:aaaaaa.bbbb.cccc"
S = PostingState
Doubtful = Callable[[App, Posting], Posting]
LEASE = timedelta(hours=1)
DECIDE = ("-r", "已核对 & checked")


@pytest.fixture
def app(tmp_path: Path) -> Iterator[App]:
    """An installation whose CRM and ERP do not answer."""
    content = configuration(tmp_path, NOBODY, NOBODY)
    (tmp_path / "erpbridge.toml").write_text(tomli_w.dumps(content), encoding="utf-8")
    app = App(load_settings(tmp_path / "erpbridge.toml"))
    keep_secret("crm.sandbox", "key", app.settings)
    keep_secret("erp.harbour", "password", app.settings)
    yield app
    app.close()


@pytest.fixture
def erpbridge(app: App, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> CommandLine:
    """The command line of that installation, in English."""
    monkeypatch.setenv("ERPBRIDGE_LANGUAGE", "en")
    return CommandLine(app.settings.folder / "erpbridge.toml", capsys)


def placed(number: int) -> Order:
    """An order of the installation's CRM."""
    return order(number, crm="sandbox")


def taken(app: App, number: int = 1, state: PostingState = S.PENDING) -> Posting:
    """An order of the ledger in a state that taking can give it."""
    reason = None if state is S.PENDING else CustomerUnknown(customer="C-7", erp=ERP).reason
    return app.store.ledger.take(placed(number), ERP, f"SB-{number}", state, reason, "job:take_orders").posting


def claimed(app: App, posting: Posting) -> Claim:
    """The order in somebody's hands."""
    claim = app.store.ledger.claim(posting, WORKER, LEASE)
    assert claim is not None
    return claim


def in_doubt(app: App, posting: Posting) -> Posting:
    """An order that was sent and not answered."""
    claim = claimed(app, posting)
    app.store.ledger.note_phase(claim, Phase.INTENT)
    app.store.ledger.note_phase(claim, Phase.SENT)
    return app.store.ledger.end(claim, S.IN_DOUBT, WORKER, settle_after=datetime(2026, 1, 1, tzinfo=UTC))


def held_in_doubt(app: App, posting: Posting) -> Posting:
    """The same, held for a person."""
    reason = CannotSettle(erp=ERP, why="The profile declares no lags.").reason
    return app.store.ledger.move(in_doubt(app, posting), S.HELD, WORKER, reason)


def posted(app: App, posting: Posting) -> Posting:
    """An order that is in the ERP."""
    claim = claimed(app, posting)
    return app.store.ledger.end_posted(claim, document(), WORKER)


def stand(app: App, posting: Posting) -> tuple[str, str]:
    """State and phase of the order now."""
    now = app.store.ledger.posting(posting.id)
    return now.state.value, now.phase.value


def last_move(app: App, posting: Posting) -> tuple[str, str]:
    """Who moved the order last, and why."""
    move = app.store.ledger.history(posting)[-1]
    return move.actor, str(move.reason.params.get("why")) if move.reason else ""


def test_orders_are_listed_oldest_first_and_by_state(app: App, erpbridge: CommandLine) -> None:
    """For programs every value, for people a table with the reason in their words."""
    pending, held = taken(app, 1), taken(app, 2, S.HELD)
    listed = erpbridge("orders", "list", "--json").record["orders"]
    assert [each["reference"] for each in listed] == [pending.reference, held.reference]
    (only,) = erpbridge("orders", "list", "--state", "held", "--erp", ERP, "--json").record["orders"]
    assert (only["reference"], only["reason"], only["state"]) == (held.reference, "customer_unknown", "held")
    assert only["reason_text"] == "Customer C-7 is not on file in harbour."
    assert held.reference in erpbridge("orders", "list", "--state", "held").out
    assert erpbridge("orders", "list", "--erp", "granite", "--json").record == {"orders": []}


def test_of_a_long_list_people_see_the_newest_and_programs_all(app: App, erpbridge: CommandLine) -> None:
    """A ledger of years holds millions; whoever wants more of them says how many."""
    with app.store.cursors.page("sandbox", None) as page:
        for number in range(1, 1 + TABLE + 2):
            page.take(placed(number), ERP, f"SB-{number}", S.PENDING, None, "take_orders")
    table = erpbridge("orders", "list").out
    assert f"These are the newest {TABLE}; --most lists more." in table
    assert (table.count("SB-"), "SB-2 " in table, "SB-3 " in table) == (TABLE, False, True)
    assert erpbridge("orders", "list", "--most", str(TABLE + 1)).out.count("SB-") == TABLE + 1
    assert len(erpbridge("orders", "list", "--json").record["orders"]) == TABLE + 2
    assert len(erpbridge("orders", "list", "--most", "3", "--json").record["orders"]) == 3


def test_an_order_is_shown_with_content_moves_and_attempts(app: App, erpbridge: CommandLine) -> None:
    """By its reference or its number: what it holds, who moved it when and why, and who tried."""
    posting = in_doubt(app, taken(app))
    for name in (posting.reference, posting.order_number):
        record = erpbridge("orders", "show", name, "--json").record
        assert [move["to"] for move in record["moves"]] == ["pending", "claimed", "in_doubt"]
        assert [attempt["phase"] for attempt in record["attempts"]] == ["sent"]
        assert record["order"]["total"] == str(placed(1).total)
    said = erpbridge("orders", "show", posting.reference)
    assert said.status == 0
    assert "螺丝 M6" in said.out


def test_a_list_shows_the_beginning_of_a_long_reason_and_the_order_all_of_it(app: App, erpbridge: CommandLine) -> None:
    """What an ERP's screen said may be a page long."""
    posting = taken(app)
    erpbridge("orders", "hold", posting.reference, "-r", "long " * 100 + "end")
    assert "…" in erpbridge("orders", "list").out
    assert "end" not in erpbridge("orders", "list").out
    shown = erpbridge("orders", "show", posting.reference).out
    assert "end" in shown
    assert "To do next: enter. Priority 100, deadline -." in shown


def test_hold_and_release(app: App, erpbridge: CommandLine) -> None:
    """A held order waits, with who held it and why; released it is pending again, and the history has both."""
    posting = taken(app)
    record = erpbridge("orders", "hold", posting.reference, *DECIDE, "--json").record
    assert (record["state"], record["reason"]) == ("held", "held_by_person")
    assert erpbridge("orders", "hold", posting.reference, *DECIDE).status == 1
    said = erpbridge("orders", "release", posting.reference, *DECIDE)
    assert (said.status, said.out) == (0, f"{posting.reference}: pending\n")
    actor, why = last_move(app, posting)
    assert (actor.startswith("person:"), why) == (True, DECIDE[1])


def test_what_was_sent_is_released_into_doubt_and_never_into_typing(app: App, erpbridge: CommandLine) -> None:
    """An order that the ERP may hold is settled, whichever of the two words is used."""
    for number, word in enumerate(("release", "rerun"), 1):
        posting = held_in_doubt(app, taken(app, number))
        assert erpbridge("orders", word, posting.reference, *DECIDE).status == 0
        assert stand(app, posting) == ("in_doubt", "sent")


def test_an_order_that_failed_or_was_rejected_is_tried_again(app: App, erpbridge: CommandLine) -> None:
    """Both are pending after a rerun, with the person's reason."""
    rejected, failed = taken(app, 1, S.REJECTED), taken(app, 2)
    app.store.ledger.end(claimed(app, failed), S.FAILED, WORKER, None, forget_phase=True)
    for posting in (rejected, failed):
        assert erpbridge("orders", "rerun", posting.reference, *DECIDE, "--json").record["state"] == "pending"
        assert last_move(app, posting)[1] == DECIDE[1]


@pytest.mark.parametrize("word", ["rerun", "release", "settle"])
def test_a_posted_order_is_left_as_it_is(app: App, erpbridge: CommandLine, word: str) -> None:
    """The refusal says in one sentence how it stands."""
    posting = posted(app, taken(app))
    said = erpbridge("orders", word, posting.reference, *DECIDE)
    assert (said.status, said.out) == (1, "")
    assert said.sentence.startswith(f"{posting.reference} is posted")
    assert stand(app, posting)[0] == "posted"


@pytest.mark.parametrize("word", ["rerun", "release", "settle", "hold"])
def test_an_order_that_is_being_typed_is_left_alone(app: App, erpbridge: CommandLine, word: str) -> None:
    """Nobody takes an order out of the hands of a seat at work."""
    posting = taken(app)
    claimed(app, posting)
    said = erpbridge("orders", word, posting.reference, *DECIDE)
    assert (said.status, said.sentence.startswith(f"{posting.reference} is claimed")) == (1, True)
    assert stand(app, posting)[0] == "claimed"


def test_a_pending_order_needs_no_release_and_no_settling(app: App, erpbridge: CommandLine) -> None:
    """What waits already is refused politely."""
    posting = taken(app)
    for word in ("release", "rerun", "settle"):
        said = erpbridge("orders", word, posting.reference, *DECIDE)
        assert (said.status, said.sentence.startswith(f"{posting.reference} is pending")) == (1, True)


@pytest.mark.parametrize("doubtful", [in_doubt, held_in_doubt])
def test_a_person_may_say_that_the_erp_does_not_hold_it(app: App, erpbridge: CommandLine, doubtful: Doubtful) -> None:
    """It will be typed again, and the history says on whose word and why."""
    posting = doubtful(app, taken(app))
    record = erpbridge("orders", "settle", posting.reference, "--not-in-erp", *DECIDE, "--json").record
    assert (record["state"], record["phase"]) == ("pending", "none")
    actor, why = last_move(app, posting)
    assert (actor.startswith("person:"), why) == (True, DECIDE[1])


def test_a_person_may_say_which_document_it_is(app: App, erpbridge: CommandLine) -> None:
    """The number is noted and verified by the next run, never believed."""
    posting = held_in_doubt(app, taken(app))
    record = erpbridge("orders", "settle", posting.reference, "--document", "10023", *DECIDE, "--json").record
    assert (record["state"], record["phase"], record["document"]) == ("pending", "numbered", "10023")


@pytest.mark.browser
def test_settling_where_the_erp_does_not_answer_settles_nothing(app: App, erpbridge: CommandLine) -> None:
    """The order stays in doubt, the sentence says why, and the status that it is not settled."""
    posting = held_in_doubt(app, taken(app))
    said = erpbridge("orders", "settle", posting.reference, *DECIDE, "--json")
    assert said.status == 1
    assert said.record["state"] == "in_doubt"
    assert said.sentence.startswith("harbour does not answer at")
    assert stand(app, posting) == ("in_doubt", "sent")


def test_a_number_that_several_orders_have_asks_for_more(app: App, erpbridge: CommandLine) -> None:
    """Nothing is decided about an order that was not named exactly."""
    first = taken(app)
    app.store.ledger.take(placed(1), "granite", "SB-1", S.PENDING, None, "job:take_orders")
    said = erpbridge("orders", "hold", first.order_number, *DECIDE)
    assert (said.status, stand(app, first)[0]) == (1, "pending")
    assert "harbour" in said.sentence or "SB-1" in said.sentence


def test_status_counts_orders_by_state(app: App, erpbridge: CommandLine) -> None:
    """The numbers are those of the ledger, and what waits for the CRM is counted."""
    taken(app, 2)
    taken(app, 3, S.HELD)
    in_doubt(app, taken(app, 4))
    posted(app, taken(app, 1))
    record = erpbridge("status", "--json").record
    found = {state: count for state, count in record["states"].items() if count}
    assert found == {"pending": 1, "held": 1, "in_doubt": 1, "posted": 1}
    assert record["outbox"] == 1

"""Doubts the generic writer: what is told twice, too late or without an answer does no harm."""

from dataclasses import replace
from typing import Any, Final

import httpx
import pytest

from bridge.errors import CrmDown, CrmRefused
from bridge.ports import WriteBack
from tests.unit.crm.scripted_wires import Said, Script, opened, says

NEWS: Final = WriteBack(
    posting_id=7,
    order_id="1",
    order_number="A-1",
    sequence=3,
    erp="harbour",
    document="SO-9",
    status="posted",
    message="Entered.",
)
LOST: Final = httpx.ReadTimeout("no answer")
READ_BACK: Final = {"path": "orders/{order_id}", "sequence": "text", "pattern": "#([0-9]+)"}
BY_ID: Final[dict[str, Any]] = {"idempotency": "by_id", "read_back": READ_BACK}
NOTES: Final[dict[str, Any]] = {
    "method": "post",
    "path": "notes",
    "idempotency": "none",
    "read_back": {"path": "notes", "params": {"order": "{order_id}"}, "data_selector": "notes", "sequence": "seq"},
}


def _told(*said: Said, news: WriteBack = NEWS, **writeback: Any) -> list[str]:
    """Which requests were made, in order."""
    return _script(*said, news=news, **writeback)[0]


def _script(*said: Said, news: WriteBack = NEWS, **writeback: Any) -> tuple[list[str], Script]:
    script = Script(*said)
    opened(script, writeback=writeback)[1].tell(news)
    return [f"{request.method} {request.url.path}" for request in script.asked], script


def test_the_message_is_written_as_configured() -> None:
    """Placeholders alone keep their type, null too; within a text they are text."""
    script = _script(says({}), news=replace(NEWS, document=None))[1]
    assert script.bodies == [{"number": None, "text": "harbour: posted", "sequence": 3}]
    assert script.asked[0].headers["content-type"] == "application/json"


def test_text_that_no_encoding_takes_still_arrives() -> None:
    """A lone surrogate from somewhere must not stop the outbox."""
    script = _script(says({}), news=replace(NEWS, status="\ud800posted"))[1]
    assert script.bodies[0]["text"] == "harbour: \ud800posted"


def test_a_crm_that_keeps_the_later_news_is_told_until_it_answers() -> None:
    """Without looking first."""
    assert _told(LOST, says({}, 500), says({"applied": False})) == ["PUT /api/orders/1/erp"] * 3


def test_an_empty_answer_is_an_answer() -> None:
    """204 is what many CRMs say to a change."""
    assert _told(httpx.Response(204)) == ["PUT /api/orders/1/erp"]


@pytest.mark.parametrize("data", [{"done": 1, "failed": 1}, {"done": 0, "failed": 0}, {}, None])
def test_a_success_that_is_none_is_refused(data: Any) -> None:
    """200 with a failure inside is not done."""
    conditions = [{"path": "done", "equals": 1}, {"path": "failed", "in": [0, None]}]
    with pytest.raises(CrmRefused, match="does not say done"):
        _told(says(data), success_when=conditions)


def test_a_success_is_known_by_its_conditions() -> None:
    """All of them."""
    assert _told(says({"done": 1, "failed": 0}), success_when=[{"path": "done", "equals": 1}, {"path": "failed"}])


def test_a_refusal_is_told_at_once() -> None:
    """The outbox keeps the message and its reason."""
    with pytest.raises(CrmRefused) as refusal:
        _told(says({"message": "order is locked"}, 409))
    assert "order is locked" in str(refusal.value)


@pytest.mark.parametrize("kept", [None, "", "harbour: held #2", "by hand"])
def test_where_nothing_newer_is_kept_the_message_is_written(kept: str | None) -> None:
    """After a look."""
    assert _told(says({"text": kept}), says({}), **BY_ID) == ["GET /api/orders/1", "PUT /api/orders/1/erp"]


@pytest.mark.parametrize("kept", ["harbour: posted #3", "harbour: posted #4", "#2 then #10"])
def test_older_news_is_never_written_over_newer(kept: str) -> None:
    """A repetition is not written either."""
    assert _told(says({"text": kept}), **BY_ID) == ["GET /api/orders/1"]


def test_an_unanswered_message_that_arrived_is_not_written_again() -> None:
    """It is looked for first."""
    told = _told(says({"text": ""}), LOST, says({"text": "harbour: posted #3"}), **BY_ID)
    assert told == ["GET /api/orders/1", "PUT /api/orders/1/erp", "GET /api/orders/1"]


def test_an_unanswered_message_that_did_not_arrive_is_written_once_more() -> None:
    """The same values to the same record do no harm."""
    told = _told(says({"text": ""}), LOST, says({"text": ""}), says({}), **BY_ID)
    assert told == ["GET /api/orders/1", "PUT /api/orders/1/erp"] * 2


def test_an_unanswered_message_that_nobody_can_look_for_stays_in_the_outbox() -> None:
    """CrmDown is "unknown", never "done"."""
    with pytest.raises(CrmDown):
        _told(says({"text": ""}), LOST, **BY_ID)


def test_a_note_that_may_still_be_under_way_is_not_written_twice() -> None:
    """Where a repetition makes a second entry, an absence right now proves nothing."""
    script = Script(says({"notes": []}), LOST, says({"notes": []}))
    with pytest.raises(CrmDown):
        opened(script, writeback=NOTES)[1].tell(NEWS)
    assert [request.method for request in script.asked] == ["GET", "POST", "GET"]


def test_a_note_that_arrived_later_is_found_by_the_next_telling() -> None:
    """And is not written again."""
    assert _told(says({"notes": [{"seq": 1}, {"seq": 3}]}), **NOTES) == ["GET /api/notes"]


@pytest.mark.parametrize("seq", ["3", 3, "0003"])
def test_a_sequence_may_be_a_number_or_a_text(seq: Any) -> None:
    """As the CRM keeps it."""
    assert _told(says({"notes": [{"seq": seq}]}), **NOTES) == ["GET /api/notes"]


@pytest.mark.parametrize("seq", [True, "three", "٣", [3], "9" * 400, "-3"])
def test_what_is_no_sequence_is_no_proof(seq: Any) -> None:
    """So the message is written."""
    assert _told(says({"notes": [{"seq": seq}]}), says({}), **NOTES) == ["GET /api/notes", "POST /api/notes"]


# --- looking whether an unanswered message arrived --------------------------------------------------------------------

CHECKED: Final[dict[str, Any]] = {
    "idempotency": "by_id",
    "check": {"path": "orders/{order_id}", "equal": {"erp.number": "{document}", "erp.status": "{status}"}},
}
SHOWN: Final = {"erp": {"number": "SO-9", "status": "posted"}}


def _shows(data: Any, news: WriteBack = NEWS, **check: Any) -> bool:
    writeback = {**CHECKED, "check": {**CHECKED["check"], **check}}
    return opened(Script(says(data)), writeback=writeback)[1].shows(news)


def test_with_a_check_nothing_is_asked_before_the_first_writing() -> None:
    """A question before each message would double the requests."""
    assert _told(says({}), **CHECKED) == ["PUT /api/orders/1/erp"]


def test_an_unanswered_message_that_the_check_finds_is_written_once() -> None:
    """Exactly one effect, although no answer came."""
    assert _told(LOST, says(SHOWN), **CHECKED) == ["PUT /api/orders/1/erp", "GET /api/orders/1"]


def test_an_unanswered_message_that_the_check_does_not_find_is_written_again() -> None:
    """Once, and only where the same values written twice are the same."""
    told = _told(LOST, says({"erp": {}}), says({}), **CHECKED)
    assert told == ["PUT /api/orders/1/erp", "GET /api/orders/1", "PUT /api/orders/1/erp"]
    script = Script(LOST, says({"erp": {}}))
    with pytest.raises(CrmDown):
        opened(script, writeback={**CHECKED, "idempotency": "none"})[1].tell(NEWS)
    assert [request.method for request in script.asked] == ["PUT", "GET"]


@pytest.mark.parametrize(
    ("data", "shown"),
    [
        (SHOWN, True),
        ({"erp": {"number": "SO-9", "status": "held"}}, False),
        ({"erp": {"number": "SO-9"}}, False),
        ({"erp": None}, False),
        ([], False),
        ([{"erp": {"number": "SO-8", "status": "posted"}}, SHOWN], True),
        (None, False),
    ],
)
def test_all_that_the_check_names_must_be_as_told(data: Any, shown: bool) -> None:
    """In one record, or in one of several."""
    assert _shows(data) is shown


def test_values_of_a_check_are_compared_as_texts() -> None:
    """A number may come back as a text, and nothing as null or not at all."""
    numbers = {"erp.sequence": "{sequence}", "by": "bridge {posting_id}"}
    assert _shows({"erp": {"sequence": "3"}, "by": "bridge 7"}, equal=numbers)
    assert not _shows({"erp": {"sequence": 30}, "by": "bridge 7"}, equal=numbers)
    unnumbered = replace(NEWS, document=None)
    assert [_shows(data, unnumbered) for data in ({"erp": {"status": "posted"}}, SHOWN)] == [True, False]


def test_a_check_of_what_is_not_there_shows_nothing() -> None:
    """Where the CRM answers as configured for "there is none"."""
    gone = [{"status": 404, "action": "ignore"}]
    check = {**CHECKED["check"], "error_handler": gone}
    writer = opened(Script(says({}, 404)), writeback={**CHECKED, "check": check})[1]
    assert writer.shows(NEWS) is False


@pytest.mark.parametrize(("kept", "shown"), [("harbour: posted #3", True), ("#4", True), ("#2", False), (None, False)])
def test_without_a_check_the_sequence_read_back_shows_it(kept: str | None, shown: bool) -> None:
    """Later news means that this one arrived, or need not any more."""
    assert opened(Script(says({"text": kept})), writeback=BY_ID)[1].shows(NEWS) is shown


def test_where_nothing_says_how_to_look_nothing_is_shown_or_asked() -> None:
    """Such a CRM keeps the later news itself."""
    script = Script(LOST)
    assert (opened(script)[1].shows(NEWS), script.asked) == (False, [])

"""Doubts the generic reader: pages of every kind, and a cursor that rests on the server's stamps alone."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bridge.crm.cursors import Standing, unpacked
from bridge.errors import CrmDown, CrmRefused
from bridge.ports import OrderPage
from tests.fakes import FakeClock
from tests.unit.crm.scripted_wires import Said, Script, listing, opened, record, says

NOON: Final = datetime(2026, 3, 5, 12, tzinfo=UTC)
PAGINATORS: Final[dict[str, dict[str, Any]]] = {
    "json_link": {"paginator": {"type": "json_link", "next_url_path": "['@next']"}},
    "header_link": {"paginator": {"type": "header_link"}},
    "cursor": {"paginator": {"type": "cursor", "cursor_path": "next", "cursor_param": "after"}},
    "body": {
        "method": "POST",
        "json": {"filter": {"status": "won"}},
        "paginator": {"type": "cursor", "cursor_path": "next", "cursor_body_path": "page.after"},
    },
    "last row": {
        "paginator": {
            "type": "cursor",
            "cursor_path": "orders[-1].id",
            "cursor_param": "after",
            "stop_when_shorter_than": 2,
        }
    },
    "keyset": {
        "params": {"after": "{paginator.last}"},
        "paginator": {"type": "keyset", "keys": {"last": "id"}, "initial": {"last": "{null}"}},
    },
    "offset": {"paginator": {"type": "offset", "limit": 2, "offset_param": "after"}},
    "page_number": {"paginator": {"type": "page_number", "page_param": "page"}},
}


class Pages:
    """A CRM with pages of two, that understands every way of asking for the next one."""

    def __init__(self, count: int) -> None:
        self.records = [record(number) for number in range(1, count + 1)]

    def __call__(self, request: httpx.Request) -> httpx.Response:
        """The page asked for; all kinds of links to the next one."""
        query = dict(request.url.params)
        body = json.loads(request.content) if request.content else {}
        page = (int(query.get("page", 1)) - 1) * 2
        start = int(query.get("after") or body.get("page", {}).get("after") or page)
        found, behind = self.records[start : start + 2], start + 2
        if behind >= len(self.records):
            return says(listing(*found, next=None))
        link = f"?after={behind}"
        return says(listing(*found, next=behind, **{"@next": link}), link=f'<{link}>; rel="next"')


def _pages(script: Script, cursor: str | None = None, **changes: Any) -> list[OrderPage]:
    return list(opened(script, **changes)[0].changed_orders(cursor))


def _ids(pages: list[OrderPage]) -> list[int]:
    return [int(order.id) for page in pages for order in page.orders]


def _at(moment: datetime, *records: Any) -> httpx.Response:
    """A list, said at that time of the server's."""
    return says(listing(*records), date=moment.strftime("%a, %d %b %Y %H:%M:%S GMT"))


def _stamped(order_id: int, moment: datetime, **changes: Any) -> dict[str, Any]:
    return record(order_id, changed=moment.isoformat(), **changes)


@pytest.mark.parametrize("kind", PAGINATORS)
@pytest.mark.parametrize("count", [0, 1, 2, 3, 4, 5])
def test_every_kind_of_paging_reads_every_order_once(kind: str, count: int) -> None:
    """Also where the last page is full, short or empty."""
    assert _ids(_pages(Script(Pages(count)), orders=PAGINATORS[kind])) == list(range(1, count + 1))


@pytest.mark.parametrize("kind", PAGINATORS)
def test_every_kind_of_paging_can_be_taken_up_again(kind: str) -> None:
    """Behind each page that was stored, by another process."""
    pages = _pages(Script(Pages(5)), orders=PAGINATORS[kind])
    for count, page in enumerate(pages[:-1], 1):
        rest = _pages(Script(Pages(5)), page.cursor, orders=PAGINATORS[kind])
        assert _ids(pages[:count]) + _ids(rest) == [1, 2, 3, 4, 5]


def test_a_body_that_asks_for_a_page_keeps_what_else_it_asks() -> None:
    """The cursor goes to its place in it."""
    script = Script(Pages(3))
    _pages(script, orders=PAGINATORS["body"])
    assert script.bodies == [{"filter": {"status": "won"}}, {"filter": {"status": "won"}, "page": {"after": 2}}]


@pytest.mark.parametrize("kind", ["cursor", "keyset", "offset", "page_number", "json_link"])
def test_paging_that_does_not_move_on_is_refused(kind: str) -> None:
    """A CRM that ignores our question would keep us for ever."""
    script = Script(says(listing(record(1), record(2), next=7, **{"@next": "?after=7"})))
    with pytest.raises(CrmRefused, match="does not move on"):
        _pages(script, orders=PAGINATORS[kind])
    assert len(script.asked) <= 3


def test_an_order_that_slides_onto_the_next_page_is_read_twice_and_never_lost() -> None:
    """At least once is the promise; the ledger knows an order it has."""
    script = Script(says(listing(record(1), record(2), next=2)), says(listing(record(2), record(3))))
    assert _ids(_pages(script, orders=PAGINATORS["cursor"])) == [1, 2, 2, 3]


@pytest.mark.parametrize("status", [400, 404, 410])
def test_an_expired_page_begins_the_window_anew(status: int) -> None:
    """Page tokens live for a day in some CRMs."""
    first = next(opened(Script(Pages(5)), orders=PAGINATORS["cursor"])[0].changed_orders(None))
    script = Script(says({"message": "cursor expired"}, status), Pages(5))
    assert _ids(_pages(script, first.cursor, orders=PAGINATORS["cursor"])) == [1, 2, 3, 4, 5]


def test_a_page_that_is_refused_for_another_reason_is_an_error() -> None:
    """A lost permission is no expired token."""
    first = next(opened(Script(Pages(5)), orders=PAGINATORS["cursor"])[0].changed_orders(None))
    with pytest.raises(CrmRefused):
        _pages(Script(says({}, 403)), first.cursor, orders=PAGINATORS["cursor"])


@pytest.mark.parametrize(
    ("link", "asked"),
    [
        ("?after=2", "https://crm.test/api/orders?after=2"),
        ("orders?after=2", "https://crm.test/api/orders?after=2"),
        ("/api/v2/orders?after=2", "https://crm.test/api/v2/orders?after=2"),
        ("https://crm.test/api/orders?after=2", "https://crm.test/api/orders?after=2"),
    ],
)
def test_a_link_is_followed_from_the_page_it_stands_on(link: str, asked: str) -> None:
    """As a browser would."""
    script = Script(says(listing(record(1), **{"@next": link})), says(listing(record(2))))
    assert _ids(_pages(script, orders=PAGINATORS["json_link"])) == [1, 2]
    assert str(script.asked[1].url) == asked


def test_a_next_page_elsewhere_is_not_fetched() -> None:
    """The secret would go there."""
    script = Script(says(listing(record(1), **{"@next": "https://elsewhere.test/api/orders?after=2"})))
    with pytest.raises(CrmRefused, match=r"elsewhere\.test"):
        _pages(script, orders=PAGINATORS["json_link"])
    assert len(script.asked) == 1


def test_pages_read_before_an_outage_are_kept() -> None:
    """They come with their cursors before the error does."""
    script = Script(says(listing(record(1), record(2), next=2)), says({}, 500))
    reading = opened(script, orders=PAGINATORS["cursor"])[0].changed_orders(None)
    assert _ids([next(reading)]) == [1, 2]
    with pytest.raises(CrmDown):
        next(reading)


@pytest.mark.parametrize("data", [{"orders": None}, {"items": []}, {"orders": {"id": 1}}, [], "ok", None])
def test_an_answer_without_the_list_is_refused(data: Any) -> None:
    """It is not an empty list; perhaps the address is wrong, or the CRM was updated."""
    with pytest.raises(CrmRefused, match="no list at orders"):
        _pages(Script(says(data)))


def test_the_first_reading_asks_for_everything() -> None:
    """Or from where the configuration says."""
    everything, some = Script(says(listing())), Script(says(listing()))
    _pages(everything)
    _pages(some, orders={"incremental": {"start_param": "since", "initial_value": NOON}})
    assert (everything.queries, some.queries) == ([{}], [{"since": "2026-03-05T12:00:00.000000Z"}])


def _next_question(*said: Said, clock: FakeClock | None = None, **changes: Any) -> str | None:
    """What the reading after one with these answers asks for."""
    script = Script(*said)
    reader = opened(script, clock, **changes)[0]
    cursor = list(reader.changed_orders(None))[-1].cursor
    asked = len(script.asked)
    list(reader.changed_orders(cursor))
    return script.queries[asked].get("since")


def test_the_next_reading_begins_before_the_newest_stamp() -> None:
    """By the lookback, for transactions that ended late."""
    said = _at(NOON, _stamped(1, NOON - timedelta(hours=1)), _stamped(2, NOON - timedelta(hours=2)))
    assert _next_question(said) == "2026-03-05T10:50:00.000000Z"


@pytest.mark.parametrize(
    ("pattern", "asked"),
    [("epoch_s", "1772707800"), ("epoch_ms", "1772707800000"), ("%Y-%m-%d %H:%M", "2026-03-05 10:50")],
)
def test_the_moment_is_written_as_the_crm_wants_it(pattern: str, asked: str) -> None:
    """And never later than it is."""
    incremental = {"start_param": "since", "format": pattern}
    said = _at(NOON, _stamped(1, NOON - timedelta(hours=1)))
    assert _next_question(said, orders={"incremental": incremental}) == asked


@pytest.mark.parametrize("year", [1999, 2026, 2099])
def test_our_own_clock_has_no_say(year: int) -> None:
    """Whatever it shows."""
    clock = FakeClock(datetime(year, 1, 1, tzinfo=UTC))
    assert _next_question(_at(NOON, _stamped(1, NOON)), clock=clock) == "2026-03-05T11:50:00.000000Z"


def test_a_stamp_in_the_future_does_not_carry_the_cursor_away() -> None:
    """One bad record would hide all that come after it."""
    said = _at(NOON, _stamped(1, NOON), _stamped(2, datetime(9999, 12, 31, tzinfo=UTC)))
    assert _next_question(said) == "2026-03-05T11:50:00.000000Z"


def test_an_order_that_changes_behind_the_page_is_asked_for_again() -> None:
    """Reading by id takes an hour; what changed meanwhile among the first ids is newer than the reading's begin."""
    first = _at(NOON, _stamped(1, NOON - timedelta(days=1)), _stamped(2, NOON))
    second = _at(NOON + timedelta(hours=1), _stamped(3, NOON + timedelta(minutes=50)))
    last = _at(NOON + timedelta(hours=1))
    assert _next_question(first, second, last, orders=PAGINATORS["keyset"]) == "2026-03-05T11:50:00.000000Z"


def test_the_servers_clock_may_stand_in_the_answer() -> None:
    """Where it is finer or truer than the Date header."""
    said = says(listing(_stamped(1, NOON + timedelta(hours=1)), now=NOON.isoformat()))
    assert _next_question(said, orders={"server_time_path": "now"}) == "2026-03-05T11:50:00.000000Z"


def test_a_servers_clock_that_cannot_be_read_is_refused() -> None:
    """The configuration promised it."""
    with pytest.raises(CrmRefused, match="now"):
        _pages(Script(says(listing(now="noon"))), orders={"server_time_path": "now"})


def test_without_any_clock_of_the_server_the_newest_stamp_counts() -> None:
    """There is nothing better, and the lookback still is."""
    assert _next_question(says(listing(_stamped(1, NOON)))) == "2026-03-05T11:50:00.000000Z"


def test_a_clock_that_was_set_back_is_followed() -> None:
    """Else all that is stamped until it has caught up would be lost."""
    script = Script(_at(NOON, _stamped(1, NOON)), _at(NOON - timedelta(hours=3)))
    reader = opened(script)[0]
    cursor = list(reader.changed_orders(None))[-1].cursor
    list(reader.changed_orders(cursor))
    assert [query.get("since") for query in script.queries] == [
        None,
        "2026-03-05T11:50:00.000000Z",
        "2026-03-05T08:50:00.000000Z",
    ]


def test_orders_without_a_readable_stamp_do_not_move_the_cursor() -> None:
    """They are set aside; the others move it."""
    said = _at(NOON, record(1, changed="soon"), _stamped(2, NOON - timedelta(hours=1)))
    assert _next_question(said) == "2026-03-05T10:50:00.000000Z"


@pytest.mark.parametrize(
    "cursor", ["", "x", "{}", "[]", "null", '{"since": "x"}', '{"since": 5}', '{"place": 7}', "\ud800"]
)
def test_a_cursor_nobody_can_read_begins_from_the_beginning(cursor: str) -> None:
    """Reading twice harms nothing, stopping does."""
    script = Script(says(listing(record(1))))
    assert _ids(_pages(script, cursor)) == [1]
    assert script.queries == [{}]


def test_a_page_of_another_question_is_not_asked_for() -> None:
    """After the configuration changed only the moment still means something."""
    first = next(opened(Script(Pages(5)), orders=PAGINATORS["cursor"])[0].changed_orders(None))
    script = Script(Pages(5))
    assert _ids(_pages(script, first.cursor, orders=PAGINATORS["offset"])) == [1, 2, 3, 4, 5]


moments = st.none() | st.datetimes(min_value=datetime(1, 1, 2), max_value=datetime(9999, 12, 30)).map(  # noqa: DTZ001 - made aware below
    lambda moment: moment.replace(tzinfo=UTC)
)


@settings(deadline=None)
@given(moments, moments, moments, st.dictionaries(st.text(), st.text() | st.integers() | st.none()))
def test_a_standing_survives_its_packing(
    since: datetime | None, latest: datetime | None, begun_at: datetime | None, place: dict[str, Any]
) -> None:
    """To the microsecond."""
    standing = Standing("x", since, place, latest, begun_at)
    assert unpacked(standing.packed(), "x") == standing


@settings(deadline=None)
@given(st.lists(st.lists(st.integers(0, 10_000)), min_size=1), st.integers(0, 10_000), st.integers(0, 10_000))
def test_the_cursor_never_passes_the_begin_of_the_reading(pages: list[list[int]], since: int, begun: int) -> None:
    """Nor the newest stamp; and it never goes back while the server's clock does not."""

    def moment(seconds: int) -> datetime:
        return NOON + timedelta(seconds=seconds)

    begun = max(begun, since)
    standing = Standing("x", since=moment(since), begun_at=moment(begun))
    for stamps in pages[:-1]:
        standing = standing.after_page([moment(stamp) for stamp in stamps], {"page": 1})
    standing = standing.after_page([moment(stamp) for stamp in pages[-1]], None)
    newest = max([since, *(stamp for stamps in pages for stamp in stamps)])
    assert standing.since == moment(min(begun, newest))


def _gets(said: Said, order_id: str = "1", **changes: Any) -> tuple[Any, Script]:
    script = Script(said)
    return opened(script, **changes)[0].order(order_id), script


@pytest.mark.parametrize("status", [404, 410])
def test_an_order_the_crm_does_not_have_is_gone(status: int) -> None:
    """None, after one question."""
    order, script = _gets(says({}, status))
    assert (order, len(script.asked)) == (None, 1)


def test_where_the_configuration_knows_what_gone_looks_like_another_404_is_an_error() -> None:
    """A proxy's 404 in a maintenance night would declare every order deleted."""
    rule = {"status": 404, "body_path": "error", "equals": "no_such_order", "action": "ignore"}
    assert _gets(says({"error": "no_such_order"}, 404), get={"error_handler": [rule]})[0] is None
    with pytest.raises(CrmRefused):
        _gets(says({"error": "no_such_page"}, 404), get={"error_handler": [rule]})


@pytest.mark.parametrize("said", [says(record(2)), says({"found": [record(1), record(2)]})])
def test_another_order_than_the_one_asked_for_is_refused(said: httpx.Response) -> None:
    """A CRM that ignores our filter must not make us type somebody else's order."""
    selector = {"data_selector": "found"} if b"found" in said.content else {}
    with pytest.raises(CrmRefused, match="asked for order 1"):
        _gets(said, get=selector)


def test_an_order_may_be_asked_for_by_a_search() -> None:
    """A list of one is the order, an empty one is gone."""
    get = {"path": "search", "method": "post", "json": {"id": "{id}"}, "data_selector": "found"}
    order, script = _gets(says({"found": [record(1)]}), get=get)
    assert (order.id, script.bodies) == ("1", [{"id": "1"}])
    assert _gets(says({"found": []}), get=get)[0] is None


@pytest.mark.parametrize(
    ("order_id", "path"),
    [
        ("a/b", b"/api/orders/a%2Fb"),
        ("../admin", b"/api/orders/..%2Fadmin"),
        ("..", b"/api/orders/%2E%2E"),
        ("1?x=1#y", b"/api/orders/1%3Fx%3D1%23y"),
        ("号 1", b"/api/orders/%E5%8F%B7%201"),
    ],
)
def test_an_id_stays_one_part_of_the_address(order_id: str, path: bytes) -> None:
    """It is text from outside; it must not lead anywhere else."""
    order, script = _gets(says(record(1, id=order_id)), order_id)
    assert order.id == order_id
    assert script.asked[0].url.raw_path == path


def test_an_encoder_sees_values_with_their_types() -> None:
    """Tryton's filter holds a typed stamp, in padded base64 for addresses."""
    orders = {
        "params": {"d": [["write_date", ">=", "{incremental.start_value}"], ["x", "=", "{null}"]], "f": ["a", "b"]},
        "encode": {"d": "tryton"},
        "incremental": {"initial_value": NOON},
    }
    script = Script(says(listing()))
    _pages(script, orders=orders)
    params = script.asked[0].url.params
    assert params.get_list("f") == ["a", "b"]
    assert _unfiltered(params["d"]) == [
        ["write_date", ">=", _typed(NOON)],
        ["x", "=", None],
    ]


def _unfiltered(text: str) -> Any:
    from base64 import urlsafe_b64decode

    return json.loads(urlsafe_b64decode(text))


def _typed(moment: datetime) -> dict[str, Any]:
    names = ("year", "month", "day", "hour", "minute", "second", "microsecond")
    return {"__class__": "datetime", **{name: getattr(moment, name) for name in names}}

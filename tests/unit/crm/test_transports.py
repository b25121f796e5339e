"""Doubts the transport: does it repeat only what it may, wait as asked, stop in time, and keep the secret?"""

import gzip
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import httpx
import pytest
from pydantic import SecretStr

from bridge.crm.transports import Answer, Request, Transport
from bridge.errors import CrmDown, CrmRefused, InvalidConfig
from tests.fakes import FakeClock
from tests.unit.crm.scripted_wires import SECRET, Said, Script, says, spec, transport

READ = Request("get", "orders", repeatable=True)
WRITE = Request("post", "orders", body={"a": 1})


def _send(*said: Said, request: Request = READ, clock: FakeClock | None = None, **client: Any) -> tuple[Answer, Script]:
    script = Script(*said)
    return transport(script, clock, **client).send(request), script


def _down(*said: Said, request: Request = READ, clock: FakeClock | None = None, **client: Any) -> tuple[str, int]:
    """What CrmDown says, and after how many requests."""
    script = Script(*said)
    with pytest.raises(CrmDown) as down:
        transport(script, clock, **client).send(request)
    return str(down.value), len(script.asked)


def _refused(*said: Said, request: Request = READ, **client: Any) -> tuple[CrmRefused, int]:
    script = Script(*said)
    with pytest.raises(CrmRefused) as refusal:
        transport(script, None, **client).send(request)
    return refusal.value, len(script.asked)


def test_a_wrong_key_is_tried_once() -> None:
    """More tries would lock the account."""
    refusal, tries = _refused(says({"message": "who?"}, 401))
    assert (refusal.params["status"], tries) == (401, 1)


@pytest.mark.parametrize("status", [400, 403, 404, 409, 412, 422])
def test_a_no_is_not_asked_again(status: int) -> None:
    """The same question would get the same answer."""
    refusal, tries = _refused(says({"message": "no such field"}, status))
    assert (refusal.params["status"], tries) == (status, 1)
    assert "no such field" in str(refusal)


@pytest.mark.parametrize("status", [408, 500, 502, 503, 504])
def test_a_passing_fault_is_waited_out(status: int) -> None:
    """Waits double from one second."""
    clock = FakeClock()
    answer, script = _send(says({}, status), says({}, status), says({"ok": 1}), clock=clock)
    assert (answer.data, len(script.asked), clock.waits) == ({"ok": 1}, 3, [1, 2])


def test_a_lasting_fault_is_an_outage_after_the_configured_tries() -> None:
    """Five by default, and the message says what was seen last."""
    said, tries = _down(says({"message": "disk full"}, 500))
    assert tries == 5
    assert "500" in said
    assert "disk full" in said
    assert "https://crm.test/api" in said


def test_tries_end_with_the_total_time_whatever_their_number() -> None:
    """Sixty seconds of doubling waits are six tries, not a hundred."""
    clock = FakeClock()
    _said, tries = _down(says({}, 503), clock=clock, retry={"attempts": 100, "total_seconds": 60})
    assert tries == 6
    assert sum(clock.waits) < 60


@pytest.mark.parametrize("status", [429, 503])
def test_retry_after_in_seconds_is_obeyed(status: int) -> None:
    """Neither sooner nor later."""
    clock = FakeClock()
    _send(says({}, status, retry_after="7"), says({}), clock=clock)
    assert clock.waits == [7]


def test_retry_after_as_a_date_is_reckoned_by_the_servers_clock() -> None:
    """Ours may be wrong by hours."""
    clock = FakeClock()
    late = says({}, 429, retry_after="Fri, 06 Mar 2026 10:00:20 GMT", date="Fri, 06 Mar 2026 10:00:00 GMT")
    _send(late, says({}), clock=clock)
    assert clock.waits == [20]


@pytest.mark.parametrize("text", ["soon", "-5", "", "Fri, 99 Mar 2026 10:00:20 GMT", "٣"])
def test_an_unreadable_retry_after_is_no_wish(text: str) -> None:
    """Then our own wait counts."""
    clock = FakeClock()
    bad = httpx.Response(429, headers=[(b"retry-after", text.encode())])
    _send(bad, says({}), clock=clock)
    assert clock.waits == [1]


@pytest.mark.parametrize("text", ["3600", "99999999999999999999"])
def test_a_wish_beyond_the_total_time_is_an_outage_at_once(text: str) -> None:
    """A job does not hang for an hour because a CRM asks for it."""
    clock = FakeClock()
    said, tries = _down(says({}, 429, retry_after=text), clock=clock)
    assert (tries, clock.waits) == (1, [])
    assert "429" in said


@pytest.mark.parametrize("fault", [httpx.ReadTimeout("no answer"), httpx.RemoteProtocolError("cut")])
def test_a_write_that_may_have_arrived_is_not_repeated(fault: Exception) -> None:
    """Its outcome is unknown, and the caller decides."""
    assert _down(fault, request=WRITE)[1] == 1


def test_a_write_that_was_declared_repeatable_is_repeated() -> None:
    """With the same body."""
    _answer, script = _send(
        httpx.ReadTimeout("no answer"), says({}), request=Request("put", "orders/1", body={"a": 1}, repeatable=True)
    )
    assert script.bodies == [{"a": 1}, {"a": 1}]


@pytest.mark.parametrize("said", [httpx.ConnectError("nobody listens"), says({}, 429)])
def test_a_write_that_was_not_begun_is_repeated(said: Said) -> None:
    """Nothing can have happened."""
    answer, script = _send(said, says({"ok": 1}), request=WRITE)
    assert (answer.data, len(script.asked)) == ({"ok": 1}, 2)


def test_an_answer_cut_within_its_json_is_no_answer() -> None:
    """It is asked for again, and never taken for less than it was."""
    half = httpx.Response(200, content=b'{"orders": [{"id": 1', headers={"content-type": "application/json"})
    assert _send(half, says({"orders": []}))[0].data == {"orders": []}
    assert "not whole" in _down(half)[0]


def test_a_page_of_html_is_a_refusal() -> None:
    """A sign-on page or a proxy's notice is not an empty list of orders."""
    page = httpx.Response(200, content=b"<html>Please sign on</html>", headers={"content-type": "text/html"})
    refusal, tries = _refused(page)
    assert tries == 1
    assert "Please sign on" in str(refusal)


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_a_redirect_is_not_followed(status: int) -> None:
    """The secret would go along."""
    refusal, tries = _refused(says({}, status, location="https://elsewhere.test/api/orders"))
    assert tries == 1
    assert "https://elsewhere.test/api/orders" in str(refusal)


@pytest.mark.parametrize(
    "url",
    [
        "https://elsewhere.test/api/orders",
        "http://crm.test/api/orders",
        "https://crm.test:8443/orders",
        "//elsewhere.test/x",
        "https://crm.test@elsewhere.test/",
    ],
)
def test_an_address_elsewhere_is_never_asked(url: str) -> None:
    """A link in an answer may point anywhere; the secret stays at home."""
    assert _refused(says({}), request=Request("get", url, repeatable=True))[1] == 0


@pytest.mark.parametrize(
    "url", ["orders?x=1", "/api/orders?x=1", "https://crm.test/api/orders?x=1", "https://crm.test:443/api/orders?x=1"]
)
def test_an_address_at_home_may_be_written_in_any_way(url: str) -> None:
    """Relative, from the root, or whole."""
    script = _send(says({}), request=Request("get", url, repeatable=True))[1]
    assert str(script.asked[0].url) == "https://crm.test/api/orders?x=1"


def _flood(size: int) -> Iterator[bytes]:
    for _ in range(size // 65536):
        yield b" " * 65536


def test_an_endless_answer_is_cut_off() -> None:
    """Before memory is full."""
    flood = httpx.Response(200, content=_flood(1 << 30))
    assert "longer than 100000 bytes" in str(_refused(flood, most_bytes=100_000)[0])


def test_a_small_answer_that_unpacks_to_a_huge_one_is_cut_off() -> None:
    """The limit is on what is unpacked."""
    bomb = httpx.Response(200, content=gzip.compress(b" " * 50_000_000), headers={"content-encoding": "gzip"})
    assert "longer than 1000000 bytes" in str(_refused(bomb, most_bytes=1_000_000)[0])


def test_damaged_compression_is_no_answer() -> None:
    """It is asked for again."""
    damaged = httpx.Response(200, stream=httpx.ByteStream(b"no gzip"), headers={"content-encoding": "gzip"})
    assert _send(damaged, says({"ok": 1}))[0].data == {"ok": 1}


def test_an_answer_that_drips_does_not_outlast_the_total_time() -> None:
    """A byte now and then keeps every time limit of a socket happy."""
    clock = FakeClock()

    def drip() -> Iterator[bytes]:
        while True:
            clock.wait(9)
            yield b" "

    said, tries = _down(lambda _request: httpx.Response(200, content=drip()), clock=clock)
    assert tries == 1
    assert "did not end in time" in said


def test_requests_keep_the_configured_pace() -> None:
    """Four a second are a quarter of a second apart, however fast we are."""
    clock, script = FakeClock(), Script(says({}))
    sender = transport(script, clock, throttle={"per_second": 4})
    begun = clock.now()
    for _ in range(9):
        sender.send(READ)
    assert clock.now() - begun == timedelta(seconds=2)


def test_the_secret_goes_into_its_header() -> None:
    """As a bearer, as a password, or as the CRM's own header wants it."""
    auths = [
        {"type": "bearer"},
        {"type": "basic", "username": "robot"},
        {"type": "api_key", "name": "Authorization", "prefix": "Zoho-oauthtoken "},
    ]
    sent = [_send(says({}), auth=auth)[1].asked[0].headers["authorization"] for auth in auths]
    assert sent == [f"Bearer {SECRET}", "Basic cm9ib3Q6czNjcjN0LXQwa2Vu", f"Zoho-oauthtoken {SECRET}"]


@pytest.mark.parametrize(
    ("auth", "echo"),
    [
        ({"type": "bearer"}, f"bad token Bearer {SECRET}!"),
        ({"type": "basic", "username": "robot"}, "bad header Basic cm9ib3Q6czNjcjN0LXQwa2Vu"),
        ({"type": "basic", "username": "robot"}, f"bad password {SECRET}"),
    ],
)
def test_a_secret_that_comes_back_is_not_shown(auth: dict[str, str], echo: str) -> None:
    """Neither in a refusal nor in an outage, whether the CRM or the network repeats it."""
    texts = [
        str(_refused(says({"message": echo}, 400), auth=auth)[0]),
        _down(says({"message": echo}, 500), auth=auth)[0],
        _down(httpx.ReadError(echo), auth=auth)[0],
        repr(_refused(says({"message": echo}, 403), auth=auth)[0].params),
    ]
    for text in texts:
        assert SECRET not in text
        assert "cm9ib3Q6czNjcjN0LXQwa2Vu" not in text
        assert "***" in text


@pytest.mark.parametrize("secret", ["", "two\nlines", "schlüssel", " padded "])
def test_a_secret_that_no_header_takes_is_told_without_showing_it(secret: str) -> None:
    """At once, not at the first request."""
    with pytest.raises(InvalidConfig) as fault:
        Transport("test", spec().client, SecretStr(secret), FakeClock())
    assert not secret or secret not in str(fault.value)


def test_a_long_or_broken_message_is_one_short_line() -> None:
    """A page of HTML in an error would bury the reason."""
    text = _refused(httpx.Response(400, content=b"<h1>Bad</h1>\r\n\x00\xff\xfe " + b"x" * 10_000))[0].params["text"]
    assert len(text) <= 201
    assert "\n" not in text


def test_an_unknown_word_of_the_crm_can_mean_try_again() -> None:
    """Salesforce says 403 when the quota is spent."""
    rules = [
        {"status": 403, "body_path": "[0].errorCode", "in": ["REQUEST_LIMIT_EXCEEDED"], "action": "retry", "wait": 3}
    ]
    request = Request(
        "get", "orders", rules=spec(orders={"error_handler": rules}).orders.error_handler, repeatable=True
    )
    clock = FakeClock()
    answer, _script = _send(
        says([{"errorCode": "REQUEST_LIMIT_EXCEEDED"}], 403), says({"ok": 1}), request=request, clock=clock
    )
    assert (answer.data, clock.waits) == ({"ok": 1}, [3])
    assert _refused(says([{"errorCode": "INSUFFICIENT_ACCESS"}], 403), request=request)[1] == 1


def test_an_error_inside_a_200_can_be_told() -> None:
    """Some CRMs answer 200 to everything."""
    rules = [{"status": 200, "body_path": "error", "action": "fail"}]
    request = Request(
        "get", "orders", rules=spec(orders={"error_handler": rules}).orders.error_handler, repeatable=True
    )
    assert "ConcurrencyException" in str(_refused(says({"error": ["ConcurrencyException"]}), request=request)[0])
    assert _send(says({"error": None, "orders": []}), request=request)[0].data["orders"] == []


def test_a_status_can_mean_that_there_is_nothing() -> None:
    """Zoho answers 304 where nothing is new."""
    rules = [{"status": 304, "action": "ignore"}]
    request = Request(
        "get", "orders", rules=spec(orders={"error_handler": rules}).orders.error_handler, repeatable=True
    )
    assert _send(httpx.Response(304), request=request)[0].nothing

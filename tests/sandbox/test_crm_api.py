"""Doubts the toy CRM's API: keys, orders, write-backs, and what a test may do behind its back."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from sandbox.crm.servers import CONTROL_KEY, KEY, CrmServer

LINE = {"item": "85123A", "description": "HEART", "quantity": "6", "unit_price": "2.55"}


@pytest.fixture
def crm(tmp_path: Path) -> Iterator[httpx.Client]:
    """A client with both keys for a CRM of its own."""
    with CrmServer(tmp_path / "crm.sqlite") as server, _client(server) as client:
        yield client


def _client(server: CrmServer) -> httpx.Client:
    return httpx.Client(
        base_url=server.url,
        headers={"Authorization": f"Bearer {KEY}", "X-Control-Key": CONTROL_KEY},
        trust_env=False,
        verify=False,
    )


def _add(crm: httpx.Client, **fields: Any) -> int:
    orders = [{"number": "SO-1", "lines": [LINE], **fields}]
    answer = crm.post("/control/orders", content=json.dumps({"orders": orders}))
    assert answer.status_code == 201, answer.text
    return int(answer.json()["ids"][0])


def _get(crm: httpx.Client, order_id: int) -> dict[str, Any]:
    answer: dict[str, Any] = crm.get(f"/api/orders/{order_id}").json()
    return answer


def _tell(crm: httpx.Client, order_id: int, sequence: int, **fields: Any) -> httpx.Response:
    body = {"erp_number": "D-7", "status": "posted", "message": None, "sequence": sequence, **fields}
    return crm.put(f"/api/orders/{order_id}/erp-status", json=body)


def test_a_new_order_is_completed_with_exact_amounts(crm: httpx.Client) -> None:
    """Amounts and total are worked out as decimals, and every field of the order's shape is there."""
    order = _get(crm, _add(crm, lines=[LINE, {**LINE, "quantity": "3", "unit_price": "0.125"}]))
    assert order.pop("created_at") == order.pop("changed_at")
    assert order == {
        "id": 1,
        "number": "SO-1",
        "status": "released",
        "revision": 1,
        "customer": None,
        "order_date": None,
        "currency": "GBP",
        "lines": [
            {"position": 1, **LINE, "amount": "15.30"},
            {"position": 2, **LINE, "quantity": "3", "unit_price": "0.125", "amount": "0.375"},
        ],
        "total": "15.675",
        "remarks": "",
        "po_number": None,
        "erp": {"number": None, "status": None, "message": None, "told_at": None, "sequence": None},
    }


def test_dirty_text_and_wrong_totals_come_back_as_they_went_in(crm: httpx.Client) -> None:
    """The CRM is as dirty as a test wants: control characters, half surrogates, formulas, a false total."""
    dirt = "=1+1\t\x00\n<b>\ud800 上海 '; DROP TABLE orders; --"
    customer = {"code": dirt, "name": "\u202e"}
    order = _get(crm, _add(crm, number=dirt, remarks=dirt, customer=customer, total="1.005"))
    assert (order["number"], order["remarks"], order["customer"], order["total"]) == (
        dirt,
        dirt,
        customer,
        "1.005",
    )


def test_numbers_need_not_be_unique(crm: httpx.Client) -> None:
    """Two orders may bear one number; their ids tell them apart."""
    assert _get(crm, _add(crm))["number"] == _get(crm, _add(crm))["number"]


@pytest.mark.parametrize(
    "order",
    [
        {},
        {"number": 5},
        {"number": "1", "total": 1.5},
        {"number": "1", "lines": [{**LINE, "unit_price": 2.55}]},
        {"number": "1", "lines": [{**LINE, "quantity": "six"}]},
        {"number": "1", "lines": [{**LINE, "quantity": "NaN"}]},
        {"number": "1", "lines": {}},
        {"number": "1", "status": "lost"},
        {"number": "1", "totall": "1"},
        {"number": "1", "changed_at": "2026-11-21T08:00:00"},
        [],
    ],
)
def test_an_order_that_cannot_be_meant_is_refused_whole(crm: httpx.Client, order: Any) -> None:
    """Floats, unknown fields and unreadable numbers are 400, and nothing of the same request is stored."""
    answer = crm.post("/control/orders", json={"orders": [{"number": "good"}, order]})
    assert answer.status_code == 400
    assert answer.json()["error"]["message"].endswith(".")
    assert crm.get("/api/health").json()["orders"] == 0


@pytest.mark.parametrize("key", [None, "Bearer wrong", f"bearer{KEY}", "Bearer \xe9", f"Basic {KEY}"])
def test_without_the_right_key_nothing_is_told(crm: httpx.Client, key: str | None) -> None:
    """A missing or wrong key is 401 as JSON, for reading and for telling."""
    headers = {} if key is None else {b"Authorization": key.encode("latin-1")}
    for method, path in (("GET", "/api/orders"), ("GET", "/api/orders/1"), ("PUT", "/api/orders/1/erp-status")):
        answer = httpx.request(method, str(crm.base_url.join(path)), headers=headers, trust_env=False, verify=False)
        assert answer.status_code == 401
        assert answer.json()["error"]["code"] == "unauthorized"


def test_the_clients_key_does_not_open_the_controls(crm: httpx.Client) -> None:
    """Only the control key lets a test meddle."""
    answer = crm.post("/control/orders", json={"orders": []}, headers={"X-Control-Key": KEY})
    assert answer.status_code == 401


@pytest.mark.parametrize("path", ["/api/orders/1", f"/api/orders/{2**64}", "/api/nothing", "/elsewhere"])
def test_what_is_not_there_is_a_404_in_json(crm: httpx.Client, path: str) -> None:
    """Unknown orders and unknown addresses are both told in the same form."""
    answer = crm.get(path)
    assert (answer.status_code, answer.json()["error"]["code"]) == (404, "not_found")


def test_a_deleted_order_is_gone_and_its_id_is_not_used_again(crm: httpx.Client) -> None:
    """Deletion leaves no tombstone, and no later order can be taken for the deleted one."""
    order_id = _add(crm)
    assert crm.delete(f"/control/orders/{order_id}").status_code == 204
    assert crm.get(f"/api/orders/{order_id}").status_code == 404
    assert _add(crm) != order_id


def test_a_save_moves_revision_stamp_and_total(crm: httpx.Client) -> None:
    """Each PATCH is a new revision with a later stamp; new lines make a new total."""
    before = _get(crm, _add(crm))
    after = crm.patch("/control/orders/1", json={"lines": [{**LINE, "quantity": "7"}], "status": "cancelled"}).json()
    assert (after["revision"], after["status"], after["total"]) == (2, "cancelled", "17.85")
    assert after["changed_at"] > before["changed_at"]
    assert after["created_at"] == before["created_at"]


def test_a_write_back_shows_on_the_order_and_moves_nothing_else(crm: httpx.Client) -> None:
    """Without --echo the order's own revision and stamp stay, so a reader is not sent round in circles."""
    before = _get(crm, _add(crm))
    answer = _tell(crm, 1, 4, message="typed").json()
    after = _get(crm, 1)
    assert answer == {"id": 1, "applied": True, "erp": after["erp"]}
    told_at = after["erp"].pop("told_at")
    assert after["erp"] == {"number": "D-7", "status": "posted", "message": "typed", "sequence": 4}
    assert told_at > before["changed_at"]
    assert {**after, "erp": None} == {**before, "erp": None}


def test_with_echo_a_write_back_moves_the_stamp_once(tmp_path: Path) -> None:
    """An applied write-back makes the order appear as changed, of the same revision; a repeated one does not."""
    with CrmServer(tmp_path / "crm.sqlite", echo=True) as server, _client(server) as crm:
        before = _get(crm, _add(crm))
        _tell(crm, 1, 1)
        echoed = _get(crm, 1)
        _tell(crm, 1, 1)
        assert echoed["changed_at"] > before["changed_at"]
        assert echoed["revision"] == before["revision"]
        assert _get(crm, 1) == echoed


def test_news_never_goes_backwards(crm: httpx.Client) -> None:
    """An older or repeated sequence gets 200 and the kept state, and is in the history as stale."""
    _add(crm)
    _tell(crm, 1, 5, status="posted")
    kept = _get(crm, 1)["erp"]
    for sequence in (5, 4, 0):
        answer = _tell(crm, 1, sequence, status="typing", erp_number=None)
        assert (answer.status_code, answer.json()) == (200, {"id": 1, "applied": False, "erp": kept})
    assert _tell(crm, 1, 6, status="void").json()["erp"]["status"] == "void"
    history = crm.get("/control/write-backs").json()["write_backs"]
    assert [(told["sequence"], told["outcome"]) for told in history] == [
        (5, "applied"),
        (5, "stale"),
        (4, "stale"),
        (0, "stale"),
        (6, "applied"),
    ]


def test_news_of_a_gone_order_is_refused_but_remembered(crm: httpx.Client) -> None:
    """The client learns that the order is gone; a test can still see what it tried to tell."""
    assert _tell(crm, 9, 1).status_code == 404
    (told,) = crm.get("/control/write-backs").json()["write_backs"]
    assert (told["order_id"], told["outcome"], told["erp_number"]) == (9, "gone", "D-7")


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"\xff",
        b'{"status": "posted"}',
        b'{"status": "posted", "sequence": true}',
        b'{"status": "posted", "sequence": 1.0}',
        b'{"status": "posted", "sequence": -1}',
        b'{"status": "", "sequence": 1}',
        b'{"status": "posted", "sequence": 1, "erp_number": 7}',
        b'{"status": "posted", "sequence": 1, "numer": "7"}',
    ],
)
def test_news_that_cannot_be_read_is_refused(crm: httpx.Client, body: bytes) -> None:
    """A malformed write-back is 400 and leaves no trace."""
    _add(crm)
    assert crm.put("/api/orders/1/erp-status", content=body).status_code == 400
    assert crm.get("/control/write-backs").json() == {"write_backs": []}


def test_one_connection_carries_many_requests(crm: httpx.Client) -> None:
    """Connections are kept open, also past a refusal whose body nobody looked at."""
    _add(crm)
    streams = set()
    for request in (("GET", "/api/orders", None), ("POST", "/api/nothing", b"x" * 9000), ("HEAD", "/api/orders", None)):
        answer = crm.request(request[0], request[1], content=request[2])
        streams.add(answer.extensions["network_stream"].get_extra_info("client_addr"))
    assert len(streams) == 1


def test_the_clock_can_be_wrong(crm: httpx.Client) -> None:
    """Stamps follow the server's clock, ahead or behind the client's."""
    first = _get(crm, _add(crm))
    crm.post("/control/clock", json={"offset_seconds": -600}).raise_for_status()
    second = _get(crm, _add(crm))
    assert second["changed_at"] < first["changed_at"]
    assert crm.post("/control/clock", json={"offset_seconds": 1e300}).status_code == 400


def test_orders_and_news_survive_a_restart(tmp_path: Path) -> None:
    """The database holds everything; stamps go on above the last one, even if the clock had been ahead."""
    with CrmServer(tmp_path / "crm.sqlite") as server, _client(server) as crm:
        crm.post("/control/clock", json={"offset_seconds": 3600}).raise_for_status()
        _add(crm)
        _tell(crm, 1, 3)
        before = _get(crm, 1)
    with CrmServer(tmp_path / "crm.sqlite") as server, _client(server) as crm:
        assert _get(crm, 1) == before
        assert _tell(crm, 1, 3).json()["applied"] is False
        assert _get(crm, _add(crm))["changed_at"] > before["changed_at"]

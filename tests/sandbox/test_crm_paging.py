"""Doubts the toy CRM's paging: nothing is lost, however the orders move while they are read."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import pytest

from sandbox.crm.servers import CONTROL_KEY, KEY, CrmServer

HEADERS = {"Authorization": f"Bearer {KEY}", "X-Control-Key": CONTROL_KEY}


@pytest.fixture
def crm(tmp_path: Path) -> Iterator[httpx.Client]:
    """A client with both keys for a CRM of its own."""
    with (
        CrmServer(tmp_path / "crm.sqlite") as server,
        httpx.Client(base_url=server.url, headers=HEADERS, trust_env=False, verify=False) as client,
    ):
        yield client


def _add(crm: httpx.Client, *numbers: str, **fields: Any) -> list[int]:
    answer = crm.post("/control/orders", json={"orders": [{"number": number, **fields} for number in numbers]})
    ids: list[int] = answer.json()["ids"]
    return ids


def _read(crm: httpx.Client, **parameters: Any) -> Iterator[dict[str, Any]]:
    """All orders behind a position, following `next` to its end."""
    page = crm.get("/api/orders", params=parameters).raise_for_status().json()
    yield from page["orders"]
    while page["next"]:
        page = crm.get("/api/orders", params={**parameters, "cursor": page["next"]}).raise_for_status().json()
        yield from page["orders"]


def test_orders_of_one_instant_are_told_apart_by_id(crm: httpx.Client) -> None:
    """A bulk import gives all its orders one stamp; pages of two still bring each exactly once."""
    ids = _add(crm, "a", "b", "c", "d", "e")
    orders = list(_read(crm, limit=2))
    assert [order["id"] for order in orders] == ids
    assert len({order["changed_at"] for order in orders}) == 1


def test_a_full_last_page_has_no_next(crm: httpx.Client) -> None:
    """`next` is null exactly when nothing is behind the page."""
    _add(crm, "a", "b")
    assert crm.get("/api/orders", params={"limit": 2}).json()["next"] is None
    assert crm.get("/api/orders", params={"limit": 1}).json()["next"] is not None


def test_a_reader_goes_on_where_it_stopped(crm: httpx.Client) -> None:
    """changed_since alone includes its instant; with after_id it brings only what is behind that order."""
    first, second = _add(crm, "a", "b")
    stamp = crm.get(f"/api/orders/{first}").json()["changed_at"]
    assert [order["id"] for order in _read(crm, changed_since=stamp)] == [first, second]
    assert [order["id"] for order in _read(crm, changed_since=stamp, after_id=first)] == [second]
    assert list(_read(crm, changed_since=stamp, after_id=second)) == []
    shanghai = stamp.replace("Z", "+00:00")
    assert len(list(_read(crm, changed_since=shanghai))) == 2


def test_the_status_filter_holds_over_pages(crm: httpx.Client) -> None:
    """A cursor remembers the status it was asked for, and refuses to serve another."""
    drafts = _add(crm, "a", "b", "c", status="draft")
    _add(crm, "d", "e")
    assert [order["id"] for order in _read(crm, status="draft", limit=1)] == drafts
    cursor = crm.get("/api/orders", params={"status": "draft", "limit": 1}).json()["next"]
    assert [order["id"] for order in crm.get("/api/orders", params={"cursor": cursor}).json()["orders"]] == drafts[1:]
    assert crm.get("/api/orders", params={"cursor": cursor, "status": "released"}).status_code == 400


@pytest.mark.parametrize(
    "parameters",
    [
        {"limit": "0"},
        {"limit": "501"},
        {"limit": "ten"},
        {"after_id": "3"},
        {"changed_since": "yesterday"},
        {"changed_since": "2026-11-21T08:00:00"},
        {"changed_since": "2026-11-21T08:00:00Z", "after_id": "-1"},
        {"status": "lost"},
        {"cursor": "!"},
        {"cursor": "WzFd"},
        {"offset": "10"},
    ],
)
def test_a_question_that_makes_no_sense_is_refused(crm: httpx.Client, parameters: dict[str, str]) -> None:
    """A parameter that cannot be read, or is unknown, is 400: never silently another question."""
    answer = crm.get("/api/orders", params=parameters)
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "bad_request")


def test_changes_while_paging_lose_nothing(crm: httpx.Client) -> None:
    """With writers at work, a reader that goes on from its last order ends with the last revision of each."""
    ids = _add(crm, *[str(number) for number in range(40)])
    seen: dict[int, int] = {}
    position: dict[str, Any] = {}
    with ThreadPoolExecutor(4) as writers:
        work = [writers.submit(_save_all, str(crm.base_url), ids[start::4]) for start in range(4)]
        finished = False
        while not finished:
            finished = all(job.done() for job in work)
            for order in _read(crm, limit=3, **position):
                seen[order["id"]] = max(order["revision"], seen.get(order["id"], 0))
                position = {"changed_since": order["changed_at"], "after_id": order["id"]}
    created = [order_id for job in work for order_id in job.result()]
    assert seen == dict.fromkeys(ids, 4) | dict.fromkeys(created, 1)


def _save_all(url: str, ids: list[int]) -> list[int]:
    """Save every order three times, and add a new one in each round; the new ids."""
    created: list[int] = []
    with httpx.Client(base_url=url, headers=HEADERS, trust_env=False, verify=False) as client:
        for turn in range(3):
            for order_id in ids:
                client.patch(f"/control/orders/{order_id}", json={"remarks": str(turn)}).raise_for_status()
            created += _add(client, f"new {turn}")
    return created


def test_a_late_commit_can_be_staged(crm: httpx.Client) -> None:
    """A test may put in an order below a reader's position; the CRM then does not bring it, as real ones do not."""
    (order_id,) = _add(crm, "a")
    stamp = crm.get(f"/api/orders/{order_id}").json()["changed_at"]
    (late,) = _add(crm, "late", changed_at="2001-01-01T00:00:00Z")
    assert list(_read(crm, changed_since=stamp, after_id=order_id)) == []
    assert [order["id"] for order in _read(crm)] == [late, order_id]

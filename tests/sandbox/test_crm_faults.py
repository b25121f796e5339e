"""Doubts the toy CRM's faults: they strike as often, where and when they were told to."""

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from sandbox.crm.servers import CONTROL_KEY, KEY, CrmServer

NEWS = {"erp_number": "D-7", "status": "posted", "message": None, "sequence": 1}


@pytest.fixture
def crm(tmp_path: Path) -> Iterator[httpx.Client]:
    """A client with both keys for a CRM that holds one order."""
    headers = {"Authorization": f"Bearer {KEY}", "X-Control-Key": CONTROL_KEY}
    with (
        CrmServer(tmp_path / "crm.sqlite") as server,
        httpx.Client(base_url=server.url, headers=headers, trust_env=False, verify=False) as client,
    ):
        client.post("/control/orders", json={"orders": [{"number": "1"}]}).raise_for_status()
        yield client


def _fault(crm: httpx.Client, **fields: Any) -> None:
    crm.post("/control/faults", json=fields).raise_for_status()


def _statuses(crm: httpx.Client, times: int, path: str = "/api/orders") -> list[int]:
    return [crm.get(path).status_code for _ in range(times)]


def _applied(crm: httpx.Client) -> int:
    return len(crm.get("/control/write-backs").json()["write_backs"])


def test_a_fault_skips_then_strikes_then_ends(crm: httpx.Client) -> None:
    """`skip` requests pass, `times` are met, and the hits are counted."""
    _fault(crm, status=500, skip=1, times=2)
    assert _statuses(crm, 5) == [200, 500, 500, 200, 200]
    assert crm.get("/control/faults").json()["faults"][0]["hits"] == 2


def test_a_fault_meets_only_its_path_and_method(crm: httpx.Client) -> None:
    """Other requests pass without being counted."""
    _fault(crm, status=500, path="/api/orders/1/erp", method="PUT")
    assert _statuses(crm, 2) == [200, 200]
    assert crm.put("/api/orders/1/erp-status", json=NEWS).status_code == 500
    assert crm.put("/api/orders/1/erp-status", json=NEWS).status_code == 200


def test_too_many_requests_says_when_to_come_back(crm: httpx.Client) -> None:
    """429 carries Retry-After in seconds when one was asked for."""
    _fault(crm, status=429, retry_after=7)
    answer = crm.get("/api/orders")
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "7")


def test_a_right_key_can_be_refused(crm: httpx.Client) -> None:
    """401 looks as an expired token does."""
    _fault(crm, status=401)
    assert crm.get("/api/orders").headers["WWW-Authenticate"] == "Bearer"


def test_faults_queue_up_and_can_be_cleared(crm: httpx.Client) -> None:
    """They strike in the order they were given, until told to stop."""
    _fault(crm, status=500)
    _fault(crm, status=429, times=100)
    assert _statuses(crm, 3) == [500, 429, 429]
    assert crm.delete("/control/faults").status_code == 204
    assert _statuses(crm, 1) == [200]


def test_controls_are_never_faulty(crm: httpx.Client) -> None:
    """A fault on every path still lets the test speak."""
    _fault(crm, status="cut", path="/", times=1000)
    assert crm.get("/control/write-backs").status_code == 200


def test_a_cut_before_the_work_leaves_no_trace(crm: httpx.Client) -> None:
    """The connection ends without an answer, and nothing was done."""
    _fault(crm, status="cut")
    with pytest.raises(httpx.RemoteProtocolError):
        crm.put("/api/orders/1/erp-status", json=NEWS)
    assert _applied(crm) == 0


@pytest.mark.parametrize("status", ["cut", 500])
def test_an_answer_lost_after_the_work_leaves_the_work_done(crm: httpx.Client, status: str | int) -> None:
    """The client sees half an answer or an error, and the write-back is kept all the same."""
    _fault(crm, status=status, moment="after")
    try:
        assert crm.put("/api/orders/1/erp-status", json=NEWS).status_code == 500
    except httpx.RemoteProtocolError:
        assert status == "cut"
    assert _applied(crm) == 1


@pytest.mark.parametrize(("moment", "kept"), [("before", 0), ("after", 1)])
def test_a_slow_answer_runs_into_the_clients_patience(crm: httpx.Client, moment: str, kept: int) -> None:
    """The client times out; whether the work was done by then is the test's choice."""
    _fault(crm, status="slow", seconds=3600, moment=moment)
    with pytest.raises(httpx.ReadTimeout):
        crm.put("/api/orders/1/erp-status", json=NEWS, timeout=0.4)
    assert _applied(crm) == kept


def test_a_slow_answer_comes_in_the_end(crm: httpx.Client) -> None:
    """A patient client gets the full answer after the delay."""
    _fault(crm, status="slow", seconds=0.2)
    began = time.monotonic()
    assert crm.get("/api/orders/1").json()["number"] == "1"
    assert time.monotonic() - began >= 0.2


@pytest.mark.parametrize(
    "fault",
    [
        {},
        {"status": 404},
        {"status": 401.0},
        {"status": 500, "times": 0},
        {"status": 500, "skip": None},
        {"status": 500, "moment": "during"},
        {"status": 500, "path": 1},
        {"status": 429, "retry_after": "soon"},
        {"status": "slow", "seconds": -1},
        {"status": 500, "tims": 2},
    ],
)
def test_a_fault_that_cannot_be_meant_is_refused(crm: httpx.Client, fault: dict[str, Any]) -> None:
    """A misspelt fault would let a test pass for the wrong reason."""
    assert crm.post("/control/faults", json=fault).status_code == 400
    assert crm.get("/control/faults").json() == {"faults": []}

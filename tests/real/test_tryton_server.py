"""Doubts the CRM we test against: that it is real, exact, writable, honest about keys, and gone afterwards."""

import base64
import datetime as dt
import json
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

import httpx
import pytest

from tests.real.tryton_sales import NOBODY, Sale, SaleLine, invoices
from tests.real.tryton_seed import PARTIES
from tests.real.tryton_servers import TrytonServer, why_not

pytestmark = pytest.mark.real

ROOT: Final = Path(__file__).parents[2]
CACHE: Final = ROOT / ".cache" / "tryton"
EXCERPT: Final = ROOT / "sandbox" / "data" / "invoices-2010-12.csv"
SALES: Final = "/rest/model/sale.sale"
LINES: Final = "/rest/model/sale.line"
HEADER: Final = ("number", "reference", "comment", "state", "sale_date", "party.code", "party.name", "currency.code")
AMOUNTS: Final = ("total_amount", "lines.product.code", "lines.quantity", "lines.unit_price", "lines.amount")
STAMPS: Final = ("create_date", "write_date", "lines.create_date", "lines.write_date")
STARTER: Final = """
import sys
from pathlib import Path
from tests.real.tryton_servers import TrytonServer
with TrytonServer.started(Path(sys.argv[1]), cache=Path(sys.argv[2])) as server:
    print(server.url, flush=True)
    sys.stdin.read()
"""


def sale(number: str, *lines: tuple[str, str, str], state: Any = "confirmed", currency: str = "GBP") -> Sale:
    """A sale to the first customer; lines are product code, quantity and unit price."""
    rows: list[SaleLine] = [{"product": code, "quantity": count, "unit_price": price} for code, count, price in lines]
    return {
        "number": number,
        "reference": f"PO {number}",
        "party": "C0001",
        "currency": currency,
        "sale_date": "2026-03-05",
        "state": state,
        "lines": rows,
    }


SEEDED: Final = (
    sale("S-1", ("W-100", "3", "9.99"), ("W-200", "12", "12.345")),
    sale("S-2", ("W-100", "1", "1234567890123.4567")),
    sale("S-3", ("W-300", "1000", "0.0805"), currency="CNY", state="quotation"),
    sale("S-4", ("W-100", "7", "1500"), currency="JPY", state="draft"),
    sale("S-5", ("W-100", "-2", "9.99"), currency="USD", state="cancelled"),
    sale("S-6", ("W-100", "5", "1"), ("W-200", "1", "2"), state="processing"),
    sale("S-7", ("W-100", "5", "1"), ("W-200", "1", "2")),
    sale("S-8", ("W-100", "5", "1"), ("W-200", "1", "2"), state="draft"),
    sale("S-9", ("W-100", "5", "1")),
)


class Crm(httpx.Client):
    """A client with the key, which reads typed values as Python's."""

    def __init__(self, server: TrytonServer, key: str | None = None) -> None:
        super().__init__(base_url=server.url, headers={"Authorization": f"Bearer {key or server.key}"}, timeout=60)

    def find(self, domain: list[Any], *fields: str) -> list[dict[str, Any]]:
        """The sales that a Tryton domain selects, by id."""
        query = {"d": encoded(domain), "o": encoded([["id", "ASC"]]), "f": list(fields)}
        return list(json.loads(self.get(SALES, params=query).raise_for_status().text, object_hook=typed))

    def one(self, number: str, *fields: str) -> dict[str, Any]:
        """The one sale of this number."""
        (found,) = self.find([["number", "=", number]], *fields)
        return found


def encoded(value: Any) -> str:
    """JSON in the URL's base64, padding included: Tryton answers 500 without it."""
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode()


def typed(value: dict[str, Any]) -> Any:
    """Tryton's typed objects as values; instants are UTC."""
    match value.get("__class__"):
        case "Decimal":
            return Decimal(value["decimal"])
        case "date":
            return dt.date(value["year"], value["month"], value["day"])
        case "datetime":
            return dt.datetime(**{name: value[name] for name in value.keys() - {"__class__"}}, tzinfo=dt.UTC)
        case _:
            return value


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TrytonServer]:
    """One running Tryton for this file; every test that writes has a sale of its own."""
    if reason := why_not(CACHE):
        pytest.skip(reason)
    with TrytonServer.started(tmp_path_factory.mktemp("tryton"), cache=CACHE, sales=SEEDED) as running:
        yield running


@pytest.fixture
def crm(server: TrytonServer) -> Iterator[Crm]:
    """A client of the running Tryton."""
    with Crm(server) as client:
        yield client


def closed(url: str) -> bool:
    """Whether nobody listens at the address any more within half a minute."""
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        try:
            httpx.get(url, timeout=5)
        except httpx.TransportError:
            return True
    return False


def test_it_answers_to_its_key_on_the_loopback_address(server: TrytonServer, crm: Crm) -> None:
    """The server is a child on 127.0.0.1, and the key that comes with it opens the door."""
    assert server.url.startswith("http://127.0.0.1:")
    assert crm.get(SALES).status_code == httpx.codes.OK


@pytest.mark.parametrize("headers", [{}, {"Authorization": "Bearer wrong"}, {"Authorization": "Bearer"}])
def test_a_wrong_key_and_none_are_refused(server: TrytonServer, headers: dict[str, str]) -> None:
    """Without the right key the answer is 401, so that a connector's handling of a lost key is testable."""
    assert httpx.get(f"{server.url}{SALES}", headers=headers).status_code == httpx.codes.UNAUTHORIZED


def test_one_request_reads_header_and_lines_with_exact_decimals(crm: Crm) -> None:
    """Customer, date, currency, every price and every amount arrive as they were seeded, digit by digit."""
    found = crm.one("S-1", *HEADER, *AMOUNTS)
    assert found["party"]["name"] == PARTIES["C0001"][0] == "上海精密机械有限公司"
    assert (found["reference"], found["sale_date"], found["currency"]["code"]) == (
        "PO S-1",
        dt.date(2026, 3, 5),
        "GBP",
    )
    assert [(line["product"]["code"], line["quantity"], line["unit_price"]) for line in found["lines"]] == [
        ("W-100", 3.0, Decimal("9.99")),
        ("W-200", 12.0, Decimal("12.345")),
    ]
    assert found["total_amount"] == Decimal("178.11")


def test_a_price_of_seventeen_digits_survives(crm: Crm) -> None:
    """No float lies between the database and the wire: a float would have changed the last digit."""
    (line,) = crm.one("S-2", *AMOUNTS)["lines"]
    assert line["unit_price"] == Decimal("1234567890123.4567")


def test_sales_are_in_the_states_they_were_seeded_in(crm: Crm) -> None:
    """Draft, quotation, confirmed, processing and cancelled are reached through Tryton's own buttons."""
    states = {found["number"]: found["state"] for found in crm.find([["number", "like", "S-%"]], "number", "state")}
    wanted = {seeded["number"]: seeded["state"] for seeded in SEEDED}
    assert {number: states[number] for number in ("S-1", "S-3", "S-4", "S-5", "S-6")} == {
        number: wanted[number] for number in ("S-1", "S-3", "S-4", "S-5", "S-6")
    }


def test_a_write_back_is_seen_by_the_next_read(crm: Crm) -> None:
    """Comment and reference of a confirmed sale take what the bridge writes, and the change stamp moves."""
    before = crm.one("S-7", "write_date")
    answer = crm.put(f"{SALES}/{before['id']}", json={"comment": "ERP: SO-900001 已录入", "reference": "SO-900001"})
    after = crm.one("S-7", *HEADER, "write_date")
    assert answer.status_code == httpx.codes.OK
    assert (after["comment"], after["reference"]) == ("ERP: SO-900001 已录入", "SO-900001")
    assert after["write_date"] > before["write_date"]


def test_a_confirmed_sale_waits_until_somebody_processes_it(crm: Crm) -> None:
    """Nothing moves a confirmed sale behind the bridge's back; the process action does, twice without harm."""
    before = crm.one("S-9", "state")
    answers = [crm.post(f"{SALES}/{before['id']}/process", json={}).status_code for _ in range(2)]
    assert (before["state"], answers, crm.one("S-9", "state")["state"]) == ("confirmed", [200, 200], "processing")


def test_an_action_that_the_state_forbids_is_told_in_words(crm: Crm) -> None:
    """A refusal is 400 with a message for a person in JSON."""
    answer = crm.post(f"{SALES}/{crm.one('S-6')['id']}/cancel", json={})
    assert (answer.status_code, "cancel" in answer.json()["message"]) == (httpx.codes.BAD_REQUEST, True)


def test_a_changed_line_does_not_move_its_sale(crm: Crm) -> None:
    """Why a reader must look at line stamps and add up the lines: header stamp and header total stay behind."""
    before = crm.one("S-6", *STAMPS, *AMOUNTS)
    crm.put(f"{LINES}/{before['lines'][0]['id']}", json={"quantity": 50}).raise_for_status()
    after = crm.one("S-6", *STAMPS, *AMOUNTS)
    assert after["write_date"] == before["write_date"]
    assert after["lines"][0]["write_date"] is not None
    assert (after["total_amount"], sum(line["amount"] for line in after["lines"])) == (Decimal(7), Decimal(52))


def test_a_deleted_line_leaves_no_stamp_at_all(crm: Crm) -> None:
    """Why stamps are only an accelerator: after a line is deleted no stamp of the sale has moved."""
    before = crm.one("S-8", *STAMPS, "total_amount")
    assert crm.delete(f"{LINES}/{before['lines'][1]['id']}").status_code == httpx.codes.NO_CONTENT
    after = crm.one("S-8", *STAMPS, "total_amount")
    assert (after["write_date"], after["lines"]) == (before["write_date"], before["lines"][:1])
    assert (before["total_amount"], after["total_amount"]) == (Decimal(7), Decimal(5))


def test_sales_can_be_added_while_the_server_runs(server: TrytonServer, crm: Crm) -> None:
    """A salesperson's new order is there at the next read, with a customer and a product nobody knew before."""
    newcomer = sale("L-1", ("NEW-1", "2", "3.5"))
    server.load([{**newcomer, "party": "C9999", "party_name": "新客户"}])
    found = crm.one("L-1", *HEADER, *AMOUNTS)
    assert (found["party"]["name"], found["total_amount"]) == ("新客户", Decimal(7))


def test_real_invoices_are_read_back_to_the_penny(tmp_path: Path, server: TrytonServer) -> None:
    """Every invoice of the excerpt comes back with its lines in order, credit note and nobody's order included."""
    del server  # its fixture has skipped where no Tryton can run
    wanted = invoices(EXCERPT)
    with TrytonServer.started(tmp_path, cache=CACHE, sales=wanted) as real, Crm(real) as crm:
        found = {row["number"]: row for row in crm.find([["state", "=", "confirmed"]], *HEADER, *AMOUNTS)}
    assert found.keys() == {invoice["number"] for invoice in wanted}
    for invoice in wanted:
        assert_same(found[invoice["number"]], invoice)
    assert found["536558"]["party"]["name"] == NOBODY[1]
    assert found["C536383"]["total_amount"] < 0


def assert_same(found: dict[str, Any], invoice: Sale) -> None:
    """The sale holds the invoice's customer, lines and the sum of its lines."""
    assert found["party"]["code"] == invoice["party"]
    assert [(row["product"]["code"], row["quantity"], row["unit_price"]) for row in found["lines"]] == [
        (row["product"], float(row["quantity"]), Decimal(row["unit_price"])) for row in invoice["lines"]
    ]
    expected = sum(Decimal(row["quantity"]) * Decimal(row["unit_price"]) for row in invoice["lines"])
    assert found["total_amount"] == expected


def test_every_start_has_a_fresh_database(tmp_path: Path, server: TrytonServer) -> None:
    """What one run wrote is not there in the next, even in the same folder."""
    del server
    for _ in range(2):
        with TrytonServer.started(tmp_path, cache=CACHE, sales=SEEDED) as again, Crm(again) as crm:
            found = crm.one("S-1", "comment")
            assert found["comment"] is None
            crm.put(f"{SALES}/{found['id']}", json={"comment": "typed"}).raise_for_status()


def test_it_ends_with_its_block_even_when_the_test_fails(tmp_path: Path, server: TrytonServer) -> None:
    """An error in the block leaves no process and no open port behind."""
    del server
    with suppress(ZeroDivisionError), TrytonServer.started(tmp_path, cache=CACHE) as doomed:
        alive = httpx.get(doomed.url).status_code
        raise ZeroDivisionError
    assert (alive > 0, closed(doomed.url)) == (True, True)


def test_it_ends_when_its_starter_is_killed(tmp_path: Path, server: TrytonServer) -> None:
    """A test run that is shot leaves no server behind either."""
    del server
    command = [sys.executable, "-c", STARTER, str(tmp_path), str(CACHE)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=ROOT, text=True) as starter:
        assert starter.stdout is not None
        url = starter.stdout.readline().strip()
        alive = httpx.get(url).status_code
        starter.kill()
    assert (alive > 0, closed(url)) == (True, True)


def test_a_machine_that_cannot_install_it_says_so_in_one_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the packages cannot be had, the tests are skipped with the reason, not failed with a traceback."""
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(tmp_path))
    monkeypatch.setenv("PIP_CONFIG_FILE", "/dev/null" if sys.platform != "win32" else "nul")
    reason = why_not(tmp_path / "cache")
    assert reason is not None
    assert reason.startswith("Tryton: step 'install' failed: ")
    assert "\n" not in reason

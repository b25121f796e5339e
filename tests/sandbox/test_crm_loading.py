"""Doubts the loader: real invoices become exact orders, and files that are none are told in one sentence."""

import csv
import gzip
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import httpx
import pytest

from sandbox.crm.loading import COLUMNS, EXCERPT, BadFileError, main, read_invoices
from sandbox.crm.servers import KEY, CrmServer

HEAD = ",".join(COLUMNS)
ROW = "1,A,x,2,2010-12-01 08:26:00,1.5,17850.0,United Kingdom"


@pytest.fixture
def crm(tmp_path: Path) -> Iterator[CrmServer]:
    """An empty CRM."""
    with CrmServer(tmp_path / "crm.sqlite") as server:
        yield server


def _file(tmp_path: Path, *lines: str) -> Path:
    path = tmp_path / "invoices.csv"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def _excerpt() -> dict[str, dict[str, Any]]:
    return {order["number"]: order for order in read_invoices(EXCERPT)}


def test_the_excerpt_holds_what_its_readme_promises() -> None:
    """24 invoices: short ones, a long one, one without a customer, one credit note, one code at two prices."""
    orders = _excerpt()
    assert len(orders) == 24
    assert [number for number, order in orders.items() if order["customer"] is None] == ["536558"]
    assert [number for number, order in orders.items() if Decimal(order["total"]) < 0] == ["C536383"]
    assert [number for number, order in orders.items() if len(order["lines"]) > 10] == ["536446"]
    prices = {line["unit_price"] for line in orders["537236"]["lines"] if line["item"] == "22073"}
    assert prices == {"3.39", "3.75"}


def test_an_invoice_becomes_an_order_with_an_exact_total() -> None:
    """536368 as the data set has it."""
    order = _excerpt()["536368"]
    assert {**order, "lines": order["lines"][:1]} == {
        "number": "536368",
        "status": "released",
        "customer": {"code": "13047", "name": "Customer 13047, United Kingdom"},
        "order_date": "2010-12-01",
        "currency": "GBP",
        "lines": [
            {
                "position": 1,
                "item": "22960",
                "description": "JAM MAKING SET WITH JARS",
                "quantity": "6",
                "unit_price": "4.25",
                "amount": "25.50",
            }
        ],
        "total": "70.05",
        "remarks": "",
        "po_number": None,
    }


def test_all_rows_and_all_money_of_the_file_arrive() -> None:
    """The orders hold as many lines and as many pounds as the rows do."""
    with EXCERPT.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    orders = _excerpt().values()
    assert sum(len(order["lines"]) for order in orders) == len(rows)
    assert sum(Decimal(order["total"]) for order in orders) == sum(
        Decimal(row["Quantity"]) * Decimal(row["UnitPrice"]) for row in rows
    )


def test_a_credit_note_stays_a_released_order_with_negative_quantity() -> None:
    """Refusing it is the bridge's task, so the CRM must really offer it."""
    order = _excerpt()["C536383"]
    assert (order["status"], order["lines"][0]["quantity"], order["total"]) == ("released", "-1", "-4.65")


def test_texts_keep_commas_apostrophes_and_blanks() -> None:
    """Descriptions come as they are in the file, dirt included."""
    orders = _excerpt()
    assert orders["536371"]["lines"][0]["description"] == "PAPER CHAIN KIT 50'S CHRISTMAS "
    assert "FEATHER PEN,COAL BLACK" in [line["description"] for line in orders["536559"]["lines"]]


def test_prices_keep_more_than_two_decimals(tmp_path: Path) -> None:
    """Nothing is rounded on the way in."""
    (order,) = read_invoices(_file(tmp_path, HEAD, "1,A,x,3,2010-12-01,0.125,7,UK", "1,B,x,1,2010-12-01,1,7,UK"))
    assert [line["unit_price"] for line in order["lines"]] == ["0.125", "1.00"]
    assert order["total"] == "1.375"


def test_other_editions_of_the_data_set_load_too(tmp_path: Path) -> None:
    """Gzip, month first, Windows letters, other columns between, rows of an invoice apart."""
    path = tmp_path / "data.csv.gz"
    rows = [
        f"{HEAD},More",
        "1,A,PRICE £5,2,12/3/2010 8:26,1.5,17850,UK,",
        "2,A,x,1,12/3/2010 8:26,1,,UK,",
        "1,B,y,1,12/3/2010 8:27,1,17850,UK,",
    ]
    path.write_bytes(gzip.compress("\n".join(rows).encode("cp1252")))
    first, second = read_invoices(path)
    assert (first["order_date"], first["customer"]["code"], len(first["lines"])) == ("2010-12-03", "17850", 2)
    assert first["lines"][0]["description"] == "PRICE £5"
    assert second["customer"] is None


def test_count_takes_whole_invoices_from_the_start() -> None:
    """The first three invoices, each with all its lines."""
    assert read_invoices(EXCERPT, 3) == read_invoices(EXCERPT)[:3]


@pytest.mark.parametrize(
    ("lines", "told"),
    [
        ([], "InvoiceNo, StockCode, Description, Quantity, InvoiceDate, UnitPrice, CustomerID, Country is missing"),
        ([HEAD.replace("UnitPrice", "Price"), ROW], "UnitPrice is missing"),
        ([HEAD, "1,A,x"], "line 2: the row is too short"),
        ([HEAD, ROW, ROW.replace(",2,", ",two,")], "line 3: Quantity is 'two'"),
        ([HEAD, ROW.replace("1.5", "NaN")], "line 2: UnitPrice is 'NaN'"),
        ([HEAD, ROW.replace("1.5", "1E+999999")], "line 2: UnitPrice is '1E+999999'"),
        ([HEAD, ROW.replace("2010-12-01", "2010-31-31")], "InvoiceDate is '2010-31-31 08:26:00'"),
        ([HEAD, ROW[1:]], "InvoiceNo is empty"),
        ([HEAD, "1," + "x" * 200_000], "is not a CSV file"),
    ],
)
def test_a_bad_file_is_told_in_one_sentence(tmp_path: Path, lines: list[str], told: str) -> None:
    """The sentence names the file and, where there is one, the line."""
    path = _file(tmp_path, *lines)
    with pytest.raises(BadFileError) as caught:
        read_invoices(path)
    assert told in str(caught.value)
    assert str(path) in str(caught.value)


@pytest.mark.parametrize("content", [None, b"\x1f\x8b broken", gzip.compress(HEAD.encode() * 99)[:-20]])
def test_an_unreadable_file_ends_the_command_without_a_trace(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], content: bytes | None
) -> None:
    """Exit code 2 and one line on standard error."""
    path = tmp_path / "missing.csv.gz"
    if content is not None:
        path.write_bytes(content)
    assert main([str(path), "--url", "http://127.0.0.1:9"]) == 2
    assert capsys.readouterr().err.count("\n") == 1


def test_the_command_loads_the_excerpt_into_a_crm(crm: CrmServer, capsys: pytest.CaptureFixture[str]) -> None:
    """Without a file named, the 24 real invoices are in, in file order, as they were read."""
    assert main(["--url", crm.url]) == 0
    assert capsys.readouterr().out == "24 orders loaded.\n"
    page = httpx.get(
        f"{crm.url}/api/orders", headers={"Authorization": f"Bearer {KEY}"}, trust_env=False, verify=False
    ).json()
    stored = [{name: order[name] for name in read_invoices(EXCERPT, 1)[0]} for order in page["orders"]]
    assert stored == read_invoices(EXCERPT)


def test_a_crm_that_refuses_is_told_in_one_sentence(crm: CrmServer, capsys: pytest.CaptureFixture[str]) -> None:
    """Exit code 1 for a wrong control key and for a wrong address."""
    assert main(["--url", crm.url, "--control-key", "wrong"]) == 1
    assert main(["--url", "file:///etc/passwd"]) == 1
    assert capsys.readouterr().err.count("\n") == 2

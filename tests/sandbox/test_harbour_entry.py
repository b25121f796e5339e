"""Doubts the screen Order Entry (SO-210): what Update and Save make of what was typed."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.sandbox.harbour_clerks import LINE, Harbour, harbour


@pytest.fixture
def erp(tmp_path: Path) -> Iterator[Harbour]:
    """A fresh Harbour."""
    with harbour(tmp_path) as running:
        yield running


def test_update_fills_in_from_the_item_file_and_adds_an_empty_row(erp: Harbour) -> None:
    """Description and price come from the item, the amount appears, one row waits."""
    clerk = erp.clerk("BOT1")
    fields = clerk.typed({"item": "p-30", "quantity": "2.5"}, txtCust="c1010")
    assert (fields["item_1"], fields["desc_1"], fields["price_1"]) == ("P-30", "Anchor chain 10 mm", "12.90")
    assert (fields["rows"], fields["item_2"], fields["txtCust"]) == ("2", "", "C1010")
    page = clerk.post("/so/entry", fields)
    assert '<td class="num">32.25&nbsp;</td>' in page.html
    assert "Müller GmbH, Hafenstraße 12, Köln" in page.html


def test_save_tells_the_number_once_over_a_blank_form(erp: Harbour) -> None:
    """The books hold the order with its lines; the next form knows nothing of it."""
    clerk = erp.clerk("BOT1")
    page = clerk.save(LINE, {"item": "P-70", "quantity": "1", "price": "1,100.005"}, txtRem="REF-1", txtRef="PO 7")
    assert page.saved == 10001
    assert page.html.count("10001") == 1
    assert (page.fields["txtCust"], page.fields["rows"]) == ("", "1")
    assert "10001" not in clerk.get("/so/entry").html
    (order,) = erp.orders()
    expected = {"customer_code": "C1001", "remarks": "REF-1", "po_number": "PO 7", "net_total": "1125.81"}
    expected |= {"status": "Open", "terms": "30", "warehouse": "MAIN", "shipping_method": "STD", "created_by": "BOT1"}
    assert {name: order[name] for name in expected} == expected
    lines = erp.rows("SELECT position, item_code, quantity, unit_price, amount FROM order_lines ORDER BY position")
    assert [tuple(line.values()) for line in lines] == [
        (1, "P-30", "2", "12.90", "25.80"),
        (2, "P-70", "1", "1100.01", "1100.01"),
    ]


def test_saving_twice_makes_two_orders(erp: Harbour) -> None:
    """Nothing a clerk types is unique."""
    clerk = erp.clerk("BOT1")
    fields = clerk.typed(LINE, txtCust="C1001", txtRem="SAME", txtRef="SAME")
    assert [clerk.post("/so/save", fields).saved for _ in range(2)] == [10001, 10002]
    assert [order["remarks"] for order in erp.orders()] == ["SAME", "SAME"]


def test_a_row_without_update_fails_the_save_with_sql(erp: Harbour) -> None:
    """HTTP 200, a database message, nothing saved."""
    clerk = erp.clerk("BOT1")
    fields = clerk.typed(LINE, txtCust="C1001")
    page = clerk.post("/so/save", fields | {"item_2": "P-40", "qty_2": "1"})
    assert (page.status, page.error) == (200, "Error!")
    assert "violates not-null constraint" in page.html
    assert erp.orders() == []


def test_an_unknown_item_keeps_the_form(erp: Harbour) -> None:
    """The row stays as typed, and Save is not possible with it."""
    clerk = erp.clerk("BOT1")
    fields = clerk.get("/so/entry").fields | {"txtCust": "C1001", "item_1": "NOPE", "qty_1": "3"}
    page = clerk.post("/so/entry", fields)
    assert (page.status, page.error) == (200, "IN-020 Item not on file!")
    assert (page.fields["item_1"], page.fields["qty_1"], page.fields["txtCust"]) == ("NOPE", "3", "C1001")
    assert clerk.post("/so/save", page.fields).error == "Error!"


@pytest.mark.parametrize("quantity", ["0", "abc", "", "0.0004", "0,00"])
def test_a_row_without_a_quantity_disappears(erp: Harbour, quantity: str) -> None:
    """No word about it."""
    clerk = erp.clerk("BOT1")
    fields = clerk.typed(LINE, {"item": "P-40", "quantity": quantity}, txtCust="C1001")
    assert (fields["rows"], fields["item_2"]) == ("2", "")


@pytest.mark.parametrize(
    ("typed", "stored"),
    [("1,234.50", "1234.5"), ("1.234,5", "1.235"), ("-3", "-3"), ("2.0005", "2.001"), ("7 pcs", "7")],
)
def test_quantities_are_read_leniently_and_wrongly(erp: Harbour, typed: str, stored: str) -> None:
    """Commas vanish, the tail is ignored, the rest is rounded half up to three decimals."""
    erp.clerk("BOT1").save({"item": "P-30", "quantity": typed})
    assert erp.rows("SELECT quantity FROM order_lines") == [{"quantity": stored}]


@pytest.mark.parametrize(("typed", "stored"), [("2.345", "2.35"), ("1.234,5", "1.23"), ("free", "0.00"), ("", "12.90")])
def test_prices_are_rounded_to_the_cent_without_a_word(erp: Harbour, typed: str, stored: str) -> None:
    """Half up; an empty price is the item's."""
    erp.clerk("BOT1").save({"item": "P-30", "quantity": "1", "price": typed})
    assert erp.rows("SELECT unit_price FROM order_lines") == [{"unit_price": stored}]


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("05/12/26", "2026-12-05"),
        ("05.12.26", "2026-05-12"),
        ("12/31/26", "2026-12-31"),
        ("31/12/2026", "2020-12-31"),
        ("31-12-26", "2026-12-31"),
    ],
)
def test_dates_are_taken_in_silence_even_when_misread(erp: Harbour, typed: str, stored: str) -> None:
    """Dots mean month first, the impossible is swapped, what is longer than the field is cut."""
    erp.clerk("BOT1").save(txtDate=typed)
    assert [order["order_date"] for order in erp.orders()] == [stored]


@pytest.mark.parametrize("typed", ["2026-12-05", "5 Dec 26", "45/45/26"])
def test_other_dates_are_errors(erp: Harbour, typed: str) -> None:
    """HTTP 200, nothing saved."""
    page = erp.clerk("BOT1").save(txtDate=typed)
    assert (page.status, page.error, erp.orders()) == (200, "SO-110 Invalid date", [])


def test_a_name_with_one_match_becomes_its_number(erp: Harbour) -> None:
    """Update resolves part of a name."""
    assert erp.clerk("BOT1").typed(LINE, txtCust="brien")["txtCust"] == "C1030"


def test_a_name_with_several_matches_asks_and_keeps_the_order(erp: Harbour) -> None:
    """Even the exact name is asked for; Continue comes back with lines and header."""
    clerk = erp.clerk("BOT1")
    fields = clerk.typed(LINE, txtRem="REF-9")
    pick = clerk.post("/so/entry", fields | {"txtCust": "Smith Lt"})
    assert "Select from one of the names below" in pick.html
    assert pick.html.count('type="radio"') == 2
    back = clerk.post("/so/entry", pick.fields | {"pick": "C1002"})
    assert (back.fields["txtCust"], back.fields["txtRem"], back.fields["item_1"]) == ("C1002", "REF-9", "P-30")
    assert clerk.post("/so/save", back.fields).saved == 10001


@pytest.mark.parametrize("typed", ["NOBODY", "C1090", "Dormant"])
def test_an_unknown_or_inactive_customer_is_refused(erp: Harbour, typed: str) -> None:
    """On Update and on Save alike."""
    page = erp.clerk("BOT1").save(txtCust=typed)
    assert (page.status, page.error, erp.orders()) == (200, "SO-104 Customer not on file", [])


def test_long_texts_are_cut_in_silence(erp: Harbour) -> None:
    """Your Ref holds 15 characters, Remarks 20, a description 35."""
    erp.clerk("BOT1").save(LINE | {"description": "d" * 40}, txtRef="P" * 30, txtRem="R" * 30)
    (order,) = erp.orders()
    assert (order["po_number"], order["remarks"]) == ("P" * 15, "R" * 20)
    assert erp.rows("SELECT description FROM order_lines") == [{"description": "d" * 35}]


def test_chinese_breaks_into_cut_entities_and_umlauts_survive(erp: Harbour) -> None:
    """What the browser sends for characters the page does not know is stored as it came."""
    erp.clerk("BOT1").save(txtRem="Größe 重庆科技", txtRef="–€")
    (order,) = erp.orders()
    assert (order["remarks"], order["po_number"]) == ("Größe &#37325;&#2419", "–€")


def test_a_utf8_installation_keeps_chinese(tmp_path: Path) -> None:
    """The flag switches forms and pages."""
    with harbour(tmp_path, encoding="utf-8") as running:
        clerk = running.clerk("BOT1")
        clerk.save(txtRem="重庆科技 Müller")
        assert [order["remarks"] for order in running.orders()] == ["重庆科技 Müller"]
        assert "重庆科技 Müller" in clerk.get("/so/show", number="10001").html


def test_six_hundred_rows_are_saved_exactly(erp: Harbour) -> None:
    """Each row once, in its position, and the total of all."""
    clerk = erp.clerk("BOT1")
    fields = clerk.get("/so/entry").fields | {"txtCust": "C1001", "rows": "600"}
    for row in range(1, 601):
        fields |= {f"item_{row}": "P-20", f"qty_{row}": str(row), f"price_{row}": "0.01"}
    page = clerk.post("/so/save", clerk.post("/so/entry", fields).fields)
    stored = erp.rows("SELECT position, quantity FROM order_lines WHERE order_number = ? ORDER BY 1", page.saved)
    assert [(line["position"], line["quantity"]) for line in stored] == [(n, str(n)) for n in range(1, 601)]
    assert erp.orders()[0]["net_total"] == "1803.00"


def test_a_thousand_rows_are_too_many(erp: Harbour) -> None:
    """Update refuses them, and so does Save."""
    clerk = erp.clerk("BOT1")
    fields = clerk.get("/so/entry").fields | {"txtCust": "C1001", "rows": "1000"}
    for row in range(1, 1001):
        fields |= {f"item_{row}": "P-20", f"qty_{row}": "1", f"chk_{row}": "P-20"}
    answers = [clerk.post(path, fields).error for path in ("/so/entry", "/so/save")]
    assert answers == ["SO-130 Too many lines"] * 2
    assert erp.orders() == []


def test_an_order_without_lines_is_refused(erp: Harbour) -> None:
    """Nothing saved."""
    clerk = erp.clerk("BOT1")
    page = clerk.post("/so/save", clerk.typed(txtCust="C1001"))
    assert (page.error, erp.orders()) == ("SO-140 No order lines", [])

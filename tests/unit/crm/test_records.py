"""Doubts the reading of records: exact where they are sound, set aside with a reason where they are not."""

import json
import time
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bridge.crm.payloads import read_json
from bridge.crm.records import RecordReader
from bridge.errors import CrmDown, OrderMalformed
from bridge.model.orders import Order, OrderStatus
from bridge.ports import OrderPage
from tests.unit.crm.scripted_wires import Script, listing, opened, record, says, spec


def _order(said: Any, **changes: Any) -> Order:
    order = opened(Script(says(said)), **changes)[0].order("1")
    assert order is not None
    return order


def _problem(said: Any, **changes: Any) -> str:
    with pytest.raises(OrderMalformed) as fault:
        opened(Script(says(said)), **changes)[0].order("1")
    return str(fault.value.params["problem"])


def _page(body: bytes | Any, **changes: Any) -> OrderPage:
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    script = Script(httpx.Response(200, content=content, headers={"content-type": "application/json"}))
    return next(opened(script, **changes)[0].changed_orders(None))


def _raw(field: str, text: str) -> bytes:
    """A list of a sound record and one whose field is the given raw JSON."""
    bad = json.dumps(record(1, **{field: "HERE"})).replace('"HERE"', text)
    return f'{{"orders": [{bad}, {json.dumps(record(2))}]}}'.encode("utf-8", "surrogateescape")


def _line(**changes: Any) -> list[dict[str, Any]]:
    return [{"item": "W-100", "quantity": 3, "price": 9.99, **changes}]


def test_numbers_keep_their_digits() -> None:
    """A JSON number never becomes a float: this one would end in 4568."""
    body = json.dumps(record(1)).replace("9.99", "1234567890.12345678").replace('"quantity": 3', '"quantity": 3.10')
    page = _page(f'{{"orders": [{body}]}}'.encode())
    line = page.orders[0].lines[0]
    assert (str(line.unit_price), str(line.quantity)) == ("1234567890.12345678", "3.10")


@pytest.mark.parametrize(
    ("given", "read"),
    [("12.50", "12.50"), (0, "0"), ("-3", "-3"), ("1e3", "1000"), ("0.00000001", "0.00000001"), ("007", "7")],
)
def test_a_number_may_be_written_as_text(given: Any, read: str) -> None:
    """Many CRMs do, to keep the digits."""
    assert _order(record(1, lines=_line(price=given))).lines[0].unit_price == Decimal(read)


@pytest.mark.parametrize(
    "given",
    [
        *("1,234.50", "1.234,50", "", " 1", "1 ", "１２", "£5", "0x10", "1_000", ".5", "5.", "+1", "--1", "1e", "1\n"),
        *("NaN", "Infinity", "-inf", True, False, [], {}),
        *("1e999999", "1e-999999", "0e999999", "1e99999999999999999999", "1" * 61, "9" * 13, "1e12"),
    ],
)
def test_what_is_no_plain_number_is_malformed(given: Any) -> None:
    """Nothing is guessed, and what no ERP could hold is refused before anybody computes with it."""
    assert _problem(record(1, lines=_line(price=given))).startswith("unit_price of line 1 ")


@pytest.mark.parametrize("raw", ["1e999999", "-1e999999", "1e-999999", "NaN", "Infinity", "-Infinity", "9" * 100_000])
def test_a_number_made_to_hurt_spoils_only_its_own_record(raw: str) -> None:
    """Quickly, too."""
    begun = time.monotonic()
    page = _page(_raw("total", raw))
    assert [order.id for order in page.orders] == ["2"]
    assert list(page.malformed) == ["1"]
    assert len(page.malformed["1"].worded()) < 200
    assert time.monotonic() - begun < 5


@pytest.mark.parametrize(
    ("field", "raw"),
    [
        ("number", r'"A\u0000B"'),
        ("number", r'"A\u001bB"'),
        ("number", '"A\tB"'),
        ("number", '"A\nB"'),
        ("number", r'"A\u0085B"'),
        ("number", r'"A\u2028B"'),
        ("number", r'"\ud800"'),
        ("number", '"\udcff"'),
        ("number", "null"),
        ("number", "true"),
        ("number", "1.5"),
        ("remarks", r'"\u0000"'),
        ("remarks", r'"\ud83d"'),
        ("remarks", r'"\u0007"'),
        ("remarks", '["a"]'),
        ("customer", '"C1"'),
        ("customer", r'{"code": "C\r1", "name": null}'),
        ("date", "null"),
        ("date", '"05/03/2026"'),
        ("date", '"2026-02-30"'),
        ("date", '"2026-03-05T08:00:00Z"'),
        ("date", "20260305"),
        ("status", '"Won"'),
        ("status", "null"),
        ("currency", "null"),
        ("changed", '"yesterday"'),
        ("changed", '"2026-03-05T08:00:00"'),
        ("changed", '"2026-03-05"'),
        ("changed", '"0001-01-01T00:00:00+23:59"'),
        ("changed", "5"),
        ("lines", "null"),
        ("lines", '"none"'),
        ("lines", "[null]"),
        ("lines", '[{"item": "W-100", "quantity": 1}]'),
        ("lines", '[{"item": null, "quantity": 1, "price": 1}]'),
        ("total", '"12,00"'),
    ],
)
def test_a_record_that_cannot_be_read_is_set_aside(field: str, raw: str) -> None:
    """The rest of the page goes on, and the reason names the field in printable words."""
    page = _page(_raw(field, raw))
    assert [order.id for order in page.orders] == ["2"]
    assert list(page.malformed) == ["1"]
    reason = page.malformed["1"].worded()
    assert reason.isprintable()
    assert page.malformed["1"].code == "order_malformed"


@pytest.mark.parametrize("bad", [None, 5, "text", [], {}, [[[]]], {"id": None}, {"id": " "}, {"id": {"a": 1}}])
def test_a_record_without_an_id_is_set_aside_under_a_name_of_its_own(bad: Any) -> None:
    """The same one each time, so that it can be recognised."""
    names = {tuple(_page(listing(bad, record(2))).malformed) for _ in range(2)}
    assert len(names) == 1
    (name,) = names.pop()
    assert name.startswith("?")


def test_a_record_nested_without_end_does_not_break_the_reader() -> None:
    """It is one bad record where Python can still read it; else the whole answer is refused, never half of it."""
    for depth in (50, 400):
        page = _page(_raw("remarks", "[" * depth + "]" * depth))
        assert (list(page.malformed), len(page.orders)) == (["1"], 1)
    with pytest.raises(CrmDown, match="nested too deeply"):
        _page(_raw("remarks", "[" * 100_000 + "]" * 100_000))


def test_line_breaks_in_remarks_are_reported_as_they_are() -> None:
    """Whether they can be typed is for the rules to say; the reader touches nothing up."""
    assert _order(record(1, remarks=" Tor 3\n\tbitte läuten ")).remarks == " Tor 3\n\tbitte läuten "


def test_text_from_all_over_the_world_is_kept() -> None:
    """Nothing is folded, trimmed or normalised."""
    text = "重庆 ＡＢＣ café cafe\u0301 👍 \u202eabc =1+1"
    assert _order(record(1, remarks=text)).remarks == text


def test_an_empty_customer_is_not_the_same_as_none() -> None:
    """Both are read; neither is guessed."""
    assert _order(record(1, customer=None)).customer is None
    assert _order(record(1, customer={"code": None, "name": "X"})).customer is None
    assert _order(record(1, customer={"code": ""})).customer == ""


def test_a_field_that_was_renamed_is_noticed() -> None:
    """A key that is missing is not null: somebody changed the CRM's form. A question mark says that it may be."""
    renamed = {**record(1), "currency": None, "waehrung": "GBP"}
    del renamed["currency"]
    assert _problem(renamed) == "currency is not in the record"
    assert _order(record(1)).remarks == ""


def test_an_order_with_no_lines_is_an_order() -> None:
    """That it cannot be typed is for the rules to say."""
    assert _order(record(1, lines=[])).lines == ()


def test_lines_that_are_no_goods_are_left_out_where_the_configuration_says_so() -> None:
    """Titles and comments stand between the goods in some CRMs."""
    lines = {"path": "lines", "item": "item", "quantity": "quantity", "unit_price": "price"}
    only = [{"path": "type", "equals": "line"}]
    given = [{"type": "title"}, {"type": "line", "item": "W-1", "quantity": "1", "price": "2"}, {"type": "comment"}]
    order = _order(record(1, lines=given), fields={"lines": {**lines, "only": only}})
    assert [(line.position, line.item) for line in order.lines] == [(1, "W-1")]


def test_true_is_not_one() -> None:
    """Python says it is; a CRM that means 1 does not say true."""
    lines = {"path": "lines", "item": "item", "quantity": "quantity", "unit_price": "price"}
    given = [{"kind": True, **_line()[0]}, {"kind": 1, **_line(item="W-1")[0]}]
    order = _order(record(1, lines=given), fields={"lines": {**lines, "only": [{"path": "kind", "equals": 1}]}})
    assert [line.item for line in order.lines] == ["W-1"]


def test_the_stamp_of_a_record_never_changed_is_its_creation() -> None:
    """Many CRMs leave the other one null until then."""
    assert _order(record(1, changed=None)).changed_at == datetime(2026, 3, 1, 8, tzinfo=UTC)


@pytest.mark.parametrize(
    ("given", "formats", "read"),
    [
        ("2026-03-05T08:00:00.1234567+01:00", {}, datetime(2026, 3, 5, 7, 0, 0, 123456, tzinfo=UTC)),
        ("2026-07-24T14:05:58.000+0000", {}, datetime(2026, 7, 24, 14, 5, 58, tzinfo=UTC)),
        ("2026-03-05 08:00:00", {"naive_zone": "UTC"}, datetime(2026, 3, 5, 8, tzinfo=UTC)),
        ("2026-03-05 08:00:00", {"naive_zone": "Asia/Shanghai"}, datetime(2026, 3, 5, 0, tzinfo=UTC)),
        (1772697600, {"instant": "epoch_s"}, datetime(2026, 3, 5, 8, tzinfo=UTC)),
        ("1772697600123", {"instant": "epoch_ms"}, datetime(2026, 3, 5, 8, 0, 0, 123000, tzinfo=UTC)),
    ],
)
def test_instants_are_read_as_the_configuration_says(given: Any, formats: dict[str, str], read: datetime) -> None:
    """With their zone, in the declared one, or counted from 1970."""
    assert _order(record(1, changed=given), formats=formats).changed_at == read


@pytest.mark.parametrize("stamp", ["1e999998", "-1e999998", "9" * 60, "NaN", True, None])
def test_a_counted_stamp_made_to_hurt_is_malformed(stamp: Any) -> None:
    """Quickly: a million digits are not converted."""
    begun = time.monotonic()
    assert "changed_at" in _problem(record(1, changed=stamp, created=stamp), formats={"instant": "epoch_ms"})
    assert time.monotonic() - begun < 2


def test_a_date_alone_is_no_stamp() -> None:
    """All that changed that day would have to be asked for by an hour nobody knows."""
    assert "changed_at" in _problem(record(1, changed="2026-03-05"), formats={"naive_zone": "UTC"})


def test_a_date_is_never_shifted() -> None:
    """Whatever zone anybody is in."""
    assert _order(record(1), formats={"zone": "Pacific/Kiritimati"}).ordered_on == date(2026, 3, 5)


def test_a_date_written_as_an_instant_is_the_day_in_the_declared_zone() -> None:
    """Local midnight in Shanghai is still the day before in London."""
    said = record(1, date="2026-11-20T16:00:00Z")
    assert _order(said, formats={"zone": "Asia/Shanghai"}).ordered_on == date(2026, 11, 21)
    assert _problem(said) == "order_date is not a date: '2026-11-20T16:00:00Z'"


def test_a_date_may_be_written_in_the_crms_own_way() -> None:
    """By its pattern, and only so."""
    assert _order(record(1, date="05.03.2026"), formats={"date": "%d.%m.%Y"}).ordered_on == date(2026, 3, 5)
    assert "order_date" in _problem(record(1, date="2026-03-05"), formats={"date": "%d.%m.%Y"})


def test_status_words_are_the_crms_own() -> None:
    """Codes and truth values too."""
    words = {"1": "released", "2": "cancelled", "true": "draft"}
    statuses = [_order(record(1, status=given), status=words).status for given in (1, "2", True)]
    assert statuses == [OrderStatus.RELEASED, OrderStatus.CANCELLED, OrderStatus.DRAFT]


def test_a_draft_that_cannot_be_read_yet_troubles_nobody() -> None:
    """It has no number or date because nobody is done with it; asked for by id, it says so all the same."""
    page = _page(listing(record(1, status="open", number=None, date=None), record(2)))
    assert ([order.id for order in page.orders], dict(page.malformed)) == (["2"], {})
    assert "number is missing" in _problem(record(1, status="open", number=None))


def test_tryton_values_are_read_with_their_types() -> None:
    """Decimals, dates and stamps come as objects; a broken one is malformed."""
    stamp = {"__class__": "datetime", "year": 2026, "month": 3, "day": 5, "hour": 8, "minute": 0, "second": 1}
    day = {"__class__": "date", "year": 2026, "month": 3, "day": 5}
    price = {"__class__": "Decimal", "decimal": "0.0805"}
    order = _order(record(1, changed=stamp, date=day, lines=_line(price=price)), decode="tryton")
    assert (order.ordered_on, order.lines[0].unit_price) == (date(2026, 3, 5), Decimal("0.0805"))
    assert order.changed_at == datetime(2026, 3, 5, 8, 0, 1, tzinfo=UTC)
    for bad in ({**day, "month": 13}, {"__class__": "date"}, {"__class__": "Decimal", "decimal": "1"}, {**day, "x": 1}):
        assert "order_date" in _problem(record(1, date=bad), decode="tryton")
    assert "unit_price" in _problem(record(1, lines=_line(price={**price, "decimal": "x"})), decode="tryton")


READER = RecordReader("test", spec())
JSON = st.recursive(st.none() | st.booleans() | st.floats() | st.text() | st.integers(), st.lists, max_leaves=5)


@given(JSON)
@settings(deadline=None)  # the machine may be busy with something else
def test_no_value_whatever_stops_the_reader(value: Any) -> None:
    """In any field: the order is read, or it is malformed; nothing else can happen."""
    for field in record(1):
        sent = read_json(json.dumps({**record(1), field: value}).encode())
        READER.id(sent)
        READER.changed_at(sent)
        assert _told(sent).isprintable()


def _told(sent: Any) -> str:
    """The revision of the order, or why there is none."""
    try:
        return READER.order(sent).revision
    except OrderMalformed as fault:
        return fault.worded()


PARTS = {"discount": "off?", "freight": "carriage?", "tax": "vat?", "company": "company?"}
COUNTED = {
    "path": "lines",
    "item": "item",
    "quantity": "quantity",
    "unit_price": "price",
    "unit": "uom",
    "discount": "off",
}


def test_what_is_stated_beside_the_goods_is_read_where_it_is_configured() -> None:
    """Nothing stated stays nothing, zero stays zero, and every digit is kept."""
    said = record(1, off="1.50", carriage=0, company="HQ", lines=_line(uom="BOX", off="0.25"))
    order = _order(said, fields={**PARTS, "lines": COUNTED}, prices_include_tax=True)
    assert (order.discount, order.freight, order.tax) == (Decimal("1.50"), Decimal(0), None)
    assert (order.company, order.prices_include_tax) == ("HQ", True)
    assert (order.lines[0].unit, order.lines[0].discount) == ("BOX", Decimal("0.25"))
    plain = _order(record(1))
    assert (plain.discount, plain.freight, plain.tax, plain.company, plain.lines[0].unit) == (None, None, None, "", "")


def test_a_part_that_is_no_number_makes_the_record_malformed() -> None:
    """A discount of "ten percent" is not an amount."""
    assert _problem(record(1, off="10%"), fields=PARTS).startswith("discount ")

"""What does the next statement say of a document that somebody gave another day in Harbour, or deleted there?"""

import tomllib
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest
import tomli_w

from tests.end_to_end.test_three_sides import FORMS, SURFACES, Found, House, furnished
from tests.installations import installed, order

LONG_AGO = "2019-12-31"


@pytest.fixture(params=SURFACES)
def house(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[House]:
    """Three orders, posted."""
    with installed(tmp_path, erp=furnished(tmp_path, request.param)) as ready:
        yield House(ready, tmp_path, ready.post(*(order() for _ in range(3))))


def redate(house: House, number: int, day: str = LONG_AGO) -> None:
    """Somebody gives a document that day."""
    house.house.erp.change("UPDATE orders SET order_date=? WHERE number=?", day, number)


def codes(found: Found) -> dict[str, str]:
    """What is wrong with which document."""
    return {row["document"]: row["code"] for row in found.breaks}


def footers(house: House) -> list[tuple[str, str, str]]:
    """What C9 must say by Harbour's tables: rows and pence of the days asked for, and the rows found by number."""
    stored = house.house.oracle.all()
    listed = [each for each in stored if each.ordered_on != LONG_AGO]
    pence = str(int(sum((each.total for each in listed), Decimal(0)) * 100))
    count, others = str(len(listed)), str(len(stored) - len(listed))
    return [("rows", count, count), ("rows", others, others), ("GBP", pence, pence)]


def test_a_break_stays_open_when_its_document_gets_another_day(house: House) -> None:
    """Its document is found by its number and opened, and the list's own footers tie without it."""
    stranger, first = house.add(), house.numbers[0]
    house.reprice(0)
    assert codes(house.reconcile()) == {str(first): "QTY_DIFF", str(stranger): "ORPHAN_IN_ERP"}
    redate(house, first)
    redate(house, stranger)
    house.opened()
    found = house.reconcile()
    assert codes(found) == {str(first): "QTY_DIFF", str(stranger): "ORPHAN_IN_ERP"}
    assert {row["erp_date"] and str(row["erp_date"].date()) for row in found.breaks} == {LONG_AGO}
    assert (house.opened(), found.failing, found.control("C9")) == (2, set(), footers(house))
    assert (found.manifest["movement"]["resolved"], found.manifest["looked_up"]) == (0, {"asked": 2, "found": 2})


@pytest.mark.sweep
def test_a_document_that_was_right_is_told_to_have_another_day(house: House) -> None:
    """The first time, too: the ledger knows that it was entered, and nobody is told that it is missing."""
    house.reconcile()
    redate(house, house.numbers[1])
    found = house.reconcile()
    assert codes(found) == {str(house.numbers[1]): "CUTOFF_DIFF"}
    assert (found.failing, found.control("C9")) == (set(), footers(house))


@pytest.mark.sweep
def test_a_break_is_resolved_when_its_document_is_deleted(house: House) -> None:
    """Harbour lists nothing under its number: what nobody ordered is gone, and an order that was entered is missed."""
    stranger, first = house.add(), house.numbers[0]
    house.reprice(0)
    house.reconcile()
    for number in (stranger, first):
        for sql in ("DELETE FROM order_lines WHERE order_number=?", "DELETE FROM orders WHERE number=?"):
            house.house.erp.change(sql, number)
    found = house.reconcile()
    assert [(row["order_number"], row["code"]) for row in found.breaks] == [
        (house.postings[0].order_number, "MISSING_IN_ERP")
    ]
    assert (found.failing, found.manifest["movement"]["resolved"]) == (set(), 1)
    assert found.manifest["looked_up"] == {"asked": 2, "found": 0}


def test_a_list_that_lacks_more_than_is_looked_up_is_incomplete(tmp_path: Path) -> None:
    """As the configuration has it; nobody is told then that anything is gone."""
    with installed(tmp_path, erp=furnished(tmp_path, FORMS)) as ready:
        house = House(ready, tmp_path, ready.post(order()))
        stranger = house.add()
        house.reconcile()
        content = tomllib.loads(ready.config.read_text(encoding="utf-8"))
        content["reconciliation"] = {"most_lookups": 0}
        ready.config.write_text(tomli_w.dumps(content), encoding="utf-8")
        ready.reopen()
        redate(house, stranger)
        found = house.reconcile()
    assert (found.failing, found.manifest["verdict"]) == ({"C15"}, "INCOMPLETE")
    assert found.manifest["movement"]["resolved"] == 0

"""Does the workbook say of a tolerated group what it is off together, and what is allowed of it?"""

from dataclasses import replace
from decimal import Decimal
from pathlib import Path

from bridge.model.documents import Document
from bridge.model.tolerances import Band, Tolerance, Tolerances
from bridge.reports.books import write_workbook
from bridge.reports.inputs import Inputs
from bridge.reports.reconciliations import OVER_CAP, reconcile
from tests.unit.reports.days import clean_day, tolerating, with_documents, with_orders
from tests.unit.reports.test_groups import merged, split, taxed
from tests.unit.reports.workbooks_read import TOLERANCE, table


def test_a_tolerated_group_stands_with_what_it_is_off_beside_what_is_allowed_of_it(tmp_path: Path) -> None:
    """Its members may be off by more in opposite ways; of its four lines a cent each is allowed, and three cents came.

    A pair tolerated by itself, here for its line alone, says nothing of a group.
    """

    def change(documents: list[Document]) -> None:
        documents[0] = replace(documents[0], total=(documents[0].total or Decimal(0)) + Decimal("0.03"))
        first, second = documents[2].lines
        longer = replace(second, amount=(second.amount or Decimal(0)) + Decimal("0.01"))
        documents[2] = replace(documents[2], lines=(first, longer))

    wide, cent = Band(Decimal(1), Decimal(1)), Band(Decimal("0.01"), Decimal("0.01"))
    tolerances = Tolerances("test", others=Tolerance(wide, line=cent))
    report = reconcile(replace(with_documents(merged(), change), tolerances=tolerances))
    write_workbook(report, tmp_path / "day.xlsx")
    rows = table(tmp_path / "day.xlsx", TOLERANCE).rows
    alone, *together = sorted(rows, key=lambda row: bool(row["group"]))
    assert sorted(abs(row["difference"]) > 1 for row in together) == [True, True]
    fields = ("group_difference", "allowed_above", "allowed_below", "only_within")
    assert [[row[field] for field in fields] for row in together] == [[0.03, 0.04, 0.04, None]] * 2
    assert [alone[field] for field in fields] == [None, 0.02, 0.02, "lines or parts"]


def is_over(day: Inputs, cap: str) -> bool:
    """Whether more is tolerated than that, where half a euro of each order is."""
    half = Decimal("0.5")
    limited = Tolerances("test", others=Tolerance(Band(half, half), cap=Decimal(cap)))
    return OVER_CAP in reconcile(replace(day, tolerances=limited)).warnings


def test_a_tolerated_part_of_what_a_group_holds_counts_under_the_cap(tmp_path: Path) -> None:
    """Its totals agree and half a euro of tax is missing, once and not once for each of its documents."""
    day = taxed("19", "3.5")
    assert (is_over(day, "0.49"), is_over(day, "0.50")) == (True, False)
    write_workbook(reconcile(day), tmp_path / "day.xlsx")
    rows = table(tmp_path / "day.xlsx", TOLERANCE).rows
    assert [(row["group_difference"], row["beside"], row["only_within"]) for row in rows] == [(0, 0.5, None)] * 2


def test_a_duplicate_adds_nothing_to_what_is_tolerated_of_its_pair() -> None:
    """The document is 30 cents of tax off, and there is a second one, which is no part of the order."""

    def change(documents: list[Document]) -> None:
        documents[2] = replace(documents[2], tax=Decimal("22.7"))
        documents.append(replace(documents[2], number="00000903", tax=Decimal("0.1")))

    shown = taxed("19", "3.5").documents.shows
    day = with_orders(
        with_documents(clean_day(), change), lambda orders: orders.__setitem__(2, replace(orders[2], tax=Decimal(23)))
    )
    day = replace(day, documents=replace(day.documents, shows=shown))
    assert (is_over(day, "0.29"), is_over(day, "0.30")) == (True, False)


def test_a_member_that_is_not_off_is_not_said_to_be_tolerated_in_a_line(tmp_path: Path) -> None:
    """One part shows the total of the whole order and the other two cents: the two cents are the group's."""

    def change(documents: list[Document]) -> None:
        documents[2] = replace(documents[2], total=clean_day().documents.opened[2].total)
        documents[3] = replace(documents[3], total=Decimal("0.02"))

    day = with_documents(split(("00000003", (0,), "1"), ("00000903", (1,), "1")), change)
    write_workbook(reconcile(replace(day, tolerances=tolerating(Decimal("0.02")))), tmp_path / "day.xlsx")
    rows = table(tmp_path / "day.xlsx", TOLERANCE).rows
    assert [(row["difference"], row["group_difference"], row["only_within"]) for row in rows] == [
        (0, 0.02, None),
        (0.02, 0.02, None),
    ]

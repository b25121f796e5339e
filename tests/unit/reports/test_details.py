"""Is what is too long for a workbook beside it, whole, exact and harmless?"""

import csv
import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from bridge.locale import ENGLISH
from bridge.model.breaks import Verdict
from bridge.reports.books import manifest_path, write_workbook
from bridge.reports.details import read_csv, read_parquet, write_detail
from bridge.reports.plans import detailed
from bridge.reports.reconciliations import Reconciliation, reconcile
from bridge.reports.texts import Words
from tests.unit.reports.days import clean_day, clean_report, document, inputs_of, order, typed
from tests.unit.reports.test_books import EVIL
from tests.unit.reports.workbooks_read import MATCHED, POSTINGS, opened, table


def long(found: Reconciliation) -> Reconciliation:
    """The same where more than three rows are too many."""
    return replace(found, most_detail=3)


def rows_of(path: Path) -> list[dict[str, str]]:
    """The rows of a CSV file as a spreadsheet reads them."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def test_a_long_list_lies_beside_the_workbook_row_for_row(tmp_path: Path) -> None:
    """Parquet and CSV hold what the sheet would have held; the sheet is blank and the first one says where it lies."""
    path = tmp_path / "day.xlsx"
    proved = write_workbook(long(clean_report()), path)
    write_workbook(clean_report(), tmp_path / "short" / "day.xlsx")
    wanted = table(tmp_path / "short" / "day.xlsx", MATCHED).rows
    parquet = pq.read_table(tmp_path / "day.matched.parquet").to_pylist()
    assert rows_of(tmp_path / "day.matched.csv") == parquet
    assert [(row["item_id"], row["document"]) for row in parquet] == [
        (row["item_id"], row["document"]) for row in wanted
    ]
    assert [float(row["crm_amount"]) for row in parquet] == [row["crm_amount"] for row in wanted]
    assert (table(path, MATCHED).rows, table(path, POSTINGS).rows) == ([], [])
    texts = [str(cell.value) for row in opened(path).worksheets[0].iter_rows() for cell in row if cell.value]
    assert "Matched: 8 rows, beside this workbook in day.matched.parquet, day.matched.csv." in texts
    assert proved.verdict is Verdict.RECONCILED


def test_the_manifest_holds_the_hashes_of_what_lies_beside(tmp_path: Path) -> None:
    """So nobody changes a row there unseen."""
    path = tmp_path / "day.xlsx"
    write_workbook(long(clean_report()), path)
    details = json.loads(manifest_path(path).read_bytes())["details"]
    assert [(detail["key"], detail["rows"], sorted(detail["files"])) for detail in details] == [
        ("Matched", 8, ["day.matched.csv", "day.matched.parquet"]),
        ("Postings", 8, ["day.postings.csv", "day.postings.parquet"]),
    ]


def test_no_text_in_the_csv_is_a_formula_and_every_code_is_as_it_was(tmp_path: Path) -> None:
    """A spreadsheet that opens it computes nothing; negative amounts stay figures."""
    entered = [replace(order(n, customer=t, customer_name=t), number=t) for n, t in enumerate(EVIL)]
    stored = [document(each, f"{n:08}") for n, each in enumerate(entered)]
    day = inputs_of(entered, [typed(each, n, f"{n:08}") for n, each in enumerate(entered)], stored)
    proved = write_workbook(long(reconcile(day)), tmp_path / "day.xlsx", ENGLISH)
    assert [control for control in proved.controls if not control.ties] == []
    rows = rows_of(tmp_path / "day.matched.csv")
    assert len(rows) == len(EVIL)
    cells = [cell for row in rows for cell in row.values()]
    assert [cell for cell in cells if cell.lstrip()[:1] in set("=+-@＝＋－＠") and not cell[1:2].isdigit()] == []
    assert {row["document"] for row in rows} == {f"{n:08}" for n in range(len(EVIL))}


@pytest.mark.parametrize("text", ["x;=1+1", "x| @SUM(A1)", 'x;"=1+1"', "x；y;-2"])
def test_no_text_in_the_csv_is_a_formula_for_another_separator(tmp_path: Path, text: str) -> None:
    """A spreadsheet of a country that takes a semicolon for the comma computes nothing either."""
    entered = replace(order(1), number=text)
    day = inputs_of([entered], [typed(entered, 1, "00000001")], [document(entered, "00000001")])
    write_workbook(replace(reconcile(day), most_detail=0), tmp_path / "day.xlsx", ENGLISH)
    content = (tmp_path / "day.matched.csv").read_text("utf-8-sig").splitlines()[1]
    cells = [cell.strip('" ') for cell in re.split("[,;|]", content)]
    assert [cell for cell in cells if cell[:1] in set("=+-@＝＋－＠")] == []


def test_a_short_list_stays_in_the_workbook(tmp_path: Path) -> None:
    """Nothing lies beside it that nobody needs."""
    write_workbook(replace(clean_report(), most_detail=8), tmp_path / "day.xlsx")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["day.manifest.json", "day.xlsx"]
    assert len(table(tmp_path / "day.xlsx", MATCHED).rows) == 8


def test_a_file_that_does_not_read_back_is_a_control_that_fails(tmp_path: Path) -> None:
    """Another amount in the Parquet file, a row less in the CSV file: each is named by the file it is of."""

    def other(path: Path) -> Iterator[Sequence[str]]:
        first, *rest = read_parquet(path)
        yield from ([*first[:amount], "0.00", *first[amount + 1 :]], *rest)

    def short(path: Path) -> Iterator[Sequence[str]]:
        yield from [*read_csv(path)][1:]

    plan = next(each for each in detailed(long(clean_report())) if each.key == "Matched")
    amount = [column.field for column in plan.columns].index("crm_amount")
    _, controls = write_detail(plan, tmp_path / "day.xlsx", Words(ENGLISH), (other, short))
    assert {each.code for each in controls} == {"C7"}
    assert [(each.scope, each.unit) for each in controls if not each.ties] == [
        ("Matched.parquet", "hash"),
        ("Matched.csv", "rows"),
        ("Matched.csv", "hash"),
    ]


def test_the_same_inputs_give_the_same_files(tmp_path: Path) -> None:
    """To the byte, like the workbook."""
    contents = []
    for name in ("one", "other"):
        write_workbook(long(reconcile(clean_day())), tmp_path / name / "day.xlsx")
        contents.append({path.name: path.read_bytes() for path in (tmp_path / name).iterdir()})
    assert contents[0] == contents[1]

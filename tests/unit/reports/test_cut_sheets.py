"""Is a list that people read cut to what a workbook can hold, with nothing lost, and worked with as before?"""

import csv
import json
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from bridge.model.breaks import Verdict
from bridge.model.documents import Document
from bridge.model.items import NoteField
from bridge.model.statements import Role
from bridge.reports.books import manifest_path, rendered, write_workbook
from bridge.reports.inputs import Inputs
from bridge.reports.issuings import Issued
from bridge.reports.readbacks import Held, read_back
from bridge.reports.receptions import statement_named
from bridge.reports.reconciliations import Reconciliation, reconcile
from bridge.reports.replays import chain_findings, replayed
from bridge.reports.signings import NotToBeSigned, signed
from bridge.reports.texts import unmarked
from tests.unit.reports.corruptions import three
from tests.unit.reports.days import clean_day, tolerating, with_documents
from tests.unit.reports.offices import Days, edited, said, take, written
from tests.unit.reports.test_groups import split
from tests.unit.reports.workbooks_read import BREAKS, GROUPS, RESOLVED, TOLERANCE, opened, table


@pytest.fixture
def days(tmp_path: Path) -> Iterator[Days]:
    """An office in whose workbooks no list that people read has more than two rows."""
    with Days(tmp_path) as opened_days:
        opened_days.office = replace(opened_days.office, most_shown=2)
        yield opened_days


def beside(path: Path, key: str) -> list[dict[str, str]]:
    """All rows of a list, which both files hold alike."""
    parquet: list[dict[str, str]] = pq.read_table(path.with_name(f"{path.stem}.{key}.parquet")).to_pylist()
    with path.with_name(f"{path.stem}.{key}.csv").open(encoding="utf-8-sig", newline="") as file:
        assert [{name: unmarked(text) for name, text in row.items()} for row in csv.DictReader(file)] == parquet
    return parquet


def texts(path: Path) -> list[str]:
    """What stands on the first sheet."""
    return [str(cell.value) for row in opened(path).worksheets[0].iter_rows() for cell in row if cell.value]


def untied(found: Reconciliation) -> list[str]:
    """The controls that do not tie."""
    return [f"{control.code} {control.scope}" for control in found.controls if not control.ties]


def test_the_first_breaks_stand_in_the_workbook_and_all_of_them_beside_it(tmp_path: Path) -> None:
    """In the order that they have; the first sheet and the manifest say how many there are, and everything ties."""
    path, whole = tmp_path / "day.xlsx", tmp_path / "whole" / "day.xlsx"
    proved = write_workbook(replace(reconcile(three()), most_shown=2), path)
    write_workbook(reconcile(three()), whole)
    items = [row["item_id"] for row in table(whole, BREAKS).rows]
    assert [row["item_id"] for row in table(path, BREAKS).rows] == items[:2]
    assert [row["item_id"] for row in beside(path, "breaks")] == items
    assert (
        "Breaks: the first 2 of 3 rows; all of them are beside this workbook in day.breaks.parquet, day.breaks.csv."
        in texts(path)
    )
    (detail,) = json.loads(manifest_path(path).read_bytes())["details"]
    assert (detail["key"], detail["rows"], detail["shown"], len(detail["files"])) == ("Breaks", 3, 2, 2)
    assert (proved.verdict, untied(proved)) == (Verdict.BREAKS, [])


def test_so_many_rows_as_fit_are_no_long_list(tmp_path: Path) -> None:
    """Nothing lies beside the workbook that nobody needs."""
    write_workbook(replace(reconcile(three()), most_shown=3), tmp_path / "day.xlsx")
    assert sorted(each.name for each in tmp_path.iterdir()) == ["day.manifest.json", "day.xlsx"]


def tolerated_groups() -> Inputs:
    """An order in two parts that are two cents more than it, and two more orders of which one is two cents more."""

    def change(documents: list[Document]) -> None:
        for place in (3, 4, 5):
            documents[place] = replace(documents[place], total=(documents[place].total or 0) + Decimal("0.02"))

    day = with_documents(split(("00000003", (0,), "1"), ("00000903", (1,), "1")), change)
    return replace(day, tolerances=tolerating(Decimal("0.02")))


@pytest.mark.parametrize(("key", "sheet", "shown"), [("groups", GROUPS, 1), ("tolerance", TOLERANCE, 2)])
def test_groups_and_what_is_tolerated_are_cut_alike(tmp_path: Path, key: str, sheet: int, shown: int) -> None:
    """The sums that are read back are those of the rows that are there."""
    path, whole = tmp_path / "day.xlsx", tmp_path / "whole" / "day.xlsx"
    proved = write_workbook(replace(reconcile(tolerated_groups()), most_shown=shown), path)
    write_workbook(reconcile(tolerated_groups()), whole)
    items = [row["item_id"] for row in table(whole, sheet).rows]
    assert len(items) > shown
    assert [row["item_id"] for row in table(path, sheet).rows] == items[:shown]
    assert [row["item_id"] for row in beside(path, key)] == items
    assert untied(proved) == []


def test_what_is_resolved_is_cut_alike(days: Days) -> None:
    """Three breaks of yesterday are gone: two stand there, three lie beside."""
    days.issue(three())
    second = days.issue(clean_day(), 1)
    assert len(table(second.path, RESOLVED).rows) == 2
    assert len(beside(second.path, "resolved")) == 3
    assert (second.found.verdict, untied(second.found)) == (Verdict.RECONCILED, [])


def test_a_row_that_is_lost_of_those_shown_is_noticed(tmp_path: Path) -> None:
    """That all of them lie beside the workbook hides nothing of it: its rows, names and sums do not tie."""

    def loses_a_row(_: bytes, found: Reconciliation) -> Held:
        return read_back(rendered(replace(found, most_shown=1)), found)

    proved = write_workbook(replace(reconcile(three()), most_shown=2), tmp_path / "day.xlsx", reader=loses_a_row)
    assert {"C7 Breaks", "C7 Item ids", "C7 ERP"} <= {*untied(proved)}
    assert proved.verdict is Verdict.INCOMPLETE


def issued_with_words(days: Days) -> Issued:
    """A statement of three breaks with a word beside each, the last of which is beside the workbook only."""
    first = days.issue(three())
    for place in range(3):
        days.note(first, place, NoteField.COMMENT, f"word {place}")
    return days.issue(three(), 1)


def test_words_stay_beside_breaks_that_are_shown_and_that_are_not(days: Days) -> None:
    """Those shown are counted in the sheet; all of them stand in the files."""
    issued = issued_with_words(days)
    assert [row["comment"] for row in table(issued.path, BREAKS).rows] == ["word 0", "word 1"]
    assert [row["comment"] for row in beside(issued.path, "breaks")] == ["word 0", "word 1", "word 2"]
    assert untied(issued.found) == []


def test_words_come_back_from_a_workbook_that_shows_some_of_its_breaks(days: Days, tmp_path: Path) -> None:
    """What is written is taken; what is not shown keeps the words that it had."""
    issued = issued_with_words(days)
    received = take(days, written(issued, tmp_path / "back.xlsx", [{}, {"comment": "asked"}]))
    assert (len(received.edits.notes), received.edits.refusals) == (1, ())
    names = [row.item_id for row in issued.found.breaks]
    words = said(days)
    assert [words[name, NoteField.COMMENT] for name in names] == ["word 0", "asked", "word 2"]


def test_a_workbook_that_shows_some_of_its_breaks_is_signed_by_its_file(days: Days, tmp_path: Path) -> None:
    """It stands for all of them; where one of those shown is left out it is not signed."""
    issued = days.issue(three())
    named = statement_named(written(issued, tmp_path / "back.xlsx", [{"owner": "li"}]), days.office)
    assert named == issued.statement
    sign_off = signed(named, Role.PREPARER, "li", days.office, days.clock.now())
    assert sign_off.values_sha256 == issued.found.values_sha256() == replace(issued.found, most_shown=9).values_sha256()
    short = edited(issued, tmp_path / "short.xlsx", lambda sheet, _: sheet.delete_rows(4))
    with pytest.raises(NotToBeSigned, match="breaks were left out: 1"):
        statement_named(short, days.office)


def test_nobody_signs_where_what_lies_beside_is_gone_or_another(days: Days) -> None:
    """The rows that are not shown are signed for too, so they must be there as they were issued."""
    issued = days.issue(three())
    lies = issued.path.with_name(f"{issued.path.stem}.breaks.csv")
    content = lies.read_bytes()
    for spoil, why in ((lies.unlink, "is gone"), (lambda: lies.write_bytes(content + b"x"), "was changed")):
        spoil()
        with pytest.raises(NotToBeSigned, match=f"{lies.name} {why}"):
            signed(issued.statement, Role.PREPARER, "li", days.office, days.clock.now())


def test_it_comes_out_again_to_the_byte_and_what_lies_beside_is_watched(days: Days) -> None:
    """Whatever number of rows is shown by then: how many were is kept with its inputs."""
    issued = days.issue(three())
    days.office = replace(days.office, most_shown=50)
    assert replayed(issued.statement, days.office).same
    assert list(chain_findings(days.office, "harbour")) == []
    lies = issued.path.with_name(f"{issued.path.stem}.breaks.csv")
    lies.write_bytes(lies.read_bytes().replace(b"AMOUNT_DIFF", b"TEXT_DIFF"))
    assert [str(what) for _, what in chain_findings(days.office, "harbour")] == [f"{lies.name} was changed"]

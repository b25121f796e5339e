"""Is a break type really its code, its meaning and one predicate? A made-up one is added by just these, in a copy."""

import shutil
import subprocess
import sys
from pathlib import Path

from tests.samples import ROOT

STEPS = {
    "bridge/model/breaks.py": (
        ('    CUTOFF_DIFF = "CUTOFF_DIFF"\n', '    SUNDAY_DIFF = "SUNDAY_DIFF"\n'),
        (
            '    Outcome.CUTOFF_DIFF: Meaning("Date", "The order date differs."),\n',
            '    Outcome.SUNDAY_DIFF: Meaning("Sunday", "It was booked on a Sunday."),\n',
        ),
    ),
    "bridge/reports/predicates.py": (
        (
            "PREDICATES: dict[Outcome, Predicate] = {\n",
            '    Outcome.SUNDAY_DIFF: lambda rows: rows["compared"] & (rows["erp_date"] == "2026-11-15"),\n',
        ),
    ),
}
DAY = """
from bridge.model.breaks import Outcome
from bridge.reports.books import rendered
from bridge.reports.reconciliations import reconcile
from tests.unit.reports.days import clean_day
from tests.unit.reports.workbooks_read import BREAKS, table

report = reconcile(clean_day())
assert all(control.ties for control in report.controls)
assert {total.outcome for total in report.totals if total.outcome.is_break} == {Outcome.SUNDAY_DIFF}
(row,) = table(rendered(report), BREAKS).rows
print(row["outcome"], row["code"], row["order_number"])
"""


def added(folder: Path) -> None:
    """A copy of the product with the steps taken, each right behind the line it is modelled on."""
    shutil.copytree(ROOT / "bridge", folder / "bridge", ignore=shutil.ignore_patterns("__pycache__"))
    for name, insertions in STEPS.items():
        text = (folder / name).read_text(encoding="utf-8")
        for behind, line in insertions:
            assert text.count(behind) == 1, behind
            text = text.replace(behind, behind + line)
        (folder / name).write_text(text, encoding="utf-8")


def test_a_break_type_is_its_code_its_meaning_and_one_predicate(tmp_path: Path) -> None:
    """Nothing else knows of it: it is found, counted, tied and stands in the workbook under its own name."""
    added(tmp_path)
    shutil.copytree(ROOT / "tests", tmp_path / "tests", ignore=shutil.ignore_patterns("__pycache__", "real", "bench"))
    done = subprocess.run(
        [sys.executable, "-c", DAY], cwd=tmp_path, capture_output=True, text=True, check=False, timeout=120
    )
    assert (done.returncode, done.stdout.split()) == (0, ["Sunday", "SUNDAY_DIFF", "SO00005"]), done.stderr


def test_nothing_else_of_the_product_names_a_break_type_to_find_it() -> None:
    """What finds, names, counts and lists rows knows no break type by name but those that are matches."""
    for name in ("classifications", "listings", "controls", "rows", "frames", "alignments", "books", "tables"):
        text = (ROOT / "bridge" / "reports" / f"{name}.py").read_text(encoding="utf-8")
        assert "_DIFF" not in text, name

"""Does any text that an ERP shows keep the books from being made, or make them green?"""

from dataclasses import replace
from pathlib import Path

import pytest

from bridge.model.breaks import Outcome, Verdict
from bridge.reports.books import write_workbook
from bridge.reports.reconciliations import reconcile
from tests.unit.reports.days import document, inputs_of, order, typed


@pytest.mark.parametrize("field", ["number", "reference", "customer", "po_number", "company"])
@pytest.mark.parametrize("text", ["A\ud800B", "N\x00B", "x" * 40_000])
def test_no_text_that_an_erp_shows_stops_the_books(tmp_path: Path, field: str, text: str) -> None:
    """Half a character, nothing or a novel: it is compared as what it is, and the workbook reads back."""
    entered = order(1)
    stored = replace(document(entered, "00000001"), **{field: text})  # type: ignore[arg-type]  # all of them texts
    day = inputs_of([entered], [typed(entered, 1, "00000001")], [stored])
    proved = write_workbook(reconcile(day), tmp_path / "day.xlsx")
    assert [control.code for control in proved.controls if not control.ties] == []
    assert (proved.verdict is Verdict.BREAKS) == (field in {"customer", "number"})
    assert (proved.verdict is Verdict.WARN) == (field == "reference")


@pytest.mark.parametrize("currency", ["-", "=X", "+1", "'@", "A\x00B", " X"])
def test_no_currency_that_an_erp_shows_keeps_the_workbook_from_reading_back(tmp_path: Path, currency: str) -> None:
    """A cell holds it made safe, and is read as what it was meant: the sums of that currency are those of the rows."""
    entered = order(1)
    stored = document(entered, "00000001", currency=currency)
    day = inputs_of([entered], [typed(entered, 1, "00000001")], [stored])
    proved = write_workbook(reconcile(day), tmp_path / "day.xlsx")
    assert [control for control in proved.controls if not control.ties] == []
    assert [row.outcome for row in proved.breaks] == [Outcome.CURRENCY_DIFF]

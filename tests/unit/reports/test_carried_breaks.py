"""Does a break stay open whatever day its documents get, and is it resolved only by what is true of them?"""

import json
from pathlib import Path

import pytest

from bridge.locale import LANGUAGES
from bridge.model.breaks import Outcome, Sub, Verdict
from bridge.model.documents import DocumentStatus
from bridge.model.items import Lifecycle
from bridge.model.lists import ListReading
from bridge.ports import Search
from bridge.reports.books import manifest_path, rendered, write_workbook
from bridge.reports.erp_readings import ReadingTerms
from bridge.reports.inputs import Lookups
from bridge.reports.reconciliations import Reconciliation
from tests.fake_bots import FakeBot
from tests.unit.reports.moving_houses import BREAKS, FAR, NEXT, House
from tests.unit.reports.workbooks_read import CONTROLS, RESOLVED, opened, table


def failing(found: Reconciliation) -> list[str]:
    """The controls that do not tie."""
    return [control.code for control in found.controls if not control.ties]


def footers(found: Reconciliation) -> list[tuple[str, int | None, int | None]]:
    """What the ERP's list says of its rows, and what was read of it."""
    return [(each.scope, each.expected, each.found) for each in found.controls if each.code == "C9"]


def resolved(found: Reconciliation) -> int:
    """How many breaks are none any more."""
    return found.lives.count(Lifecycle.RESOLVED)


# --- another day ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("which", [0, 1, 2, -1, None], ids=["first", "second", "third", "last", "all"])
@pytest.mark.parametrize("kind", BREAKS)
def test_no_break_is_resolved_by_another_day(kind: str, which: int | None) -> None:
    """Whichever documents are moved out of the days that are read: in this month and in the next it is open."""
    house = House()
    BREAKS[kind](house)
    first = house.statement()
    assert first.breaks
    numbers = list(house.erp.documents)
    house.move(*(numbers if which is None else [numbers[which]]))
    for found in (house.statement(), house.statement(NEXT)):
        assert first.lives.items.keys() <= found.lives.items.keys()
        assert (resolved(found), failing(found)) == (0, [])


def test_a_document_that_was_as_it_should_be_and_is_moved_is_not_called_missing() -> None:
    """The ledger knows that it was entered, so that it is looked up the first time too; the next one says no other."""
    house = House()
    house.statement()
    house.move(house.numbers[2])
    first, second = house.statement(), house.statement()
    assert [row.flags for row in first.breaks] == [(Outcome.CUTOFF_DIFF,)]
    assert [item.lifecycle for item in second.lives.items.values()] == [Lifecycle.OPEN]


def test_a_moved_document_is_compared_with_its_real_day_and_all_its_values() -> None:
    """What was wrong of it still is, and now its day is wrong as well; sums and lines are those of the document."""
    house = House()
    BREAKS["another amount"](house)
    house.statement()
    house.move(house.numbers[2])
    (row,) = house.statement().breaks
    assert row.flags == (Outcome.AMOUNT_DIFF, Outcome.CUTOFF_DIFF)
    assert row.erp is not None
    assert (row.erp.ordered_on, row.erp_minor, len(row.erp.lines or ())) == (FAR, 7770, 2)


def test_a_moved_document_counts_in_the_erp_and_not_in_the_list_of_the_days() -> None:
    """The list's footers speak of its own days alone, of rows and of sums; everything else counts the document."""
    house = House()
    BREAKS["another amount"](house)
    before = house.statement()
    house.move(house.numbers[2])
    found = house.statement()
    rows, *sums = footers(before)
    assert (rows, ("KWD", 7770, 7770) in sums, len(sums)) == (("ERP", 4, 4), True, 4)
    others = [each for each in sums if each[0] != "KWD"]
    assert footers(found) == [("ERP", 3, 3), ("looked up", 1, 1), *others]
    assert (before.sides[2].count, before.sides[2].sums) == (found.sides[2].count, found.sides[2].sums)
    assert (failing(found), found.verdict) == ([], Verdict.BREAKS)


def test_a_document_that_is_back_in_its_days_is_resolved_by_its_values() -> None:
    """It is found by its number until then, and by the list from then on."""
    house = House()
    BREAKS["another day"](house)
    house.statement()
    house.move(house.numbers[2])
    assert resolved(house.statement()) == 0
    house.erp.change(house.numbers[2], ordered_on=house.orders[2].ordered_on)
    found = house.statement()
    assert (resolved(found), found.lookups, found.verdict) == (1, Lookups(), Verdict.RECONCILED)
    assert [each.now for each in found.lives.resolved] == [Outcome.MATCHED]


def test_the_reader_learns_what_was_looked_up(tmp_path: Path) -> None:
    """On the first sheet in both languages, beside the footers' control, and in the manifest."""
    house = House()
    BREAKS["another amount"](house)
    house.again(3, reference="by phone")
    house.statement()
    house.move(house.numbers[2])
    house.erp.remove(list(house.erp.documents)[-1])
    found = write_workbook(house.statement(), tmp_path / "w.xlsx")
    told = "2 documents that were entered or are still open are not in the ERP's list"
    (note,) = [each for each in found.notes if str(each).startswith(told)]
    for language in LANGUAGES:
        cells = [cell.value for row in opened(rendered(found, language)).worksheets[0].iter_rows() for cell in row]
        assert note.worded(language) in cells
    (gone,) = table(tmp_path / "w.xlsx", RESOLVED).rows
    assert gone["now"] == "gone from all sides, or left out by rule"
    scopes = [row["scope"] for row in table(tmp_path / "w.xlsx", CONTROLS).rows if row["control"] == "C9"]
    assert "looked up" in scopes
    assert json.loads(manifest_path(tmp_path / "w.xlsx").read_bytes())["looked_up"] == {"asked": 2, "found": 1}


# --- gone -----------------------------------------------------------------------------------------------------------


def test_a_document_that_was_deleted_is_gone() -> None:
    """The ERP says that it is not on file: what stood only there is resolved, and told to be nowhere any more."""
    house = House()
    number = house.again(2, reference="by phone")
    house.statement()
    house.erp.remove(number)
    found = house.statement()
    assert [(each.before.facts.document, each.now) for each in found.lives.resolved] == [(number, None)]
    assert (found.lookups.asked, found.lookups.found, failing(found)) == ((number,), (), [])
    assert house.statement().lookups == Lookups()


def test_an_order_whose_document_was_deleted_is_missing() -> None:
    """Its break stays, as what it is now, and the document is looked up again each time."""
    house = House()
    BREAKS["another amount"](house)
    house.statement()
    kept = house.erp.documents[house.numbers[2]]
    house.erp.remove(kept.number)
    for _ in range(2):
        found = house.statement()
        assert [(row.outcome, row.owner and row.owner.posting.document) for row in found.breaks] == [
            (Outcome.MISSING_IN_ERP, kept.number)
        ]
        assert (resolved(found), found.lookups.asked) == (0, (kept.number,))


def test_a_document_that_was_cancelled_and_moved_is_void() -> None:
    """It is on file and counts for nothing: its order has no live document, and the rule that leaves it out is told."""
    house = House()
    BREAKS["another amount"](house)
    house.statement()
    house.move(house.numbers[2])
    house.erp.change(house.numbers[2], status=DocumentStatus.CANCELLED)
    found = house.statement()
    assert [(row.outcome, row.sub) for row in found.breaks] == [(Outcome.MISSING_IN_ERP, Sub.VOID)]
    assert [(each.side, each.rule, each.count) for each in found.exclusions] == [("erp", "void", 1)]
    assert failing(found) == []


def test_a_list_that_counts_a_row_which_nobody_read_has_not_said_that_it_is_gone() -> None:
    """Half a page, or selectors that find no row any more: C9 does not tie, and nothing is resolved."""
    house = House()
    number = house.again(2, reference="by phone")
    house.statement()
    house.move(number)
    bot = house.bot

    def read(query: Search) -> ListReading:
        whole = FakeBot.read_list(bot, query)
        return ListReading((), whole.totals) if query.number else whole

    bot.read_list = read  # type: ignore[method-assign]
    found = house.statement()
    assert (resolved(found), len(found.lives.unseen), failing(found)) == (0, 1, ["C9"])
    assert found.verdict is Verdict.INCOMPLETE


def test_where_more_is_lacking_than_is_looked_up_nothing_is_resolved() -> None:
    """C15: the list itself is to be doubted then."""
    house = House()
    number = house.again(2, reference="by phone")
    house.statement()
    house.erp.remove(number)
    house.terms = ReadingTerms(most_lookups=0)
    found = house.statement()
    assert (resolved(found), len(found.lives.unseen), failing(found)) == (0, 1, ["C15"])

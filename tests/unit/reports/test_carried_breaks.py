"""Does a break stay open whatever day its documents get, and is it resolved only by what is true of them?"""

import gzip
import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from bridge.locale import LANGUAGES
from bridge.model.breaks import Outcome, Sub, Verdict
from bridge.model.documents import DocumentStatus
from bridge.model.items import Facts, Item, Lifecycle
from bridge.model.lists import ListReading
from bridge.ports import Search
from bridge.reports.books import manifest_path, rendered, write_workbook
from bridge.reports.erp_readings import Terms
from bridge.reports.inputs import Lookups, Period
from bridge.reports.keepings import Kept, kept_content, read_kept
from bridge.reports.lifecycles import lives_of
from bridge.reports.memories import Memory, carried_from
from bridge.reports.reconciliations import Reconciliation, reconcile
from tests.fake_bots import FakeBot
from tests.unit.reports.corruptions import malformed, twice
from tests.unit.reports.days import NIGHT, PERIOD, clean_day
from tests.unit.reports.moving_houses import BREAKS, FAR, NEXT, House
from tests.unit.reports.offices import Days
from tests.unit.reports.workbooks_read import BREAKS as BREAKS_SHEET
from tests.unit.reports.workbooks_read import CONTROLS, RESOLVED, opened, table


@pytest.fixture
def days(tmp_path: Path) -> Iterator[Days]:
    """An office whose first day has not begun."""
    with Days(tmp_path) as made:
        yield made


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


def test_a_day_far_away_does_not_make_anybody_read_all_the_years_between() -> None:
    """The document is looked up again each time; the list is read for the days of the orders, and those it had."""
    house = House()
    BREAKS["another amount"](house)
    house.again(1, reference="by phone")
    house.statement()
    before = carried_from(house.items.values())
    house.move(*house.erp.documents)
    for _ in range(2):
        assert len(house.statement().lookups.found) >= 2
        carried = carried_from(house.items.values())
        assert carried.widened(PERIOD) == before.widened(PERIOD) == PERIOD
        assert carried.documents >= before.documents


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
    house.terms = Terms(most_lookups=0)
    found = house.statement()
    assert (resolved(found), len(found.lives.unseen), failing(found)) == (0, 1, ["C15"])


# --- what is remembered ---------------------------------------------------------------------------------------------


def test_a_break_without_any_day_is_looked_for_in_the_days_it_was_first_seen_in(days: Days) -> None:
    """Those of its first statement, whatever is asked for later; and it is no break of any closed day."""
    days.issue(malformed(clean_day()))
    (item,) = days.office.statements.items("harbour").values()
    assert (item.facts.dated, item.facts.day, item.facts.last_day) == (False, PERIOD.first, PERIOD.last)
    days.office.annotations.lock("harbour", PERIOD.last, "wang", "month end")
    later = days.issue(replace(malformed(clean_day()), period=NEXT), 1)
    carried = carried_from(later.found.lives.items.values())
    assert carried.widened(NEXT) == Period(PERIOD.first, NEXT.last)
    assert [row["prior_period"] for row in table(later.path, BREAKS_SHEET).rows] == [None]


def test_a_break_keeps_its_days_where_its_document_cannot_be_read_any_more() -> None:
    """It had a day, so it is a break of that day."""
    row = reconcile(malformed(clean_day())).breaks[0]
    before = Facts(day=FAR, last_day=FAR)
    item = Item(row.item_id, Lifecycle.NEW, "", row.outcome, NIGHT, NIGHT, before)
    lives = lives_of([row], malformed(clean_day()), Memory(items={item.id: item}), NIGHT)
    facts = lives.items[item.id].facts
    assert (facts.day, facts.last_day, facts.dated) == (FAR, FAR, True)


def test_all_documents_that_belong_together_are_remembered(days: Days) -> None:
    """A second document is a break only because there is a first one, so that both are looked up."""
    issued = days.issue(twice(clean_day()))
    assert [row.outcome for row in issued.found.breaks] == [Outcome.DUPLICATE_IN_ERP]
    kept = days.office.statements.items("harbour").values()
    assert list(kept) == list(issued.found.lives.items.values())
    assert carried_from(kept).documents == {"00000003", "00000901"}


def test_what_was_kept_before_anything_was_looked_up_is_read(tmp_path: Path) -> None:
    """Older files lack what is newer, and mean what they meant."""
    found = reconcile(clean_day())
    item = Item("0" * 16, Lifecycle.NEW, "", Outcome.NOT_TYPED, NIGHT, NIGHT, Facts(day=FAR, last_day=FAR))
    kept = Kept(clean_day(), Memory(items={item.id: item}), "en")
    content = json.loads(gzip.decompress(kept_content(kept)))
    del content["inputs"]["documents"]["lookups"]
    for name in ("dated", "together"):
        del content["memory"]["items"][0][1]["facts"][name]
    path = tmp_path / "day.inputs.json.gz"
    path.write_bytes(gzip.compress(json.dumps(content).encode()))
    assert read_kept(path) == kept
    assert reconcile(read_kept(path).inputs).fingerprints == found.fingerprints


def test_what_was_looked_up_is_kept(tmp_path: Path) -> None:
    """A replay looks nothing up: what was found and what was not stands in the kept inputs."""
    house = House()
    BREAKS["twice in the ERP"](house)
    house.statement()
    house.move(*house.erp.documents)
    house.erp.remove(house.numbers[2])
    inputs = house.inputs(carried_from(house.items.values()))
    assert (len(inputs.documents.lookups.asked), len(inputs.documents.lookups.found)) == (5, 4)
    kept = Kept(inputs, Memory(items=dict(house.items)), "en")
    path = tmp_path / "day.inputs.json.gz"
    path.write_bytes(kept_content(kept))
    assert read_kept(path) == kept


def test_what_the_ledger_knows_of_older_breaks_is_read(days: Days, tmp_path: Path) -> None:
    """Their rows lack what is newer."""
    days.issue(twice(clean_day()))
    with closing(sqlite3.connect(tmp_path / "ledger.sqlite")) as connection, connection:
        connection.execute("UPDATE item_states SET facts = json_remove(facts, '$.dated', '$.together')")
    (item,) = days.office.statements.items("harbour").values()
    assert (item.facts.dated, item.facts.together, item.facts.document) == (True, (), "00000901")

"""Which days and documents of an open break are remembered, so that it is found again?"""

import gzip
import json
import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from bridge.model.breaks import Outcome
from bridge.model.items import Facts, Item, Lifecycle
from bridge.reports.inputs import Period
from bridge.reports.keepings import Kept, kept_content, read_kept
from bridge.reports.lifecycles import lives_of
from bridge.reports.memories import Memory, carried_from
from bridge.reports.reconciliations import reconcile
from tests.unit.reports.corruptions import malformed, twice
from tests.unit.reports.days import NIGHT, PERIOD, clean_day
from tests.unit.reports.moving_houses import BREAKS, FAR, NEXT, House
from tests.unit.reports.offices import Days
from tests.unit.reports.workbooks_read import BREAKS as BREAKS_SHEET
from tests.unit.reports.workbooks_read import table


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


@pytest.mark.parametrize("year", [1926, 2126])
def test_a_year_that_is_mistyped_in_the_crm_makes_nobody_read_a_century(year: int) -> None:
    """The document says when to look for it; a month off is looked for as well."""
    house = House()
    held = house.orders[2].ordered_on
    house.orders[2] = replace(house.orders[2], ordered_on=held.replace(year=year))
    assert [row.flags for row in house.statement().breaks] == [(Outcome.CUTOFF_DIFF,)]
    assert carried_from(house.items.values()).widened(PERIOD) == PERIOD
    house.orders[2] = replace(house.orders[2], ordered_on=date(2026, 10, 5))
    house.statement()
    assert carried_from(house.items.values()).widened(PERIOD) == Period(date(2026, 10, 5), PERIOD.last)


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

"""Is an ERP that shows no currency compared in the one that it keeps its books in?"""

from dataclasses import replace

import pytest

from bridge.model.breaks import Outcome, Verdict
from bridge.model.comparisons import document_differences
from bridge.model.lists import ListReading
from bridge.model.mapping import CrossReferences
from bridge.model.profiles import ErpProfile, Screen
from bridge.ports import Search
from bridge.reports.list_limits import limits_of
from bridge.reports.reconciliations import Reconciliation, reconcile
from tests.fake_bots import FakeBot
from tests.samples import harbour
from tests.unit.reports.days import clean_day, document, order
from tests.unit.reports.moving_houses import House


def without_currency(screen: Screen) -> Screen:
    """The screen with no currency on it anywhere."""
    form = {attribute: target for attribute, target in screen.form.items() if attribute != "currency"}
    kept = {name: grid for name, grid in screen.grids.items() if name != "totals"}
    grids = {
        name: replace(grid, columns=tuple(column for column in grid.columns if column.name != "currency"))
        for name, grid in kept.items()
    }
    return replace(screen, form=form, grids=grids)


def silent(house_currency: str) -> ErpProfile:
    """Harbour, if neither its list nor its documents showed a currency."""
    screens = {name: without_currency(screen) for name, screen in harbour().screens.items()}
    return replace(harbour(), screens=screens, house_currency=house_currency)


class SilentBot(FakeBot):
    """Shows neither a currency nor a sum."""

    def read_list(self, query: Search) -> ListReading:
        """The list with its count alone."""
        read = super().read_list(query)
        rows = tuple(replace(row, currency=None) for row in read.rows)
        return replace(read, rows=rows, totals=read.totals and replace(read.totals, sums=None))


def statement(house_currency: str) -> Reconciliation:
    """Of four orders in euros that were entered without fault."""
    house = House()
    house.profile = silent(house_currency)
    house.bot = SilentBot(house.erp)
    house.bot.sign_on()
    house.orders = [replace(each, currency="EUR") for each in house.orders]
    for place, entered in enumerate(house.orders):
        house.hold(place, document(entered, "", currency=""))
    return house.statement()


def test_an_erp_without_a_currency_is_compared_in_that_of_its_house() -> None:
    """Every order matches, every control ties, and the reader is told what was taken for granted."""
    found = statement("EUR")
    assert (len(found.matched), list(found.breaks)) == (4, [])
    assert all(control.ties for control in found.controls)
    assert any("taken to be in EUR" in limit for limit in limits_of(silent("EUR"), None, 0))
    assert any("taken to be in EUR" in limit for limit in limits_of(replace(harbour(), house_currency="EUR"), None, 0))
    assert not any("taken to be in" in limit for limit in limits_of(silent(""), None, 0))


def test_an_erp_that_leaves_out_its_own_currency_alone_is_summed_in_it() -> None:
    """It shows others, and its totals name its own by a code of its own: every total ties, and nothing is a break."""
    side = clean_day().documents
    of_house = {document.number for document in side.opened if document.currency == "RMB"}
    assert of_house
    listed = tuple(replace(row, currency=None) if row.number in of_house else row for row in side.listed)
    opened = tuple(replace(each, currency="") if each.number in of_house else each for each in side.opened)
    silenced = replace(side, listed=listed, opened=opened, house_currency="CNY")
    found = reconcile(replace(clean_day(), documents=silenced))
    assert (found.verdict, list(found.breaks)) == (Verdict.RECONCILED, [])


@pytest.mark.parametrize(("currency", "fields"), [("EUR", []), ("USD", ["currency"])])
def test_a_document_without_a_currency_is_verified_in_that_of_the_house(currency: str, fields: list[str]) -> None:
    """Right after it was typed, too: it is what was ordered only where the order is in that currency."""
    entered = replace(order(1), currency=currency)
    stored = document(entered, "00000001", currency="")
    profile = replace(harbour(), house_currency="EUR")
    differences = document_differences(entered, stored.reference, stored, profile, CrossReferences())
    assert [each.field for each in differences if each.field == "currency"] == fields


@pytest.mark.parametrize("house_currency", ["", "USD"])
def test_a_wrong_house_currency_or_none_is_no_match(house_currency: str) -> None:
    """Nobody guesses that the ERP means the order's own."""
    found = statement(house_currency)
    assert {row.outcome for row in found.breaks} == {Outcome.CURRENCY_DIFF}
    assert len(found.breaks) == 4

"""Is the CRM told of what only a late list still shows?"""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from bridge.model.documents import DocumentStatus
from bridge.model.profiles import Lags
from tests.unit.status_houses import LATE, House, house_in
from tests.unit.store.ledger_samples import document

D = DocumentStatus


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    """A ledger and an ERP, both empty."""
    with house_in(tmp_path) as ready:
        yield ready


@pytest.mark.parametrize("later", [timedelta(0), LATE / 2, LATE])
def test_a_late_list_takes_nothing_back_that_we_saw_in_the_document(house: House, later: timedelta) -> None:
    """Cancelled by us, still listed as open: the CRM hears of the cancellation once and of nothing else."""
    for number in (1, 2):
        house.enter(number)
    house.cancel(1)
    assert house.read(later)["changed"] == 0
    house.erp.put("D-1", D.CANCELLED)
    assert house.read()["changed"] == 0
    assert house.told() == [("id-1", "cancelled")]


def test_after_an_amendment_a_late_list_is_not_believed_either(house: House) -> None:
    """The document was read as confirmed when it was verified; the list that has not heard of it tells nobody."""
    house.enter(1)
    house.store.ledger.end_posted(house.changing(1, remarks="changed"), document("D-1", D.CONFIRMED), "w")
    assert house.read(LATE / 2)["changed"] == 0
    house.erp.put("D-1", D.SHIPPED)
    assert house.read()["changed"] == 1
    assert [told for told in house.told() if told[1] != "amended"] == [("id-1", "confirmed"), ("id-1", "shipped")]


def test_once_the_list_cannot_be_late_any_more_it_is_believed(house: House) -> None:
    """A clerk opened again what we had cancelled: no reading of ours outlives the lag."""
    for number in (1, 2):
        house.enter(number)
    house.cancel(1)
    house.read(LATE + timedelta(seconds=1))
    assert house.told() == [("id-1", "cancelled"), ("id-1", "open")]


def test_where_nobody_declared_how_late_a_list_is_what_goes_back_is_opened(house: House) -> None:
    """The document itself says whether the list is late, however long it is; what goes on is believed as it is."""
    house.lags = Lags()
    for number in (1, 2):
        house.enter(number)
    house.cancel(1)
    house.erp.read_as["D-1"] = D.CANCELLED
    house.erp.put("D-2", D.SHIPPED)
    assert (house.read()["changed"], house.erp.opened) == (1, ["D-1"])
    assert (house.read()["changed"], house.erp.opened) == (0, ["D-1"])
    del house.erp.read_as["D-1"]
    house.read()
    assert house.told() == [("id-1", "cancelled"), ("id-2", "shipped"), ("id-1", "open")]

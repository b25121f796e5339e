"""What is doubted here: one whole installation for each file, so that only the browsers cost time."""

from collections.abc import Iterator

import pytest

from tests.installations import LINE, Installation, installed

CONTROL = "SB-CONTROL-1"


@pytest.fixture(scope="module")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """A bridge, a CRM and a Harbour that holds one order which every working search must find."""
    erp = {"control_reference": CONTROL}
    with installed(tmp_path_factory.mktemp("installation"), erp=erp) as ready:
        line = {"item_code": LINE["item"], "quantity": "1", "unit_price": "1.00"}
        ready.erp.control("orders", {"customer_code": "C1002", "remarks": CONTROL, "lines": [line]})
        yield ready

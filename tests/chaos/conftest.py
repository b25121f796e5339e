"""What is doubted here: a whole installation for each test, so that none finds what another one left behind."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.chaos.strikes import searchable
from tests.installations import Installation


@pytest.fixture
def installation(tmp_path: Path) -> Iterator[Installation]:
    """A bridge, a CRM and a Harbour that holds one order which every working search must find."""
    with searchable(tmp_path) as ready:
        yield ready

"""Where do tests of hosts begin?"""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.unit.host_worlds import Floor, floor


@pytest.fixture
def here(tmp_path: Path) -> Iterator[Floor]:
    """An ERP and a ledger, and nobody at work."""
    with floor(tmp_path) as ready:
        yield ready

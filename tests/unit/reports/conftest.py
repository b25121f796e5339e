"""What most tests of statements begin with."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.unit.reports.offices import Days


@pytest.fixture
def days(tmp_path: Path) -> Iterator[Days]:
    """An office whose first day has not begun."""
    with Days(tmp_path) as opened:
        yield opened

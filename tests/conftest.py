"""How much is run? Each test gets the marker of the level that it is left to; see tests/lengths.py."""

from pathlib import Path

import pytest

from tests.lengths import left_to

HERE = Path(__file__).parent


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark them before any are left out."""
    for item in items:
        marker = left_to(item.path.relative_to(HERE).as_posix(), item.name) if HERE in item.path.parents else None
        if marker is not None:
            item.add_marker(marker)

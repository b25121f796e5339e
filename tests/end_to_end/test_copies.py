"""Does a copy that cannot be written keep anybody from the workbook?"""

from collections.abc import Iterator
from pathlib import Path

import pytest

from bridge.app import App
from tests.installations import Installation, installed
from tests.unit.reports.days import PERIOD

FULL = Path("/dev/full")  # every write to it says that the disk is full


@pytest.fixture
def house(tmp_path: Path) -> Iterator[Installation]:
    """A Harbour and the toy CRM, of which nothing was ordered in the period."""
    with installed(tmp_path) as installation:
        yield installation


def wanted(app: App, folder: Path) -> None:
    """Somebody wants the period, and a copy of its workbook in that folder."""
    app.period, app.out = (PERIOD.first, PERIOD.last), folder


@pytest.mark.browser
@pytest.mark.skipif(not FULL.exists(), reason="a full disk is played by /dev/full")
def test_a_copy_for_which_there_is_no_room_is_a_trouble_and_the_statement_stands(
    house: Installation, tmp_path: Path
) -> None:
    """The workbook lies among the reports and is named; the trouble names the copy."""
    folder = tmp_path / "finance"
    folder.mkdir()
    name = f"harbour-{PERIOD.first}-{PERIOD.last}-v1.xlsx"
    (folder / f"{name}.part").symlink_to(FULL)
    wanted(house.app, folder)
    report = house.run("reconcile")
    (issued,) = house.app.store.statements.statements("harbour")
    assert Path(report.facts["workbook"]).read_bytes()
    assert (Path(report.facts["workbook"]).name, Path(report.facts["workbook"]).parent != folder) == (name, True)
    assert issued.workbook == name
    assert [str(folder / name) in trouble for trouble in report.troubles] == [True]
    assert not (folder / name).exists()

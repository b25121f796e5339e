"""Does opening + new + reopened - resolved = closing hold from day to day, while people change, cancel and comment?"""

from pathlib import Path

import pytest

from sandbox.crm.loading import EXCERPT
from tests.end_to_end.decembers import Line, december, options_of


def lived(folder: Path, *options: str) -> tuple[list[Line], int, int, int]:
    """The days, how many statements came out again to the byte, and how many signatures stood and lapsed."""
    with december(folder, [EXCERPT], options_of(options)) as run:
        lines = list(run.days())
        return lines, run.end(), run.desk.stood, run.desk.lapsed


@pytest.mark.sweep
def test_four_days_of_real_orders_stay_accounted_for(tmp_path: Path) -> None:
    """Every workbook agrees with a count of its own: movement, ages, words, sums, verdict, signatures; all replays."""
    lines, statements, stood, lapsed = lived(tmp_path, "--days", "4", "--orders-per-day", "5", "--language", "zh_CN")
    assert [line.opening + line.new + line.reopened - line.resolved for line in lines] == [x.closing for x in lines]
    assert [line.opening for line in lines] == [0, *(line.closing for line in lines[:-1])]
    assert all(sum(getattr(line, kind) for line in lines) for kind in ("new", "reopened", "resolved", "changed"))
    assert (statements, stood > 0, lapsed > 0) == (5, True, True)
    assert lines[-1].comments > 0


@pytest.mark.sweep
def test_what_is_open_is_carried_where_the_daily_window_has_moved_on(tmp_path: Path) -> None:
    """The daily workbook looks at a day only, and no break is lost or called resolved because its day is over."""
    lines, statements, *_ = lived(tmp_path, "--days", "3", "--orders-per-day", "4", "--window", "1")
    assert statements == 4
    assert lines[-1].opening > 0

"""Are orders that a clerk entered before the cut-over left to the clerks, wherever on earth the company is?"""

import tomllib
from pathlib import Path

import tomli_w

from tests.installations import Installation, installed, order

CUT_OVER = "2026-03-02T00:00:00+08:00"  # still the 1st in UTC
DAYS = {"2026-03-01": "held (before_cut_over)", "2026-03-02": "pending"}


def in_china(installation: Installation) -> None:
    """From now on the company's calendar is China's."""
    content = tomllib.loads(installation.config.read_text(encoding="utf-8"))
    installation.config.write_text(tomli_w.dumps({**content, "zone": "Asia/Shanghai"}), encoding="utf-8")
    installation.reopen()


def test_the_cut_over_falls_into_a_day_of_the_company(tmp_path: Path) -> None:
    """What is dated the day before, there, was entered by hand, though the moment is of that day in UTC."""
    with installed(tmp_path, erp={"cut_over": CUT_OVER}) as installation:
        in_china(installation)
        postings = installation.load([order(order_date=day) for day in DAYS])
        said = [f"{each.state.value} ({each.reason.code})" if each.reason else each.state.value for each in postings]
        assert dict(zip(DAYS, said, strict=True)) == DAYS

"""Is Harbour reconciled where its selectors name no currency, but say which one its house has?"""

from pathlib import Path

from tests.end_to_end.test_three_sides import FORMS, House, furnished
from tests.installations import installed, order


def test_an_erp_that_shows_no_currency_is_compared_in_that_of_its_house(tmp_path: Path) -> None:
    """Its selectors name none, neither in the list nor in the document, and say which it is."""

    def silenced(text: str) -> str:
        shown = text.partition("[grid.totals]")[0].splitlines(keepends=True)
        return "".join(line for line in shown if not line.startswith("currency "))

    erp = furnished(tmp_path, FORMS, silenced)
    show, profile = (Path(erp["selectors"]) / name for name in ("order_show.toml", "erp.toml"))
    show.write_text(silenced(show.read_text(encoding="utf-8")), encoding="utf-8")
    profile.write_text('house_currency = "GBP"\n' + profile.read_text(encoding="utf-8"), encoding="utf-8")
    with installed(tmp_path, erp=erp) as ready:
        found = House(ready, tmp_path, ready.post(order(), order())).reconcile()
    assert (found.breaks, found.failing, len(found.matched)) == ([], set(), 2)
    assert {row["currency"] for row in found.matched} == {"GBP"}

"""May a page and a notice leave the house: do they say the verdict, and nothing of any customer?"""

from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import pytest

from bridge.locale import LANGUAGES, translate
from bridge.reports.issuings import Issued
from bridge.reports.notices import notice_of
from bridge.reports.pages import page_path
from tests.unit.reports.corruptions import by_hand, twice
from tests.unit.reports.offices import Days
from tests.unit.reports.test_books import evil_day


@pytest.fixture(params=LANGUAGES)
def issued(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[Issued, str]]:
    """A statement full of texts that are none of ours, and its language."""
    with Days(tmp_path, request.param) as days:
        yield days.issue(by_hand(twice(evil_day()))), request.param


class Tags(HTMLParser):
    """All elements of a page and where they lead to."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.names: set[str] = set()
        self.links: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note it."""
        self.names.add(tag)
        self.links += [value or "" for name, value in attrs if name in {"href", "src"} or name.startswith("on")]


def test_the_page_says_the_verdict_and_links_to_the_workbook_beside_it(issued: tuple[Issued, str]) -> None:
    """It loads nothing, runs nothing, and leads nowhere else."""
    found, language = issued
    text = page_path(found.path).read_text(encoding="utf-8")
    tags = Tags(text)
    assert translate("BREAKS", language) in text
    assert tags.links == [found.path.name]
    assert tags.names.isdisjoint({"script", "img", "iframe", "object", "link", "form"})


def test_nothing_of_a_customer_or_an_order_leaves_the_house(issued: tuple[Issued, str]) -> None:
    """Neither page nor notice repeats a text of the CRM or of the ERP."""
    found, language = issued
    page = page_path(found.path).read_text(encoding="utf-8")
    notice = notice_of(found, language)
    for told in (page, notice.title, notice.text):
        assert not [each for each in ("HYPERLINK", "evil", "SUM(A1)", "C-0001", "00123") if each in told]


def test_a_notice_counts_what_the_statement_holds(issued: tuple[Issued, str]) -> None:
    """Open breaks and their kinds, and no amount."""
    found, language = issued
    notice = notice_of(found, language)
    assert notice.title == f"harbour: {translate('BREAKS', language)}"
    assert str(len(found.found.breaks)) in notice.text
    assert found.path.name in notice.text
    assert not any(sign in notice.text for sign in ("EUR", "CNY", ".50"))

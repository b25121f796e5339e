"""How is a statement seen at a glance, in a browser or in the console? One page that loads nothing and runs nothing."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

from bridge.model.breaks import MEANINGS, VERDICT_MEANINGS, Outcome
from bridge.model.items import BUCKETS, bucket_of
from bridge.model.money import minor_digits
from bridge.reports.movements import movement_of
from bridge.reports.reconciliations import Reconciliation
from bridge.reports.records import major
from bridge.reports.summaries import SIGNS, TOTAL_HEADERS, reasons_of
from bridge.reports.texts import Words, safe
from bridge.reports.totals import Total

TEMPLATE = "statement.html"
ENVIRONMENT = Environment(
    loader=PackageLoader("bridge.reports", "templates"),
    autoescape=select_autoescape(default=True),
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
    keep_trailing_newline=True,
)


def page_path(path: Path) -> Path:
    """Where the page of a workbook lies."""
    return path.with_name(f"{path.stem}.html")


def page_of(found: Reconciliation, workbook: str, language: str) -> bytes:
    """The page of this statement: figures only, and no name of a customer."""
    words = Words(language)
    verdict = found.verdict
    content = ENVIRONMENT.get_template(TEMPLATE).render(
        words=words,
        language=language.replace("_", "-"),
        found=found,
        workbook=workbook,
        sign=SIGNS[verdict][0],
        verdict=verdict.value,
        meaning=words(VERDICT_MEANINGS[verdict]),
        reasons=list(reasons_of(found, words)),
        headers=[words(header) for header in TOTAL_HEADERS[:6]],
        totals=[_total(total, words) for total in found.totals],
        movement=[(words(name), count) for name, count in movement_of(found)],
        buckets=[bucket.name for bucket in BUCKETS],
        ages=list(_ages(found, words)),
    )
    return content.encode("utf-8", "replace")


def _total(total: Total, words: Words) -> Mapping[str, Any]:
    sums = (total.crm, total.erp, total.difference)
    return {
        "name": words(MEANINGS[total.outcome].name),
        "currency": safe(total.currency),
        "count": f"{total.count:,}",
        "sums": [_figure(minor, total.currency) for minor in sums],
        "is_break": total.outcome.is_break,
    }


def _figure(minor: int, currency: str) -> str:
    return f"{major(minor, currency):,.{minor_digits(currency)}f}"


def _ages(found: Reconciliation, words: Words) -> Iterator[tuple[str, Sequence[int]]]:
    at = found.as_of.latest
    ages = [(item.outcome, bucket_of(item.age(at))) for item in found.lives.items.values()]
    for outcome in Outcome:
        counts = [ages.count((outcome, bucket)) for bucket in BUCKETS]
        if any(counts):
            yield words(MEANINGS[outcome].name), counts

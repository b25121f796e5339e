"""What may a mail or a chat say of a statement? Counts, the verdict and names of ours; no customer and no amount."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from bridge.errors import BridgeError
from bridge.locale import Phrase
from bridge.model.breaks import MEANINGS, VERDICT_MEANINGS, Outcome, Verdict
from bridge.model.items import Lifecycle
from bridge.reports.issuings import Issued
from bridge.reports.texts import Words


@dataclass(frozen=True)
class Notice:
    """What is sent."""

    title: str
    text: str


def notice_of(issued: Issued, language: str) -> Notice:
    """The notice of a statement."""
    words = Words(language)
    return Notice(f"{issued.statement.erp}: {words(issued.statement.verdict.value)}", "\n".join(_lines(issued, words)))


def failure_of(erp: str, error: BridgeError, language: str) -> Notice:
    """The notice that an ERP has no statement at all; the error by its code, since its text may hold names."""
    title = f"{erp}: {Words(language)(Verdict.INCOMPLETE.value)}"
    return Notice(title, Phrase("There is no statement: {code}.", code=error.code).worded(language))


def _lines(issued: Issued, words: Words) -> Iterator[str]:
    found, statement = issued.found, issued.statement
    yield words(VERDICT_MEANINGS[statement.verdict])
    yield f"{words('Order dates')}: {statement.first} – {statement.last}, v{statement.version}"
    yield Phrase(
        "Breaks: {open} open, {pressing} need a person ({new} new, {reopened} reopened, {resolved} resolved).",
        open=found.open_items,
        pressing=found.lives.pressing,
        new=found.lives.count(Lifecycle.NEW),
        reopened=found.lives.count(Lifecycle.REOPENED),
        resolved=found.lives.count(Lifecycle.RESOLVED),
    ).worded(words.language)
    counts = Counter(item.outcome for item in found.lives.items.values())
    for outcome in Outcome:
        if counts[outcome]:
            yield f"{words(MEANINGS[outcome].name)}: {counts[outcome]}"
    failing = sorted({control.code for control in found.controls if not control.ties})
    if failing:
        yield f"{words('does not tie')}: {', '.join(failing)}"
    yield issued.path.name

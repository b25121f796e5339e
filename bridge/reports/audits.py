"""What does an auditor ask of a workbook: from what was it made, by which rules, and what do its codes mean?"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeVar

from bridge.locale import CHINESE, ENGLISH, translate
from bridge.model.breaks import LOCUS_MEANINGS, MEANINGS, SUB_MEANINGS, VERDICT_MEANINGS, Verdict
from bridge.model.items import (
    CAUSE_NAMES,
    HANDLING_MEANINGS,
    HANDLING_NAMES,
    LIFECYCLE_MEANINGS,
    LIFECYCLE_NAMES,
    Lifecycle,
)
from bridge.model.statements import ROLE_NAMES, StatementKind
from bridge.reports.cells import Value
from bridge.reports.columns import Column
from bridge.reports.controls import CONTROL_MEANINGS
from bridge.reports.origins import run_of, versions
from bridge.reports.reconciliations import Reconciliation
from bridge.reports.texts import Words

Code = TypeVar("Code", bound=StrEnum)
RUN = "run"
PASS_MEANINGS: Mapping[str, str] = {
    "M1": "by our reference in the document",
    "M1b": "by the order's own number, where nobody is known to have entered it",
    "M2": "by the document number that the ledger holds",
    "M3": "as a group: parts, split or merged documents",
}
INPUT_NAMES: Mapping[str, str] = {
    "crm": "CRM as read",
    "ledger": "ledger as read",
    "erp": "ERP as read",
    "cross_references": "code tables",
    "settings": "settings",
}


@dataclass(frozen=True)
class Fact:
    """One thing that an auditor can ask: its key for programs, its name for people, its value."""

    key: str
    name: str
    value: Value


AUDIT_COLUMNS: Sequence[Column[Fact]] = (
    Column("fact", "Key", 30, lambda fact, _: fact.key),
    Column("name", "What", 34, lambda fact, words: words(fact.name), wraps=True),
    Column("value", "Value", 90, lambda fact, _: fact.value, wraps=True),
)


def audit_of(found: Reconciliation, language: str) -> tuple[Fact, ...]:
    """Everything this statement was made from, in order."""
    return (
        *_identity(found, language),
        *_moments(found),
        *(Fact(f"sha256.{name}", INPUT_NAMES[name], value) for name, value in found.fingerprints.items()),
        *_rules(found),
        *_life(found),
        *_signed(found),
        *(Fact(f"version.{name}", "Version", f"{name} {value}") for name, value in versions().items()),
    )


def _identity(found: Reconciliation, language: str) -> Iterator[Fact]:
    memory = found.memory
    yield Fact(RUN, "Run", run_of(found, language))
    yield Fact("erp", "ERP", found.erp)
    kind = StatementKind.VERIFICATION if memory.verification else StatementKind.CURRENT
    yield Fact("kind", "Kind of statement", kind.value)
    yield Fact("number", "Number in the chain", memory.number)
    yield Fact("version", "Version of this period", memory.version)
    yield Fact("previous.run", "Statement before", memory.previous.run if memory.previous else None)
    before = memory.previous.manifest_sha256 if memory.previous else None
    yield Fact("previous.manifest_sha256", "Its manifest (SHA-256)", before)
    yield Fact("period.first", "First order date", found.period.first)
    yield Fact("period.last", "Last order date", found.period.last)
    yield Fact("locked", "Books closed through", memory.locked)


def _moments(found: Reconciliation) -> Iterator[Fact]:
    yield Fact("as_of.crm", "CRM read at (UTC)", found.as_of.crm)
    yield Fact("as_of.ledger", "Ledger read at (UTC)", found.as_of.ledger)
    yield Fact("as_of.erp", "ERP read at (UTC)", found.as_of.erp)


def _rules(found: Reconciliation) -> Iterator[Fact]:
    yield Fact("tolerances.version", "Tolerances: version", found.tolerances.version)
    yield Fact("tolerances.sha256", "Tolerances (SHA-256)", found.tolerances.sha256)
    yield Fact("values.sha256", "Values that a sign-off attaches to (SHA-256)", found.values_sha256())


def _life(found: Reconciliation) -> Iterator[Fact]:
    yield Fact("opening", "Open before", found.memory.opening)
    for lifecycle in Lifecycle:
        yield Fact(f"lifecycle.{lifecycle.value}", LIFECYCLE_NAMES[lifecycle], found.lives.count(lifecycle))
    yield Fact("closing", "Open now", found.open_items)
    yield Fact("notes.through", "Last note known (number)", found.memory.notes_through)


def _signed(found: Reconciliation) -> Iterator[Fact]:
    values = found.values_sha256()
    for signed in found.memory.sign_offs:
        ties = found.verdict is not Verdict.INCOMPLETE
        standing = "stands" if ties and signed.stands_for(values) else "lapsed"
        text = f"{signed.person} {signed.at.isoformat(timespec='seconds')} {signed.run} {standing}"
        yield Fact(f"signed.{signed.role.value}", ROLE_NAMES[signed.role], text)


@dataclass(frozen=True)
class Entry:
    """One code and what it means."""

    kind: str
    code: str
    name: str
    meaning: str


def _meaning(entry: Entry, words: Words) -> str | None:
    return words(entry.meaning) if entry.meaning else None


DICTIONARY_COLUMNS: Sequence[Column[Entry]] = (
    Column("kind", "Kind of code", 18, lambda entry, words: words(entry.kind)),
    Column("code", "Code", 22, lambda entry, _: entry.code),
    Column("name_en", "English", 26, lambda entry, _: translate(entry.name, ENGLISH), wraps=True),
    Column("name_zh", "中文", 22, lambda entry, _: translate(entry.name, CHINESE), wraps=True),
    Column("meaning", "Meaning", 90, _meaning, wraps=True),
)


def dictionary() -> tuple[Entry, ...]:
    """All codes that a workbook can hold."""
    return (
        *(Entry("Verdict", each.value, each.value, meaning) for each, meaning in VERDICT_MEANINGS.items()),
        *(Entry("Break", each.value, meaning.name, meaning.sentence) for each, meaning in MEANINGS.items()),
        *_named("Kind", SUB_MEANINGS),
        *_named("Came in", LOCUS_MEANINGS),
        *_named("Since last time", LIFECYCLE_NAMES, LIFECYCLE_MEANINGS),
        *_named("Status", HANDLING_NAMES, HANDLING_MEANINGS),
        *_named("Cause", CAUSE_NAMES),
        *(Entry("Matched by", code, meaning, "") for code, meaning in PASS_MEANINGS.items()),
        *(Entry("Control", code, code, meaning) for code, meaning in CONTROL_MEANINGS.items()),
    )


def _named(kind: str, names: Mapping[Code, str], meanings: Mapping[Code, str] | None = None) -> Iterator[Entry]:
    for code, name in names.items():
        if code.value:
            yield Entry(kind, code.value, name, (meanings or {}).get(code, ""))

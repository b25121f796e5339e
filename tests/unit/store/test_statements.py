"""Is what finance was given, and what it said, kept as it was, for everybody and for ever?"""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from bridge.errors import AnnotatedMeanwhile, BooksClosedFurther, ChainMoved, StatementUnknown
from bridge.model.breaks import Outcome, Verdict
from bridge.model.items import Facts, Item, Lifecycle, Note, NoteField
from bridge.model.statements import Role, SignOff, Statement, StatementKind
from bridge.store.ledgers import Store, open_ledger
from tests.unit.store.ledger_samples import ERP, StandingClock

AT = datetime(2026, 11, 20, 22, tzinfo=UTC)
FIRST, LAST = date(2026, 11, 1), date(2026, 11, 30)
FACTS = Facts("toy", "id-1", "SO1", "00000001", FIRST, LAST, "KWD", 10**17, "EUR", -1)


def statement(number: int | None, **changes: object) -> Statement:
    """A statement of November."""
    made = Statement(
        run=f"run-{number}",
        erp=ERP,
        kind=StatementKind.CURRENT if number else StatementKind.VERIFICATION,
        number=number,
        version=number or 1,
        first=FIRST,
        last=LAST,
        as_of=AT,
        verdict=Verdict.BREAKS,
        open_items=1,
        workbook=f"{ERP}-v{number}.xlsx",
        workbook_sha256="w" * 64,
        manifest_sha256="m" * 64,
        values_sha256="v" * 64,
        notes_through=3,
    )
    return replace(made, **changes)  # type: ignore[arg-type]  # any field may be changed


def item(lifecycle: Lifecycle, fingerprint: str = "f", name: str = "a" * 16) -> Item:
    """A break as it stands."""
    return Item(name, lifecycle, fingerprint, Outcome.AMOUNT_DIFF, AT, AT + timedelta(days=1), FACTS)


def note(value: str, **changes: object) -> Note:
    """A comment."""
    made = Note("a" * 16, NoteField.COMMENT, value, "li", AT, "f", "s" * 64)
    return replace(made, **changes)  # type: ignore[arg-type]  # any field may be changed


def test_a_statement_and_its_breaks_come_back_as_they_were(store: Store, url: str, clock: StandingClock) -> None:
    """Every field, with all digits, in another process too."""
    issued = store.statements.issue(statement(1), [item(Lifecycle.NEW)])
    assert issued == replace(statement(1), issued_at=clock.now())
    with open_ledger(url, clock) as other:
        assert other.statements.newest(ERP) == other.statements.statement("run-1") == issued
        assert other.statements.items(ERP) == {"a" * 16: item(Lifecycle.NEW)}


def test_every_break_is_known_as_it_stood_after_each_statement(store: Store) -> None:
    """What is told of a break is only added, so that an old statement can be gone on from again."""
    first, changed = item(Lifecycle.NEW), item(Lifecycle.CHANGED, "g")
    seen = [first, changed, item(Lifecycle.RESOLVED, "g"), item(Lifecycle.REOPENED, "h")]
    for number, each in enumerate(seen, 1):
        store.statements.issue(statement(number), [each])
    stood = [store.statements.items(ERP, through)["a" * 16] for through in (1, 2, 3, 4)]
    assert [(each.lifecycle, each.fingerprint) for each in stood] == [
        (Lifecycle.NEW, "f"),
        (Lifecycle.CHANGED, "g"),
        (Lifecycle.RESOLVED, "g"),
        (Lifecycle.REOPENED, "h"),
    ]
    assert store.statements.items(ERP, 0) == {}
    assert store.statements.items("granite") == {}


@pytest.mark.parametrize("number", [1, 3])
def test_only_the_next_number_goes_on_the_chain(store: Store, number: int) -> None:
    """Neither a number that is taken nor one that leaves a gap; and nothing of it stays."""
    store.statements.issue(statement(1), [])
    with pytest.raises(ChainMoved):
        store.statements.issue(statement(number, run="another"), [item(Lifecycle.NEW)])
    assert [each.run for each in store.statements.statements(ERP)] == ["run-1"]
    assert store.statements.items(ERP) == {}


def test_the_same_run_is_there_once(store: Store, clock: StandingClock) -> None:
    """Whoever repeats it, also much later, gets what was issued then."""
    first = store.statements.issue(statement(1), [item(Lifecycle.NEW)])
    clock.wait(3600)
    assert store.statements.issue(statement(1), [item(Lifecycle.NEW)]) == first
    assert len(store.statements.statements()) == 1


def test_a_verification_is_listed_and_is_no_link(store: Store) -> None:
    """However many there are."""
    store.statements.issue(statement(1), [])
    for version, run in enumerate(("one", "other"), 2):
        store.statements.issue(statement(None, run=run, version=version), [item(Lifecycle.NEW)])
    newest = store.statements.newest(ERP)
    assert newest is not None
    assert newest.run == "run-1"
    assert [each.run for each in store.statements.statements(ERP)] == ["other", "one", "run-1"]
    assert [each.run for each in store.statements.statements(ERP, 1)] == ["other"]
    assert store.statements.items(ERP) == {}


def test_a_version_of_a_period_is_there_once(store: Store) -> None:
    """Two that were made at the same time never share a name."""
    store.statements.issue(statement(1), [])
    with pytest.raises(ChainMoved):
        store.statements.issue(statement(None, run="other", version=1), [])


def test_each_erp_has_its_own_chain(store: Store) -> None:
    """Numbers of one say nothing of another."""
    store.statements.issue(statement(1), [])
    store.statements.issue(statement(1, erp="granite", run="other"), [])
    assert [each.run for each in store.statements.statements("granite")] == ["other"]
    assert store.statements.newest("juniper") is None
    with pytest.raises(StatementUnknown):
        store.statements.statement("nowhere")


@pytest.mark.parametrize(
    "text", ["=1+1", "已与仓库确认", "a\x00b", "\ud800", "x" * 40_000, "it's; DROP TABLE annotations"]
)
def test_a_note_comes_back_as_it_was_written(store: Store, text: str) -> None:
    """What no database can hold is kept as its escape, anything else to the letter."""
    store.annotations.annotate(ERP, [note(text)])
    (kept,) = store.annotations.history(ERP, "a" * 16)
    assert kept.value == text.replace("\x00", "\\x00").replace("\ud800", "\\ud800")


def test_a_later_word_hides_an_earlier_one_and_leaves_it_there(store: Store) -> None:
    """The last one counts, all are on record, and a statement knows up to which it was told."""
    through = store.annotations.annotate(ERP, [note("one"), note("li", field=NoteField.OWNER)])
    last = store.annotations.annotate(ERP, [note("two"), note("")])
    notes, known = store.annotations.notes(ERP)
    assert (notes["a" * 16, NoteField.COMMENT].value, known) == ("", last)
    before, until = store.annotations.notes(ERP, through)
    assert (before["a" * 16, NoteField.COMMENT].value, until) == ("one", through)
    assert [each.value for each in store.annotations.history(ERP, "a" * 16)] == ["one", "li", "two", ""]
    assert store.annotations.notes("granite") == ({}, 0)


def test_who_signed_what_is_kept_by_period(store: Store, clock: StandingClock) -> None:
    """With the moment of the ledger, not of whoever signs."""
    hashes = {"workbook_sha256": "w", "values_sha256": "v"}
    given = SignOff("run-1", ERP, FIRST, LAST, Role.PREPARER, "李", AT, **hashes)
    assert store.annotations.sign(given, ()) == replace(given, at=clock.now())
    assert store.annotations.sign_offs(ERP, FIRST, LAST) == (replace(given, at=clock.now()),)
    assert store.annotations.sign_offs(ERP, FIRST, FIRST) == ()


def test_who_signs_knows_all_who_signed_before(store: Store) -> None:
    """Of two who sign at the same moment one is told so, since who prepared must not review."""
    hashes = {"workbook_sha256": "w", "values_sha256": "v"}
    first = store.annotations.sign(SignOff("run-1", ERP, FIRST, LAST, Role.PREPARER, "李", AT, **hashes), ())
    second = replace(first, role=Role.REVIEWER)
    with pytest.raises(AnnotatedMeanwhile):
        store.annotations.sign(second, ())
    assert store.annotations.sign_offs(ERP, FIRST, LAST) == (first,)
    store.annotations.sign(replace(second, person="王"), (first,))


def test_who_writes_knows_all_that_was_written_before(store: Store) -> None:
    """What was judged by older words is not kept over newer ones; words for another ERP do not count."""
    through = store.annotations.annotate(ERP, [note("one")], after=0)
    store.annotations.annotate("granite", [note("elsewhere")])
    with pytest.raises(AnnotatedMeanwhile):
        store.annotations.annotate(ERP, [note("two")], after=0)
    store.annotations.annotate(ERP, [note("three")], after=through)
    assert [each.value for each in store.annotations.history(ERP, "a" * 16)] == ["one", "three"]


def test_the_last_word_on_a_closed_period_counts(store: Store) -> None:
    """Closed, opened and closed again: each with its reason."""
    assert store.annotations.locked(ERP) is None
    store.annotations.lock(ERP, FIRST, "wang", "month end")
    store.annotations.lock(ERP, None, "wang", "a late invoice")
    opened = store.annotations.locked(ERP)
    assert opened is not None
    assert (opened.through, opened.why) == (None, "a late invoice")
    store.annotations.lock(ERP, LAST, "wang", "month end")
    with pytest.raises(BooksClosedFurther, match=f"closed through {LAST}"):
        store.annotations.lock(ERP, FIRST, "wang", "a slip")
    store.annotations.lock(ERP, LAST, "wang", "month end")
    closed = store.annotations.locked(ERP)
    assert closed is not None
    assert closed.through == LAST

"""Is what was issued never changed, linked to what came before, and made again to the byte?"""

import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from bridge.errors import ChainMoved, FileUnreadable, StatementUnknown
from bridge.locale import LANGUAGES
from bridge.model.breaks import Verdict
from bridge.model.items import Handling, Note, NoteField
from bridge.model.statements import Role, SignOff, StatementKind
from bridge.reports.books import manifest_path
from bridge.reports.files import sha256_of
from bridge.reports.inputs import Inputs, Period
from bridge.reports.issuings import issue, kept_path, remembered
from bridge.reports.keepings import Kept, kept_content, read_kept
from bridge.reports.memories import Memory
from bridge.reports.origins import run_of
from bridge.reports.pages import page_path
from bridge.reports.reconciliations import reconcile
from bridge.reports.replays import chain_findings, file_findings, replayed
from bridge.reports.signings import signed
from tests.unit.reports.corruptions import by_hand, malformed, twice, wrong
from tests.unit.reports.days import HELD_FOR_CUSTOMER, NIGHT, clean_day, with_posting
from tests.unit.reports.offices import Days
from tests.unit.reports.test_books import evil_day
from tests.unit.reports.workbooks_read import AUDIT, RESOLVED, opened, table


def broken() -> Inputs:
    """A day with breaks of several kinds."""
    return with_posting(by_hand(twice(malformed(clean_day()))), 1, reason=HELD_FOR_CUSTOMER)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_statement_is_made_again_to_the_byte(tmp_path: Path, language: str) -> None:
    """From what was kept: the inputs, the statement before, the comments and signatures known then."""
    with Days(tmp_path, language) as days:
        first = days.issue(broken())
        days.note(first, 0, NoteField.COMMENT, "=1+1 \ud800 已联系")
        days.note(first, 1, NoteField.STATUS, Handling.ACCEPTED)
        signed(first.statement, Role.PREPARER, "li", days.office, days.clock.now())
        second = days.issue(broken(), 1)
        days.note(second, 0, NoteField.COMMENT, "written after it was issued")
        days.issue(clean_day(), 2)
        again = [replayed(each, days.office) for each in days.office.statements.statements()]
    assert [(each.same, each.other_versions) for each in again] == [(True, ())] * 3


def test_another_input_is_another_version_and_the_old_file_stays(days: Days) -> None:
    """A rerun of the same period replaces nothing: both workbooks and manifests are there as they were."""
    first = days.issue(wrong("7.77"))
    before = first.path.read_bytes(), manifest_path(first.path).read_bytes()
    second = days.issue(wrong("8.88"), 1)
    assert (first.statement.version, second.statement.version) == (1, 2)
    assert (first.path.name, second.path.name) == (
        "harbour-2026-11-01-2026-11-30-v1.xlsx",
        "harbour-2026-11-01-2026-11-30-v2.xlsx",
    )
    assert (first.path.read_bytes(), manifest_path(first.path).read_bytes()) == before


def test_statements_are_linked_by_the_hash_of_the_manifest_before(days: Days) -> None:
    """Whoever changes one of them breaks the chain after it, and is named."""
    issued = [days.issue(wrong(total), number) for number, total in enumerate(("1", "2", "3"))]
    links = [json.loads(manifest_path(each.path).read_bytes())["previous"] for each in issued]
    assert links[0] is None
    assert [link["manifest_sha256"] for link in links[1:]] == [each.statement.manifest_sha256 for each in issued[:2]]
    assert list(chain_findings(days.office, "harbour")) == []
    manifest_path(issued[1].path).write_bytes(manifest_path(issued[1].path).read_bytes() + b" ")
    issued[0].path.write_bytes(b"another")
    issued[2].path.unlink()
    found = [(each.number, str(what)) for each, what in chain_findings(days.office, "harbour")]
    assert found == [
        (1, "harbour-2026-11-01-2026-11-30-v1.xlsx was changed"),
        (2, "harbour-2026-11-01-2026-11-30-v2.manifest.json was changed"),
        (3, "harbour-2026-11-01-2026-11-30-v3.xlsx is gone"),
    ]


def test_what_lies_beside_a_workbook_is_looked_at_too(days: Days) -> None:
    """Its kept inputs and its page: what was issued with it stays what it was, or is named."""
    first, second = days.issue(wrong("1")), days.issue(wrong("2"), 1)
    kept_path(first.path).write_bytes(kept_path(second.path).read_bytes())
    page_path(second.path).unlink()
    assert [(each.number, str(what)) for each, what in chain_findings(days.office, "harbour")] == [
        (1, "harbour-2026-11-01-2026-11-30-v1.inputs.json.gz was changed"),
        (2, "harbour-2026-11-01-2026-11-30-v2.html is gone"),
    ]


def test_lists_beside_a_workbook_are_looked_at_too(days: Days) -> None:
    """Beyond the detail cap they hold what the workbook would."""
    issued = days.issue(clean_day())
    content = json.loads(manifest_path(issued.path).read_bytes())
    content["details"] = [{"key": "matched", "files": {"matched.csv": "0" * 64}, "rows": 7}]
    manifest_path(issued.path).write_text(json.dumps(content), encoding="utf-8")
    changed = replace(issued.statement, manifest_sha256=sha256_of(manifest_path(issued.path)))
    issued.path.with_name("matched.csv").write_text("other rows", encoding="utf-8")
    assert [str(what) for what in file_findings(changed, days.office)] == ["matched.csv was changed"]


def test_a_manifest_that_names_another_one_before_it_is_a_broken_link(days: Days) -> None:
    """Also where somebody made its own hash fit: one that nobody issued, and one before that."""
    issued = [days.issue(wrong(total), number) for number, total in enumerate(("1", "2", "3"))]
    second, third = (json.loads(manifest_path(each.path).read_bytes()) for each in issued[1:])
    for at, link in ((1, second["previous"] | {"run": "0" * 16}), (2, second["previous"])):
        changed = (second, third)[at - 1] | {"previous": link}
        manifest_path(issued[at].path).write_text(json.dumps(changed), encoding="utf-8")
    found = [(each.number, str(what)) for each, what in chain_findings(days.office, "harbour")]
    unlinked = [number for number, what in found if what == "its manifest does not name the statement before it"]
    assert unlinked == [2, 3]


def test_a_verification_beside_a_statement_breaks_no_chain(days: Days) -> None:
    """It was begun before the other one was issued and ended after it: no link, so it may name any one before it."""
    days.issue(wrong("1"))
    closed = replace(clean_day(), period=Period(clean_day().period.first, clean_day().period.first))
    days.office.annotations.lock("harbour", closed.period.last, "wang", "month end")
    memory = remembered(days.office, "harbour", closed.period)
    days.issue(wrong("2"), 1)
    verified = issue(closed, memory, days.office)
    assert verified.statement.number is None
    days.issue(wrong("3"), 2)
    assert list(chain_findings(days.office, "harbour")) == []


def test_two_that_go_on_from_the_same_statement_do_not_both_count(days: Days) -> None:
    """The later one is told so and leaves nothing behind, so that no break is carried forward twice."""
    day = wrong("7.77")
    memory = remembered(days.office, "harbour", day.period)
    days.issue(day)
    for version in (1, 9):
        with pytest.raises(ChainMoved):
            issue(replace(day, pending_within=timedelta(1)), replace(memory, version=version), days.office)
    assert not [path for path in days.office.folder.iterdir() if "v9" in path.name]
    assert len(days.office.statements.statements("harbour")) == 1
    assert list(chain_findings(days.office, "harbour")) == []


def test_a_name_that_somebody_else_writes_to_is_left_alone(days: Days) -> None:
    """Also by a verification, which takes no number: the next version is another file."""
    day = wrong("7.77")
    memory = remembered(days.office, "harbour", day.period)
    path = days.office.folder / "harbour-2026-11-01-2026-11-30-v1.xlsx"
    path.parent.mkdir(parents=True)
    claim = path.with_name("harbour-2026-11-01-2026-11-30-v1.claim")
    claim.touch()
    with pytest.raises(ChainMoved):
        issue(day, memory, days.office)
    assert claim.exists()
    assert remembered(days.office, "harbour", day.period).version == 2


def test_the_same_run_is_issued_once(days: Days) -> None:
    """Whoever repeats the very same reconciliation finds the statement that is there."""
    day = wrong("7.77")
    memory = remembered(days.office, "harbour", day.period)
    first = issue(day, memory, days.office)
    content = first.path.read_bytes()
    again = issue(day, memory, days.office)
    assert again.statement == first.statement
    assert again.path.read_bytes() == content


def test_what_people_said_makes_another_run(days: Days) -> None:
    """The name of a run is over all that shows in its workbook: a word, a signature, a closed day."""
    day = wrong("7.77")
    memory = remembered(days.office, "harbour", day.period)
    note = Note("a" * 16, NoteField.COMMENT, "asked", "li", NIGHT, "f")
    signed_off = SignOff("run", "harbour", day.period.first, day.period.last, Role.PREPARER, "li", NIGHT, "w", "v")
    others = (
        replace(memory, notes={(note.item_id, note.field): note}),
        replace(memory, sign_offs=(signed_off,)),
        replace(memory, locked=NIGHT.date()),
        replace(memory, version=2),
    )
    runs = {run_of(reconcile(day, each), language) for each in (memory, *others) for language in LANGUAGES}
    assert len(runs) == (1 + len(others)) * len(LANGUAGES)


def test_what_a_crash_left_behind_keeps_its_name(days: Days) -> None:
    """A workbook without an entry in the chain is not replaced by the next one."""
    days.office.folder.mkdir(parents=True)
    leftover = days.office.folder / "harbour-2026-11-01-2026-11-30-v1.xlsx"
    leftover.write_bytes(b"half of one")
    issued = days.issue(wrong("7.77"))
    assert issued.path.name.endswith("-v2.xlsx")
    assert leftover.read_bytes() == b"half of one"


def test_a_closed_period_is_only_verified(days: Days) -> None:
    """Nothing of the chain moves by it, and the workbook says what it is."""
    issued = days.issue(wrong("7.77"))
    days.office.annotations.lock("harbour", issued.statement.last, "wang", "month end")
    again = days.issue(clean_day(), 1)
    assert (again.statement.kind, again.statement.number) == (StatementKind.VERIFICATION, None)
    assert days.office.statements.newest("harbour") == issued.statement
    assert all(item.is_open for item in days.office.statements.items("harbour").values())
    facts = {row["fact"]: row["value"] for row in table(again.path, AUDIT).rows}
    assert (facts["kind"], facts["number"], facts["locked"].date()) == ("verification", None, issued.statement.last)
    assert list(chain_findings(days.office, "harbour")) == []
    days.office.annotations.lock("harbour", None, "wang", "a late invoice")
    assert days.issue(clean_day(), 2).statement.number == 2


def test_a_break_of_a_closed_period_is_marked_in_the_next_one(days: Days) -> None:
    """Whoever reads December sees which of its breaks are November's."""
    first = days.issue(wrong("7.77"))
    (row,) = first.found.breaks
    days.office.annotations.lock("harbour", row.crm.order.ordered_on, "wang", "month end")  # type: ignore[union-attr]  # it has one
    second = days.issue(by_hand(wrong("7.77")), 1)
    marks = {each["code"]: each["prior_period"] for each in table(second.path, 1).rows}
    assert marks["AMOUNT_DIFF"] == "prior period"
    assert marks["ORPHAN_IN_ERP"] is None


def test_what_was_resolved_stands_on_a_sheet_with_what_was_said_of_it(days: Days) -> None:
    """Yesterday's comment is not lost with the break."""
    first = days.issue(wrong("7.77"))
    days.note(first, 0, NoteField.COMMENT, "corrected in the ERP")
    (row,) = table(days.issue(clean_day(), 3).path, RESOLVED).rows
    assert (row["code"], row["now"], row["age"], row["comment"]) == (
        "AMOUNT_DIFF",
        "Matched",
        3,
        "corrected in the ERP",
    )


def test_the_first_sheet_says_how_the_open_breaks_moved_and_charts_their_age(days: Days) -> None:
    """Opening, new, reopened, resolved and closing stand there, and one chart."""
    days.issue(wrong("7.77"))
    second = days.issue(by_hand(clean_day()), 1)
    sheet = opened(second.path).worksheets[0]
    shown = {row[0].value: row[1].value for row in sheet.iter_rows() if isinstance(row[1].value, int)}
    names = ("Open before", "New", "Reopened", "Resolved", "Open now", "of which need a person")
    assert [shown[name] for name in names] == [1, 1, 0, -1, 1, 1]


def test_any_day_can_be_kept_and_read_again(tmp_path: Path) -> None:
    """Every text, every amount and every moment comes back as it was."""
    for number, day in enumerate((clean_day(), broken(), evil_day())):
        path = tmp_path / f"{number}.json.gz"
        kept = Kept(day, Memory(locked=NIGHT.date()), "en", "../screenshots")
        path.write_bytes(kept_content(kept))
        assert read_kept(path) == kept
        assert kept_content(read_kept(path)) == path.read_bytes()


@pytest.mark.parametrize("content", [b"", b"no gzip", b"\x1f\x8b"])
def test_what_was_kept_and_is_broken_is_refused(tmp_path: Path, content: bytes) -> None:
    """No replay of half a file."""
    path = tmp_path / "day.inputs.json.gz"
    path.write_bytes(content)
    with pytest.raises(FileUnreadable):
        read_kept(path)


def test_a_replay_of_other_inputs_is_not_the_same(days: Days) -> None:
    """Whoever alters what was kept does not get the same bytes out of it."""
    issued = days.issue(wrong("7.77"))
    kept = read_kept(kept_path(issued.path))
    earlier = replace(kept.inputs.crm, as_of=NIGHT - timedelta(hours=1))
    kept_path(issued.path).write_bytes(kept_content(replace(kept, inputs=replace(kept.inputs, crm=earlier))))
    assert not replayed(issued.statement, days.office).same


def test_a_run_that_nobody_issued_is_named(days: Days) -> None:
    """A question for it is no empty answer."""
    with pytest.raises(StatementUnknown, match="0123"):
        days.office.statements.statement("0123")


def test_an_incomplete_statement_stays_in_the_chain_as_what_it_is(days: Days) -> None:
    """What could not be relied upon is on record, and the next one goes on from it."""
    day = clean_day()
    gone = replace(day, documents=replace(day.documents, opened=day.documents.opened[1:]))
    first = days.issue(gone)
    assert first.statement.verdict is Verdict.INCOMPLETE
    assert days.issue(clean_day(), 1).statement.number == 2

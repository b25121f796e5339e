"""Can finance work with statements from the command line, and does the exit status tell the truth?"""

import tomllib
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import tomli_w

from bridge.app import App
from bridge.cli.people import person
from bridge.offices import office_of
from bridge.reports.inputs import Inputs
from bridge.reports.issuings import Issued, copied, issue, remembered
from bridge.settings import keep_secret, load_settings
from tests.installations import PASSWORD, configuration, furnish
from tests.unit.command_lines import CommandLine
from tests.unit.reports.corruptions import by_hand, document_changed
from tests.unit.reports.days import clean_day
from tests.unit.reports.offices import written
from tests.unit.reports.workbooks_read import opened
from tests.unit.webhooks import webhook

NOBODY = "http://127.0.0.1:9"


@pytest.fixture
def config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An installation of somebody called li."""
    monkeypatch.setattr("bridge.cli.people.person", lambda: "li")
    monkeypatch.setenv("ERPBRIDGE_LANGUAGE", "en")
    return furnish(tmp_path, configuration(tmp_path, NOBODY, NOBODY))


@pytest.fixture
def erpbridge(config: Path, capsys: pytest.CaptureFixture[str]) -> CommandLine:
    """Its command line."""
    return CommandLine(config, capsys)


@pytest.fixture
def app(config: Path) -> Iterator[App]:
    """The installation, opened."""
    opened = App(load_settings(config))
    yield opened
    opened.close()


def broken() -> Inputs:
    """A day with two breaks."""
    return by_hand(document_changed(3, total=Decimal("7.77"))(clean_day()))


def issued(app: App, inputs: Inputs) -> Issued:
    """The next statement."""
    office = office_of(app)
    return issue(inputs, remembered(office, "harbour", inputs.period), office)


def test_comments_go_back_and_stand_in_the_history(app: App, erpbridge: CommandLine, tmp_path: Path) -> None:
    """Who wrote them is who is signed on; what is refused is listed and makes the status 1."""
    first = issued(app, broken())
    back = written(first, tmp_path / "back.xlsx", [{"comment": "asked", "status": "done"}, {"owner": "王芳"}])
    said = erpbridge("workbook", "upload", back)
    assert said.status == 1
    assert said.out.splitlines()[:2] == ["Taken: 2.", "row 3, column status: done is neither in the list nor a day"]
    name = first.found.breaks[0].item_id
    (note,) = erpbridge("workbook", "notes", name, "--erp", "harbour", "--json").record["notes"]
    assert (note["field"], note["value"], note["author"]) == ("comment", "asked", "li")
    again = erpbridge("workbook", "upload", back, "--json")
    assert (again.status, again.record["taken"]) == (1, 0)


def test_a_workbook_that_was_altered_takes_nothing(app: App, erpbridge: CommandLine, tmp_path: Path) -> None:
    """One sentence says where, and the status is 1."""
    first = issued(app, broken())
    back = written(first, tmp_path / "back.xlsx", [{"crm_amount": 1, "comment": "x"}])
    said = erpbridge("workbook", "upload", back)
    assert said.status == 1
    assert said.sentence.endswith("nothing of it was taken: Breaks I3")


def test_two_people_sign_and_the_list_names_them(
    app: App, erpbridge: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By the workbook or by its run; the same person twice is refused."""
    first = issued(app, broken())
    assert erpbridge("workbook", "sign", first.path, "--as", "preparer").status == 0
    refused = erpbridge("workbook", "sign", first.path, "--as", "reviewer")
    assert (refused.status, "has signed it in the other role" in refused.sentence) == (1, True)
    monkeypatch.setattr("bridge.cli.people.person", lambda: "wang")
    assert erpbridge("workbook", "sign", first.statement.run, "--as", "reviewer").status == 0
    (listed,) = erpbridge("workbook", "list", "--json").record["statements"]
    assert listed["signed"] == ["preparer: li", "reviewer: wang"]
    assert "BREAKS" in erpbridge("workbook", "list").out


def test_what_was_changed_after_it_was_issued_is_named(app: App, erpbridge: CommandLine) -> None:
    """Intact is 0, anything else 1 with the file's name."""
    first, _ = issued(app, broken()), issued(app, clean_day())
    whole = erpbridge("workbook", "verify")
    assert (whole.status, whole.out.strip()) == (0, "Statements: 2. All are as they were issued.")
    first.path.write_bytes(b"another")
    found = erpbridge("workbook", "verify", "--json")
    assert (found.status, found.record["intact"]) == (1, False)
    assert [each["what"] for each in found.record["findings"]] == [f"{first.path.name} was changed"]


def test_a_statement_is_made_again(app: App, erpbridge: CommandLine) -> None:
    """To the byte, from its own inputs, without CRM or ERP."""
    first = issued(app, broken())
    assert erpbridge("workbook", "replay", first.path).status == 0
    assert erpbridge("workbook", "replay", first.statement.run, "--json").record["same"] is True
    missing = erpbridge("workbook", "replay", "0123456789abcdef")
    assert (missing.status, missing.sentence) == (1, "There is no statement 0123456789abcdef.")


@pytest.mark.parametrize("arguments", [(), ("--through", "2026-11-30"), ("--open",)])
def test_the_books_are_closed_with_a_day_and_a_reason(erpbridge: CommandLine, arguments: tuple[str, ...]) -> None:
    """Nothing is closed or opened by half an order."""
    assert erpbridge("workbook", "lock", "--erp", "harbour", *arguments).status == 2


def test_a_day_to_come_is_not_closed(erpbridge: CommandLine) -> None:
    """A slip of a year would make every later reconciliation a verification."""
    late = ("workbook", "lock", "--erp", "harbour", "--through", "2062-11-30", "--reason", "month end")
    assert erpbridge(*late).status == 2


def test_a_copy_elsewhere_can_be_signed_and_given_back(app: App, erpbridge: CommandLine, tmp_path: Path) -> None:
    """What was issued stays among the reports, and the copy names it."""
    copy = copied(issued(app, broken()), tmp_path / "finance")
    assert sorted(each.suffix for each in copy.parent.iterdir()) == [".html", ".xlsx"]
    assert erpbridge("workbook", "sign", copy, "--as", "preparer").status == 0
    assert erpbridge("workbook", "upload", copy, "--json").record["taken"] == 0
    assert erpbridge("workbook", "verify").status == 0


def test_a_sheet_of_ones_own_is_said_not_to_be_read(app: App, erpbridge: CommandLine, tmp_path: Path) -> None:
    """Nobody believes that words written there were taken."""
    book = opened(issued(app, broken()).path)
    book.create_sheet("Mine")["A1"] = "words"
    book.save(tmp_path / "back.xlsx")
    said = erpbridge("workbook", "upload", tmp_path / "back.xlsx")
    assert (said.status, said.out.splitlines()) == (0, ["Taken: 0.", "Not read, since they are your own: Mine."])
    assert erpbridge("workbook", "upload", tmp_path / "back.xlsx", "--json").record["unread"] == ["Mine"]


@pytest.mark.parametrize("sheet", ["Summary", "Breaks", "Matched"])
def test_nobody_signs_by_naming_a_workbook_with_other_figures(
    app: App, erpbridge: CommandLine, tmp_path: Path, sheet: str
) -> None:
    """It names its run, and shows something else than what would be signed for."""
    book = opened(issued(app, broken()).path)
    book[sheet]["A3"] = "other"
    book.save(tmp_path / "back.xlsx")
    said = erpbridge("workbook", "sign", tmp_path / "back.xlsx", "--as", "preparer")
    assert (said.status, said.sentence) == (
        1,
        f"back.xlsx cannot be signed: it was altered where nobody may write: {sheet} A3",
    )
    assert erpbridge("workbook", "list", "--json").record["statements"][0]["signed"] == []


def test_nobody_signs_a_workbook_that_leaves_out_a_break(app: App, erpbridge: CommandLine, tmp_path: Path) -> None:
    """It may come back with words beside the others; signed is what was issued, all of it."""
    book = opened(issued(app, broken()).path)
    book.worksheets[1].delete_rows(3)
    book.save(tmp_path / "back.xlsx")
    assert erpbridge("workbook", "upload", tmp_path / "back.xlsx").status == 0
    said = erpbridge("workbook", "sign", tmp_path / "back.xlsx", "--as", "preparer")
    assert (said.status, said.sentence) == (1, "back.xlsx cannot be signed: breaks were left out: 1")


def test_whoever_wrote_beside_breaks_can_sign_all_the_same(app: App, erpbridge: CommandLine, tmp_path: Path) -> None:
    """A signature is for values; no word of the file is taken by it."""
    back = written(issued(app, broken()), tmp_path / "back.xlsx", [{"comment": "words"}])
    assert erpbridge("workbook", "sign", back, "--as", "preparer").status == 0
    assert app.store.annotations.notes("harbour")[0] == {}


def test_the_books_are_closed_and_opened(app: App, erpbridge: CommandLine) -> None:
    """A reconciliation of closed days is a verification until they are opened again."""
    closed: dict[str, Any] = erpbridge(
        "workbook", "lock", "--erp", "harbour", "--through", "2020-01-31", "--reason", "month end", "--json"
    ).record
    assert closed == {"erp": "harbour", "through": "2020-01-31", "person": "li"}
    app.store.annotations.lock("harbour", clean_day().period.last, "li", "month end")
    assert issued(app, clean_day()).statement.number is None
    earlier = ("workbook", "lock", "--erp", "harbour", "--through", "2020-02-29", "--reason", "a slip")
    assert erpbridge(*earlier).status == 1
    opened = erpbridge("workbook", "lock", "--erp", "harbour", "--open", "--reason", "a late invoice")
    assert (opened.status, opened.out.strip()) == (0, "harbour: the books are open.")
    assert issued(app, clean_day()).statement.number == 1
    assert erpbridge("workbook", "lock", "--erp", "nobody", "--open", "--reason", "x").status == 2


def test_a_period_that_ends_before_it_begins_is_refused(app: App, erpbridge: CommandLine) -> None:
    """No statement of nothing is issued, and nobody is told that books are incomplete."""
    said = erpbridge("reconcile", "--from", "2026-12-31", "--to", "2026-01-01")
    assert (said.status, "The last order date is before the first." in said.err) == (2, True)
    assert app.store.statements.statements() == ()


def test_an_erp_without_a_statement_is_told_of_and_keeps_no_other_waiting(config: Path, erpbridge: CommandLine) -> None:
    """A morning without a workbook must not look like a morning without breaks."""
    content = tomllib.loads(config.read_text(encoding="utf-8"))
    content["erps"]["second"] = content["erps"]["harbour"]
    content["notices"] = {"to": ["finance"]}
    config.write_text(tomli_w.dumps(content), encoding="utf-8")
    settings = load_settings(config)
    keep_secret("erp.second", PASSWORD, settings)
    with webhook() as chat:
        keep_secret("notice.finance", chat.url, settings)
        said = erpbridge("reconcile")
    assert said.status == 3
    assert [told["title"] for told in chat.told] == ["harbour: INCOMPLETE", "second: INCOMPLETE"]
    assert {told["message"] for told in chat.told} == {"There is no statement: erp_down."}


def test_nobody_is_somebody_else_by_saying_so(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who signs is whom the operating system signed on, not what the environment says."""
    for name in ("LOGNAME", "USER", "LNAME", "USERNAME"):
        monkeypatch.setenv(name, "auditor")
    assert person() != "auditor"

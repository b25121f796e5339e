"""Does every command answer people in sentences and programs in one object, whatever happens?"""

import re
import tomllib
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import tomli_w
import typer.main

from bridge.app import App
from bridge.cli.commands import cli
from bridge.cli.outputs import WIDE, Console
from bridge.settings import load_settings
from tests.installations import configuration, furnish
from tests.unit.command_lines import CommandLine, speaking

NOBODY = "http://127.0.0.1:9"
QUIET = (
    ("status",),
    ("orders", "list"),
    ("evidence", "verify", "--all"),
    ("run", "purge_evidence"),
    ("run", "post_orders"),
    ("stop", "-r", "test"),
    ("stop", "--release"),
)


class Refused(NamedTuple):
    """A command that cannot do what it is asked for."""

    command: tuple[str, ...]
    status: int
    code: str


REFUSED = (
    Refused(("orders", "show", "SB-4711"), 1, "posting_unknown"),
    Refused(("orders", "rerun", "SB-4711", "-r", "x"), 1, "posting_unknown"),
    Refused(("orders", "hold", "SB-4711", "-r", "x"), 1, "posting_unknown"),
    Refused(("orders", "release", "SB-4711", "-r", "x"), 1, "posting_unknown"),
    Refused(("orders", "settle", "SB-4711", "-r", "x"), 1, "posting_unknown"),
    Refused(("orders", "dry-run", "SB-4711"), 1, "posting_unknown"),
    Refused(("evidence", "verify", "SB-4711"), 1, "posting_unknown"),
    Refused(("run", "post"), 1, "job_unknown"),
    Refused(("demo", "--orders", "nowhere.csv"), 1, "file_unreadable"),
    Refused(("check", "--live", "granite"), 2, "invalid_config"),
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """An installation whose CRM and ERP do not answer."""
    content = configuration(tmp_path, NOBODY, NOBODY)
    furnish(tmp_path, content)
    return tmp_path


@pytest.fixture
def erpbridge(folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> CommandLine:
    """The command line of that installation, in English."""
    monkeypatch.setenv("ERPBRIDGE_LANGUAGE", "en")
    return CommandLine(folder / "erpbridge.toml", capsys)


def change(folder: Path, **changes: Any) -> None:
    """Write other values into the configuration; None takes one out."""
    path = folder / "erpbridge.toml"
    content = tomllib.loads(path.read_text(encoding="utf-8")) | changes
    kept = {key: value for key, value in content.items() if value is not None}
    path.write_text(tomli_w.dumps(kept), encoding="utf-8")


def commands() -> Iterator[tuple[str, set[str]]]:
    """Every command with its options."""

    def walk(command: Any, words: str) -> Iterator[tuple[str, set[str]]]:
        children = getattr(command, "commands", {})
        if not children:
            yield words, {option for each in command.params for option in each.opts}
        for name, child in children.items():
            yield from walk(child, f"{words} {name}".strip())

    yield from walk(typer.main.get_command(cli), "")


def test_every_command_can_answer_a_program() -> None:
    """No command lacks --json."""
    assert [name for name, options in commands() if "--json" not in options] == []


@pytest.mark.parametrize("command", QUIET, ids=" ".join)
def test_a_program_gets_one_object_and_nothing_else(erpbridge: CommandLine, command: tuple[str, ...]) -> None:
    """Standard output is one JSON object on one line; standard error stays empty where nothing went wrong."""
    said = erpbridge(*command, "--json")
    assert said.record
    assert (said.status, said.err) == (0, "")
    assert erpbridge(*command).status == 0


@pytest.mark.parametrize("language", ["en", "zh_CN"])
@pytest.mark.parametrize("refused", REFUSED, ids=[" ".join(each.command[:2]) for each in REFUSED])
def test_what_is_refused_is_one_sentence_and_for_a_program_one_object(
    erpbridge: CommandLine, monkeypatch: pytest.MonkeyPatch, language: str, refused: Refused
) -> None:
    """People read a sentence in their language without a trace, programs an object with its code; the status tells."""
    with speaking(language, monkeypatch):
        for_people, for_programs = erpbridge(*refused.command), erpbridge(*refused.command, "--json")
    assert (for_people.status, for_programs.status) == (refused.status, refused.status)
    record = for_programs.record
    assert (record["ok"], record.get("error", refused.code)) == (False, refused.code)
    text = for_people.out + for_people.err
    assert "Traceback" not in text
    assert bool(re.search("[\u4e00-\u9fff]", text)) == (language == "zh_CN")


def test_the_status_says_what_keeps_everything_from_working(erpbridge: CommandLine, folder: Path) -> None:
    """Who reads it need not look for a stop or for a user that the ERP refused, and sees the company's own time."""
    change(folder, zone="Asia/Shanghai")
    app = App(load_settings(folder / "erpbridge.toml"))
    app.store.switches.stop("person:test", "a drill")
    app.store.switches.bar("harbour", "BOT1", "SO-001")
    app.store.runs.enqueue("take_orders", datetime(2026, 3, 2, 18, 30, tzinfo=UTC), "test")
    app.close()
    said = erpbridge("status").out
    assert "Stopped by person:test: a drill" in said
    assert "User BOT1 of harbour is left alone, since the ERP refused it" in " ".join(said.split())
    assert "2026-03-03 02:30:00" in said
    assert erpbridge("status", "--json").record["barred"] == {"harbour": {"BOT1": "SO-001"}}


def test_a_missing_configuration_is_one_sentence(erpbridge: CommandLine) -> None:
    """Whoever starts in the wrong folder is told which file was looked for."""
    erpbridge.config = erpbridge.config.with_name("nowhere.toml")
    said = erpbridge("status")
    assert (said.status, said.out) == (2, "")
    assert f"{erpbridge.config}: the file is missing" in said.err
    assert erpbridge("status", "--json").record["error"] == "invalid_config"


def test_every_fault_of_the_configuration_is_told_at_once(erpbridge: CommandLine, folder: Path) -> None:
    """Each fault on a line of its own, with file and key."""
    change(folder, zone="Europe/Londn", lease_seconds=1, colour="red", erps={"harbour": {"user": 7}})
    said = erpbridge("status")
    assert said.status == 2
    for key in ("zone", "lease_seconds", "colour", "erps.harbour.user", "erps.harbour.address"):
        assert f"{erpbridge.config}: {key}: " in said.err


def test_a_missing_secret_says_where_it_is_looked_for(erpbridge: CommandLine, folder: Path) -> None:
    """The name of the variable and the path of the file; nothing was tried at the CRM."""
    (folder / "secrets" / "crm.sandbox").unlink()
    said = erpbridge("run", "take_orders")
    assert said.status == 2
    assert "ERPBRIDGE_SECRET_CRM_SANDBOX" in said.sentence
    assert str(folder / "secrets" / "crm.sandbox") in said.sentence


def test_a_crm_that_is_down_is_one_sentence(erpbridge: CommandLine) -> None:
    """The job says so and ends with 1."""
    said = erpbridge("run", "take_orders")
    assert said.status == 1
    assert said.sentence.startswith("The CRM sandbox does not answer at http://127.0.0.1:9")
    record = erpbridge("run", "take_orders", "--json").record
    assert (record["ok"], len(record["troubles"])) == (False, 1)


@pytest.mark.parametrize("command", [("status",), ("run", "take_orders"), ("check",)], ids=" ".join)
def test_a_data_folder_that_cannot_be_one_is_one_sentence(
    erpbridge: CommandLine, folder: Path, command: tuple[str, ...]
) -> None:
    """Where nothing can be written the command says which path it is."""
    change(folder, data=(folder / "erpbridge.toml").as_posix())
    said = erpbridge(*command)
    assert said.status != 0
    assert str(folder / "erpbridge.toml") in said.out + said.err
    assert "Traceback" not in said.err


def test_a_ledger_that_is_none_is_one_sentence(erpbridge: CommandLine, folder: Path) -> None:
    """A file that is no database is named, and left as it is."""
    (folder / "ledger.sqlite").write_bytes(b"this is no database, but a letter" * 100)
    said = erpbridge("status")
    assert said.status == 1
    assert str(folder / "ledger.sqlite") in said.sentence
    assert (folder / "ledger.sqlite").read_bytes().startswith(b"this is no database")


def test_a_command_line_that_is_not_understood_ends_with_2(erpbridge: CommandLine) -> None:
    """A mistyped option changes nothing, and a program hears of it too."""
    said = erpbridge("orders", "hold", "SB-1", "--json")
    assert said.status == 2
    assert said.record["error"] == "usage"
    assert erpbridge("orders", "list", "--stat", "held").status == 2


def test_the_bar_is_for_terminals_only(erpbridge: CommandLine) -> None:
    """Where standard error is no terminal nothing but sentences goes there, not even an empty line."""
    assert erpbridge("run", "post_orders").err == ""


def test_in_a_file_no_table_is_folded(monkeypatch: pytest.MonkeyPatch) -> None:
    """There is no terminal whose width it must keep to; whoever sets one is heard."""
    monkeypatch.delenv("COLUMNS", raising=False)
    assert Console().out.width == WIDE
    monkeypatch.setenv("COLUMNS", "60")
    assert Console().out.width == 60


def test_status_counts_what_is_there(erpbridge: CommandLine) -> None:
    """An empty ledger counts nothing, and every job of the schedule is listed with its next moment."""
    erpbridge("run", "purge_evidence")
    record = erpbridge("status", "--json").record
    assert set(record["states"].values()) == {0}
    jobs = {job["job"]: job for job in record["jobs"]}
    assert jobs["purge_evidence"]["state"] == "done"
    assert all(job["next"] for job in record["jobs"])
    assert (record["outbox"], record["stopped"], record["barred"]) == (0, None, {})


def test_stop_says_so_everywhere_until_it_is_released(erpbridge: CommandLine) -> None:
    """Who stopped and why stands in the status; the job does nothing and says so; then it goes on."""
    assert erpbridge("stop", "-r", "month end", "--json").record["stopped"] is True
    said = erpbridge("run", "post_orders")
    assert (said.status, said.sentence.endswith(": month end")) == (1, True)
    assert "month end" in erpbridge("status").out
    assert erpbridge("stop", "--release", "--json").record == {"stopped": False, "reason": None}
    assert erpbridge("run", "post_orders").status == 0

"""Does `erpbridge check` say at once all that keeps an installation from working, each with file and key?"""

import shutil
from pathlib import Path
from typing import Any

import pytest

from tests.installations import ROOT, configuration, furnish
from tests.unit.command_lines import CommandLine

NOBODY = "http://127.0.0.1:9"
SCHEDULE = """
[jobs.take_orders]
run        = "jobs.take_orders:walk"
cron       = "*/2 * * * *"
time_limit = 600
lane       = "crm"
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """An installation with selectors and a schedule of its own."""
    shutil.copytree(ROOT / "selectors" / "harbour", tmp_path / "harbour")
    content = configuration(tmp_path, NOBODY, NOBODY, selectors="harbour")
    content["jobs"] = "schedule.toml"
    shutil.copy(ROOT / "jobs" / "schedule.toml", tmp_path / "schedule.toml")
    furnish(tmp_path, content)
    return tmp_path


@pytest.fixture
def check(folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Any:
    """`erpbridge check --json` of that installation: its status and its faults."""
    monkeypatch.setenv("ERPBRIDGE_LANGUAGE", "en")
    monkeypatch.setenv("ERPBRIDGE_BROWSER", str(ROOT / "pyproject.toml"))
    erpbridge = CommandLine(folder / "erpbridge.toml", capsys)

    def checked() -> tuple[int, list[str]]:
        said = erpbridge("check", "--json")
        assert said.record["ok"] == (said.status == 0)
        return said.status, said.record["faults"]

    return checked


def spoil(path: Path, old: str, new: str) -> None:
    """Put another text into a file."""
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def test_a_sound_installation_has_no_fault(check: Any) -> None:
    """As shipped everything is in order."""
    assert check() == (0, [])


def test_faults_of_all_files_are_told_at_once(check: Any, folder: Path) -> None:
    """Selectors, schedule and secrets: one look tells all of it, and nothing twice."""
    selectors = folder / "harbour"
    spoil(selectors / "order_list.toml", "#fCust", '" }, { xpath = "//input')
    spoil(selectors / "order_entry.toml", 'customer   = "customer"', 'customer   = "client"')
    (folder / "schedule.toml").write_text(SCHEDULE, encoding="utf-8")
    (folder / "secrets" / "crm.sandbox").unlink()
    (folder / "secrets" / "erp.harbour").unlink()
    status, faults = check()
    assert status == 2
    for place in ("order_list.toml: targets.customer.locators", "order_entry.toml: form.customer"):
        assert [place in fault for fault in faults].count(True) == 1, (place, faults)
    assert any(fault.startswith(f"{folder / 'schedule.toml'}: jobs.take_orders.run: ") for fault in faults)
    for secret in ("CRM_SANDBOX", "ERP_HARBOUR"):
        assert [f"ERPBRIDGE_SECRET_{secret}" in fault for fault in faults].count(True) == 1, (secret, faults)
    assert len(faults) == len(set(faults))


@pytest.mark.parametrize(
    ("file", "old", "new", "told"),
    [
        ("harbour/erp.toml", '"Open"         = "open"', '"Open"         = "opened"', "erp.toml: statuses.Open"),
        ("harbour/order_entry.toml", "[targets.customer]", "[targets.customer", "order_entry.toml"),
        ("harbour/erp.toml", "bots.harbour:Harbour", "bots.harbour:Herbour", "erp.toml: bot"),
        ("harbour/erp.toml", 'surface = "web"', 'surface = "paper"', "erp.toml: surface"),
        ("harbour/erp.toml", 'version = "7.2"', 'version = "7.2"\nhouse_currency = "EURO"', "erp.toml: house_currency"),
        ("harbour/erp.toml", '["amend", "cancel"]', '["amend", "void"]', "erp.toml: procedures"),
        ("harbour/erp.toml", "bots.harbour:Harbour", "bots.bot:Bot", "bots.bot:Bot has no method open_change"),
        ("schedule.toml", '"30 6 * * *"', '"30 25 * * *"', "schedule.toml: jobs.reconcile.cron"),
        ("erpbridge.toml", 'path = "orders/{id}"', 'path = "orders/{idd}"', "crms.sandbox"),
    ],
    ids=[
        "unknown status",
        "broken TOML",
        "unknown bot",
        "unknown surface",
        "unknown currency",
        "unknown procedure",
        "lacking procedure",
        "bad cron",
        "unknown placeholder",
    ],
)
def test_each_kind_of_fault_is_told_where_it_stands(  # noqa: PLR0917 - what is spoiled, and what is told
    check: Any, folder: Path, file: str, old: str, new: str, told: str
) -> None:
    """One fault, with its file and its key."""
    spoil(folder / file, old, new)
    status, faults = check()
    assert status == 2
    assert any(told in fault for fault in faults), faults


def test_a_missing_password_of_the_erp_is_told_once(check: Any, folder: Path) -> None:
    """Nobody signs on with an empty password; the check says where it is looked for."""
    (folder / "secrets" / "erp.harbour").unlink()
    status, faults = check()
    assert status == 2
    (fault,) = faults
    assert "ERPBRIDGE_SECRET_ERP_HARBOUR" in fault


def test_whoever_is_to_be_told_and_has_no_address_is_named(check: Any, folder: Path) -> None:
    """A notice that nobody gets is found before the first morning."""
    config = folder / "erpbridge.toml"
    config.write_text(config.read_text(encoding="utf-8") + '\n[notices]\nto = ["finance"]\n', encoding="utf-8")
    status, faults = check()
    assert status == 2
    (fault,) = faults
    assert "ERPBRIDGE_SECRET_NOTICE_FINANCE" in fault


def test_a_browser_that_is_not_there_is_told(check: Any, monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    """No orders wait for the first run to find out."""
    monkeypatch.setenv("ERPBRIDGE_BROWSER", str(folder / "chromium"))
    status, faults = check()
    assert status == 2
    (fault,) = faults
    assert str(folder / "chromium") in fault


def test_people_read_the_faults_line_by_line(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """One line each, the number of them at the end, in the reader's language."""
    spoil(folder / "schedule.toml", '"30 6 * * *"', '"30 25 * * *"')
    (folder / "secrets" / "erp.harbour").unlink()
    monkeypatch.setenv("ERPBRIDGE_LANGUAGE", "zh_CN")
    said = CommandLine(folder / "erpbridge.toml", capsys)("check")
    assert said.status == 2
    assert len(said.out.splitlines()) == 3
    assert "问题：2" in said.out.splitlines()[-1]


def test_an_erp_that_shows_no_currency_is_asked_for_its_own(check: Any, folder: Path) -> None:
    """Without it every document would be a difference of currency; its list or its documents are enough.

    What is typed, at first or to change it, and in what the sums below its list are, is not.
    """
    shutil.copy(folder / "harbour" / "order_entry.toml", folder / "harbour" / "order_change.toml")
    screens = [folder / "harbour" / f"order_{name}.toml" for name in ("show", "list")]
    for screen in screens:
        shown, totals, rest = screen.read_text(encoding="utf-8").partition("[grid.totals]")
        assert check()[1] == []
        kept = [line for line in shown.splitlines(keepends=True) if not line.startswith("currency ")]
        screen.write_text("".join((*kept, totals, rest)), encoding="utf-8")
    status, faults = check()
    assert (status, ["erp.toml: house_currency" in fault for fault in faults]) == (2, [True])

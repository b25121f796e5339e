"""Is a configuration taken as it is written, or else every fault of it told; and is a secret kept?"""

import stat
import sys
import tomllib
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
import tomli_w

from bridge.errors import InvalidConfig, SecretMissing
from bridge.settings import CONFIG_VARIABLE, Settings, config_path, keep_secret, load_settings, secret
from tests.installations import ROOT

NAME = "erp.harbour"
VARIABLE = "ERPBRIDGE_SECRET_ERP_HARBOUR"


def shipped() -> dict[str, Any]:
    """The configuration that comes with the product."""
    return tomllib.loads((ROOT / "erpbridge.toml").read_text(encoding="utf-8"))


def written(folder: Path, **changes: Any) -> Path:
    """The shipped configuration in another folder, with changes."""
    path = folder / "erpbridge.toml"
    path.write_text(tomli_w.dumps(shipped() | changes), encoding="utf-8")
    return path


def keys(path: Path) -> list[str]:
    """The keys at which the file has faults."""
    with pytest.raises(InvalidConfig) as caught:
        load_settings(path)
    return [line.removeprefix(f"{path}: ").partition(":")[0] for line in caught.value.lines()]


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """An installation without any secret."""
    monkeypatch.delenv(VARIABLE, raising=False)
    return load_settings(written(tmp_path))


def test_the_shipped_configuration_is_sound() -> None:
    """It loads as it is, and its paths are seen from its own folder, wherever one stands."""
    settings = load_settings(ROOT / "erpbridge.toml")
    assert settings.at(settings.erps["harbour"].selectors).is_dir()
    assert settings.at(settings.jobs).is_file()
    assert settings.ledger_url == f"sqlite:///{(ROOT / 'var' / 'ledger.sqlite').as_posix()}"


def test_every_fault_is_told_at_once(tmp_path: Path) -> None:
    """A mistyped key, a wrong kind, a number out of bounds and a missing key: each with its place."""
    erp = shipped()["erps"]["harbour"] | {"most_attempts": 0, "adress": "x", "browser": {"width": "wide"}}
    del erp["address"]
    path = written(tmp_path, zone="Mars", colour="red", erps={"harbour": erp}, evidence={"format": "gif"})
    assert sorted(keys(path)) == [
        "colour",
        "erps.harbour.address",
        "erps.harbour.adress",
        "erps.harbour.browser.width",
        "erps.harbour.most_attempts",
        "evidence.format",
        "zone",
    ]


def test_a_moment_without_a_zone_is_refused_and_any_zone_is_understood(tmp_path: Path) -> None:
    """The cut-over decides what is typed, so it must be one instant."""
    erp = shipped()["erps"]["harbour"]
    naive = datetime(2026, 1, 1)  # noqa: DTZ001 - that is the fault
    assert keys(written(tmp_path, erps={"harbour": erp | {"cut_over": naive}})) == ["erps.harbour.cut_over"]
    shanghai = datetime(2026, 1, 1, tzinfo=timezone(timedelta(hours=8)))
    found = load_settings(written(tmp_path, erps={"harbour": erp | {"cut_over": shanghai}})).erps["harbour"].cut_over
    assert (found, found.tzinfo) == (datetime(2025, 12, 31, 16, tzinfo=UTC), UTC)


def test_an_erp_of_a_crm_that_is_not_there_is_a_fault(tmp_path: Path) -> None:
    """The place that names it is told."""
    erp = shipped()["erps"]["harbour"] | {"crm": "salesforce"}
    assert keys(written(tmp_path, erps={"harbour": erp})) == ["erps.harbour.crm"]


@pytest.mark.parametrize("content", [b"[erps", b"zone = \xff", None], ids=["no TOML", "no UTF-8", "a folder"])
def test_a_file_that_cannot_be_read_is_one_fault(tmp_path: Path, content: bytes | None) -> None:
    """One sentence with the path."""
    path = tmp_path / "other.toml"
    path.mkdir() if content is None else path.write_bytes(content)
    with pytest.raises(InvalidConfig) as caught:
        load_settings(path)
    (line,) = caught.value.lines()
    assert line.startswith(f"{path}: ")


def test_a_byte_order_mark_is_no_fault(tmp_path: Path) -> None:
    """Editors of Windows write one; the file is read all the same."""
    path = written(tmp_path)
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())
    assert load_settings(path).company == "Sandbox"


def test_the_configuration_is_as_given_else_of_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """--config wins over ERPBRIDGE_CONFIG, and that over the present folder."""
    monkeypatch.delenv(CONFIG_VARIABLE, raising=False)
    assert config_path() == Path("erpbridge.toml")
    monkeypatch.setenv(CONFIG_VARIABLE, "/etc/bridge.toml")
    assert config_path() == Path("/etc/bridge.toml")
    assert config_path(Path("mine.toml")) == Path("mine.toml")


# --- secrets --------------------------------------------------------------------------------------------------------


def test_a_secret_is_kept_for_its_owner_only(settings: Settings) -> None:
    """What is kept comes back, also when kept again; nobody else may read the file, whoever made it."""
    path = settings.at(settings.data) / "secrets" / NAME
    path.parent.mkdir(parents=True)
    path.touch(mode=0o644)
    for word in ("geheim ", "第二个密码"):
        keep_secret(NAME, word, settings)
        assert secret(NAME, settings) == word
    assert sys.platform == "win32" or stat.S_IMODE(path.stat().st_mode) == 0o600


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such mode bits")
def test_a_secret_that_others_may_read_is_refused(settings: Settings) -> None:
    """It is said how to mend it, and the secret is not used."""
    keep_secret(NAME, "geheim", settings)
    path = settings.at(settings.data) / "secrets" / NAME
    path.chmod(0o640)
    with pytest.raises(InvalidConfig, match="chmod 600"):
        secret(NAME, settings)


def test_the_environment_comes_first(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """A variable wins over the file; an empty one counts as none."""
    keep_secret(NAME, "of the file", settings)
    monkeypatch.setenv(VARIABLE, "of the environment")
    assert secret(NAME, settings) == "of the environment"
    monkeypatch.setenv(VARIABLE, "")
    assert secret(NAME, settings) == "of the file"


@pytest.mark.parametrize("content", [None, b"", b"\r\n"])
def test_what_is_missing_or_empty_says_where_it_is_looked_for(settings: Settings, content: bytes | None) -> None:
    """An empty password is never tried, since an ERP may lock its user for that."""
    path = settings.at(settings.data) / "secrets" / NAME
    if content is not None:
        keep_secret(NAME, content.decode(), settings)
    with pytest.raises(SecretMissing) as caught:
        secret(NAME, settings)
    assert caught.value.params == {"name": NAME, "variable": VARIABLE, "path": str(path)}


def test_a_secret_may_come_from_an_editor_of_windows(settings: Settings) -> None:
    """A byte order mark and the end of the line are no part of it; a blank at the end is."""
    path = settings.at(settings.data) / "secrets" / NAME
    keep_secret(NAME, "x", settings)
    path.write_bytes(b"\xef\xbb\xbfgeheim \r\n")
    assert secret(NAME, settings) == "geheim "
    path.write_bytes(b"\xff\xfeg\x00")
    with pytest.raises(InvalidConfig):
        secret(NAME, settings)


def test_a_calendar_is_what_its_table_says(tmp_path: Path) -> None:
    """In its own zone or the installation's, with all rules; an ERP may name it."""
    erp = shipped()["erps"]["harbour"] | {"calendar": "office"}
    office = {"hours": ["mon-fri 08:00-18:00"], "holidays": "GB-SCT"}
    night = {"zone": "Asia/Shanghai", "maintenance": "sun 02:00-06:00"}
    settings = load_settings(written(tmp_path, erps={"harbour": erp}, calendars={"office": office, "night": night}))
    assert [settings.calendar(name).zone.key for name in ("office", "night")] == ["Europe/London", "Asia/Shanghai"]
    assert settings.calendar(settings.erps["harbour"].calendar).closed(datetime(2026, 1, 2, 12, tzinfo=UTC)) is not None
    with pytest.raises(InvalidConfig, match=r"calendars\.other: there is no such calendar"):
        settings.calendar("other")


def test_every_fault_of_a_calendar_is_told_at_once(tmp_path: Path) -> None:
    """A day that does not exist, a place nobody knows, a freeze that ends before it begins: each with its key."""
    day = date(2026, 5, 1)
    wrong = {"zone": "Mars", "hours": ["mon 8-18"], "maintenance": 5, "holidays": "GB-XX", "sundays": True}
    clash = {
        "closed": [day],
        "working": [day],
        "freezes": [{"from": day, "until": date(2026, 4, 1), "why": "close"}],
    }
    path = written(tmp_path, calendars={"wrong": wrong, "clash": clash})
    assert sorted(keys(path)) == [
        "calendars.clash.freezes.0.until",
        "calendars.clash.working",
        "calendars.wrong.holidays",
        "calendars.wrong.hours",
        "calendars.wrong.maintenance",
        "calendars.wrong.sundays",
        "calendars.wrong.zone",
    ]


def test_an_erp_with_a_calendar_that_is_not_there_is_a_fault(tmp_path: Path) -> None:
    """Beside all others, at the place that names it."""
    erp = shipped()["erps"]["harbour"] | {"crm": "salesforce", "calendar": "office"}
    assert keys(written(tmp_path, erps={"harbour": erp})) == ["erps.harbour.crm", "erps.harbour.calendar"]

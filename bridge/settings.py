"""How is this installation set up? One TOML file, read once, every fault at once; secrets are never in it."""

import os
import stat
import sys
import tomllib
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal, Self
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from bridge.calendar_settings import CalendarSettings
from bridge.errors import InvalidConfig, SecretMissing
from bridge.locale import Phrase, fault, faults_in
from bridge.model.breaks import Verdict
from bridge.model.calendars import Calendar
from bridge.model.pictures import PictureFormat
from bridge.reconciliation_settings import ReconciliationSettings
from bridge.surface_settings import BrowserSettings, DesktopSettings, TerminalSettings

CONFIG = "erpbridge.toml"
CONFIG_VARIABLE = "ERPBRIDGE_CONFIG"


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class RateSettings(_Strict):
    """At most `limit` attempts within any `seconds`, over all hosts."""

    limit: int = Field(ge=1)
    seconds: float = Field(gt=0)


class BreakerSettings(_Strict):
    """After so many failures of one kind in a row the ERP rests; each rest doubles the last (seconds)."""

    failures: int = Field(default=5, ge=1)
    rest: float = Field(default=60.0, gt=0)
    longest: float = Field(default=1800.0, gt=0)


class RenewalSettings(_Strict):
    """A seat begins anew after so many orders or above so much memory, and signs off when idle (seconds)."""

    orders: int = Field(default=200, ge=1)
    megabytes: int = Field(default=1500, ge=100)
    idle: float = Field(default=300.0, gt=0)


class ErpSettings(_Strict):
    """One ERP of this installation; `selectors` is the folder of its profile, `cut_over` the moment we answer from.

    `address` is what its surface understands: a URL, the command that starts a desktop program, `ssh://user@host:22`.

    Each of `users` is a seat of its own; `seats` is how many of them `serve` works at once, `licences` how many all
    hosts together may.
    """

    address: str
    user: str = ""
    users: tuple[str, ...] = ()
    seats: int | None = Field(default=None, ge=1)
    licences: int | None = Field(default=None, ge=1)
    rate: RateSettings | None = None
    breaker: BreakerSettings = BreakerSettings()
    renewal: RenewalSettings = RenewalSettings()
    selectors: Path
    crm: str
    cut_over: datetime
    browser: BrowserSettings = BrowserSettings()
    desktop: DesktopSettings = DesktopSettings()
    terminal: TerminalSettings = TerminalSettings()
    most_attempts: int = Field(default=3, ge=1)
    control_reference: str = ""
    commit_lag: float | None = Field(default=None, ge=0)
    listing_lag: float | None = Field(default=None, ge=0)
    absent: Literal["", "hold", "retype"] = ""
    calendar: str = ""

    def options(self, surface: str) -> dict[str, Any]:
        """What the driver of that surface is to know."""
        surfaces = {"web": self.browser, "desktop": self.desktop, "terminal": self.terminal}
        return surfaces[surface].options()

    @property
    def seat_users(self) -> tuple[str, ...]:
        """The ERP users, one per seat."""
        return self.users or (self.user,)

    @model_validator(mode="after")
    def _one_way_to_name_users(self) -> Self:
        if bool(self.user) == bool(self.users):
            raise ValueError(Phrase("name either `user` or `users`"))
        if len(set(self.users)) != len(self.users):
            raise ValueError(Phrase("`users` names somebody twice"))
        return self

    @field_validator("cut_over")
    @classmethod
    def _aware(cls, moment: datetime) -> datetime:
        if moment.tzinfo is None:
            raise ValueError(Phrase("a moment needs its zone, for example 2026-11-21T00:00:00Z"))
        return moment.astimezone(UTC)


class NoticeSettings(_Strict):
    """Who is told of a statement, each by the address in the secret `notice.NAME`, and of which verdicts."""

    to: tuple[str, ...] = ()
    verdicts: tuple[Verdict, ...] = tuple(Verdict)


class EvidenceSettings(_Strict):
    """Pictures: where they are kept, how they are written, for how long, and where the daily anchor is copied to.

    `films` adds to the picture of a failed attempt what was shown on the way there.
    """

    folder: Path = Path("screenshots")
    format: PictureFormat = "webp"
    films: bool = False
    keep_days: int = Field(default=400, ge=1)
    anchor_folder: Path | None = None


class Settings(_Strict):
    """The installation; paths are relative to its file."""

    company: str = ""
    zone: str = "UTC"
    language: Literal["", "en", "zh_CN"] = ""
    data: Path = Path("var")
    jobs: Path = Path("jobs/schedule.toml")
    ledger: str = ""
    reconciliation: ReconciliationSettings = ReconciliationSettings()
    notices: NoticeSettings = NoticeSettings()
    lease_seconds: float = Field(default=45.0, ge=2)
    crms: dict[str, dict[str, Any]] = Field(min_length=1)
    erps: dict[str, ErpSettings] = Field(min_length=1)
    evidence: EvidenceSettings = EvidenceSettings()
    calendars: dict[str, CalendarSettings] = Field(default_factory=dict)
    folder: Path = Path()

    @field_validator("zone")
    @classmethod
    def _known_zone(cls, zone: str) -> str:
        try:
            ZoneInfo(zone)
        except (ZoneInfoNotFoundError, ValueError):
            raise ValueError(Phrase("{zone} is no time zone of the IANA list", zone=repr(zone))) from None
        return zone

    @model_validator(mode="after")
    def _compares_what_it_has(self) -> Self:
        for name in self.reconciliation.compared.keys() - self.erps.keys():
            raise ValueError(Phrase("there is no ERP {name} whose total could be compared", name=repr(name)))
        return self

    def at(self, path: Path) -> Path:
        """The path, seen from the configuration file."""
        return self.folder / path

    def calendar(self, name: str) -> Calendar:
        """The calendar of that name; raises InvalidConfig where there is none."""
        if name not in self.calendars:
            raise InvalidConfig.of([fault(f"calendars.{name}", Phrase("there is no such calendar"))])
        return self.calendars[name].calendar(name, self.zone)

    @property
    def ledger_url(self) -> str:
        """Where the ledger is: the URL as given, else a SQLite file in the data folder."""
        return self.ledger or f"sqlite:///{(self.at(self.data) / 'ledger.sqlite').as_posix()}"

    @property
    def is_shared(self) -> bool:
        """Whether other machines can work with this ledger too."""
        return bool(self.ledger) and not self.ledger.startswith("sqlite")

    @property
    def engine_url(self) -> str:
        """Where the engine keeps its tables: beside the ledger on its server, else a file that may be thrown away."""
        return self.ledger or f"sqlite:///{(self.at(self.data) / 'engine.sqlite').as_posix()}"


def config_path(given: Path | None = None) -> Path:
    """The configuration file: as given, else from the environment, else in the present folder."""
    return given or Path(os.environ.get(CONFIG_VARIABLE, CONFIG))


def load_settings(path: Path) -> Settings:
    """Read and check the configuration; raises InvalidConfig with every fault at once."""
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8-sig"))
        settings = Settings.model_validate({**data, "folder": path.resolve().parent})
    except FileNotFoundError:
        raise InvalidConfig.of([fault(str(path), Phrase("the file is missing"))]) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InvalidConfig.of([fault(str(path), Phrase("it is no TOML in UTF-8: {why}", why=error))]) from None
    except OSError as error:
        raise InvalidConfig.of([fault(str(path), Phrase("it cannot be read: {why}", why=error))]) from None
    except ValidationError as error:
        raise InvalidConfig.of([fault(f"{path}: {key}", what) for key, what in faults_in(error)]) from None
    unknown = [fault(f"{path}: erps.{where}", what) for where, what in _unknown_names(settings)]
    if unknown:
        raise InvalidConfig.of(unknown)
    return settings


def _unknown_names(settings: Settings) -> Iterator[tuple[str, Phrase]]:
    """What the ERPs name that nobody described."""
    for name, erp in settings.erps.items():
        if erp.crm not in settings.crms:
            yield f"{name}.crm", Phrase("there is no such CRM")
        if erp.calendar and erp.calendar not in settings.calendars:
            yield f"{name}.calendar", Phrase("there is no such calendar")


def secret(name: str, settings: Settings) -> str:
    """The secret of that name: from the environment, the system's key ring, or a file only its owner may read.

    What is empty counts as missing, since an ERP may lock a user for it. Raises SecretMissing or InvalidConfig.

    `erp.harbour` is ERPBRIDGE_SECRET_ERP_HARBOUR, the key-ring entry "erpbridge"/"erp.harbour", or secrets/erp.harbour.
    """
    variable = "ERPBRIDGE_SECRET_" + name.upper().replace(".", "_").replace("-", "_")
    if os.environ.get(variable):
        return os.environ[variable]
    kept = _from_key_ring(name)
    if kept:
        return kept
    path = settings.at(settings.data) / "secrets" / name
    if not path.is_file():
        raise SecretMissing(name=name, variable=variable, path=str(path))
    if sys.platform != "win32" and path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise InvalidConfig.of([fault(str(path), Phrase("only its owner may read it (chmod 600)"))])
    try:
        found = path.read_text(encoding="utf-8-sig").rstrip("\r\n")
    except (OSError, UnicodeDecodeError) as error:
        raise InvalidConfig.of([fault(str(path), Phrase("it cannot be read: {why}", why=error))]) from None
    if not found:
        raise SecretMissing(name=name, variable=variable, path=str(path))
    return found


def _from_key_ring(name: str) -> str | None:
    """What the system's key ring holds, where there is one."""
    import keyring  # late, since it looks through all back ends of the machine
    from keyring.errors import KeyringError

    try:
        return keyring.get_password("erpbridge", name)
    except KeyringError:
        return None


def keep_secret(name: str, value: str, settings: Settings) -> None:
    """Write a secret to its file, readable by its owner only."""
    path = settings.at(settings.data) / "secrets" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch(mode=0o600)
    path.chmod(0o600)  # it may have been there before
    path.write_text(value, encoding="utf-8")

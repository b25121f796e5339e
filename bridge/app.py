"""What does this installation work with? Everything opened once, from its settings, for jobs and the command line."""

import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import Any

from pydantic import SecretStr, ValidationError

from bridge.crm.connections import open_crm
from bridge.crm.specs import CrmSpec, faults_of
from bridge.engine.seats import Seat
from bridge.engine.workers import may_live, name_worker
from bridge.entry import Desk
from bridge.errors import ApplicationError, InvalidConfig, SignOnBarred, SignOnRefused, StopOrdered
from bridge.locale import Phrase, fault, language_of_reader
from bridge.model.profiles import ErpProfile, Lags
from bridge.ports import Clock, CrmReader, CrmWriter, SeatPlan
from bridge.settings import ErpSettings, Settings, secret
from bridge.store.evidence.folders import FolderEvidence
from bridge.store.ledgers import Store, open_ledger
from bridge.store.selector_files import load_profile


@dataclass(frozen=True)
class SystemClock:
    """The machine's own time; nobody waits on once `woken` is set."""

    woken: threading.Event = field(default_factory=threading.Event)

    def now(self) -> datetime:
        """The present instant, in UTC."""
        return datetime.now(UTC)

    def elapsed(self) -> float:
        """Seconds since some moment of the past."""
        return time.monotonic()

    def wait(self, seconds: float) -> None:
        """Let so many seconds pass."""
        self.woken.wait(max(0.0, seconds))


@dataclass(frozen=True)
class JobReport:
    """What a job did: its counts, and one sentence for each thing that went wrong; `ok` only where nothing did."""

    job: str
    counts: Mapping[str, int] = field(default_factory=dict)
    troubles: tuple[str, ...] = ()
    facts: Mapping[str, Any] = field(default_factory=dict)

    @property
    def ok(self) -> bool:
        """Whether all that was asked is true."""
        return not self.troubles

    def record(self) -> dict[str, object]:
        """The report as plain values."""
        return {
            "job": self.job,
            "ok": self.ok,
            "counts": dict(self.counts),
            "troubles": list(self.troubles),
            **self.facts,
        }


def asked_to_end() -> StopOrdered:
    """Why a job ended before its end."""
    return StopOrdered(person="erpbridge", why=Phrase("it was asked to end."))


Progress = Callable[[str, int, int], None]


def no_progress(_what: str, _done: int, _total: int) -> None:
    """Tell nobody."""


@dataclass
class App:
    """One opened installation.

    `stopping` asks the running job to end after the order at hand, and wakes it where it waits; `deadline` is when it
    must. `progress` is told how far it is. `headed` shows the browser. `period` is the first and last order date a
    reconciliation is asked for.
    """

    settings: Settings
    clock: Clock = field(default_factory=SystemClock)
    progress: Progress = no_progress
    headed: bool = False
    stopping: threading.Event = field(default_factory=threading.Event)
    deadline: datetime | None = None
    period: tuple[date, date] | None = None

    def __post_init__(self) -> None:
        self.worker = name_worker()
        self._holder: SeatHolder | None = None
        if isinstance(self.clock, SystemClock):
            self.clock = SystemClock(self.stopping)

    @property
    def language(self) -> str:
        """The language of this installation, or of whoever started it."""
        return self.settings.language or language_of_reader()

    @property
    def data(self) -> Path:
        """The folder of ledger, logs and reports."""
        return self.settings.at(self.settings.data)

    @cached_property
    def store(self) -> Store:
        """The ledger, opened when it is first needed."""
        self.data.mkdir(parents=True, exist_ok=True)
        store = open_ledger(self.settings.ledger_url, self.clock, may_live)
        for name, erp in self.settings.erps.items():
            if store.switches.cut_over(name) is None:
                store.switches.set_cut_over(name, erp.cut_over, "settings")
        return store

    @cached_property
    def evidence(self) -> FolderEvidence:
        """The evidence store."""
        return FolderEvidence(self.evidence_folder, self.clock)

    @cached_property
    def rehearsals(self) -> FolderEvidence:
        """Where dry runs keep their pictures, apart from what proves anything."""
        return FolderEvidence(self.data / "rehearsals", self.clock)

    @property
    def evidence_folder(self) -> Path:
        """Where packets lie."""
        return self.settings.at(self.settings.evidence.folder)

    @cached_property
    def crm_specs(self) -> dict[str, CrmSpec]:
        """Every CRM's block, checked; all faults at once."""
        specs: dict[str, CrmSpec] = {}
        faults: list[str] = []
        for name, block in self.settings.crms.items():
            try:
                specs[name] = CrmSpec.model_validate(block)
            except ValidationError as error:
                faults += faults_of(error, f"crms.{name}")
        codes = [spec.reference_code for spec in specs.values()]
        if len(set(codes)) != len(codes):
            collision = Phrase("two CRMs share a reference_code, so their references would collide")
            faults.append(fault("crms", collision))
        if faults:
            raise InvalidConfig.of(faults)
        return specs

    def crm(self, name: str) -> tuple[CrmReader, CrmWriter]:
        """Reader and writer of one CRM."""
        key = SecretStr(secret(f"crm.{name}", self.settings))
        return open_crm(name, self.crm_specs[name], key, self.clock)

    def profile(self, erp: str) -> ErpProfile:
        """The ERP's profile, with the lags that this installation measured instead of the makers' where it has any."""
        settings = self.erp(erp)
        profile = load_profile(self.settings.at(settings.selectors))
        commit = profile.lags.commit if settings.commit_lag is None else timedelta(seconds=settings.commit_lag)
        listing = profile.lags.listing if settings.listing_lag is None else timedelta(seconds=settings.listing_lag)
        return replace(profile, lags=Lags(commit, listing, settings.absent or profile.lags.absent))

    def erp(self, name: str) -> ErpSettings:
        """One ERP's settings; raises InvalidConfig."""
        if name not in self.settings.erps:
            known = ", ".join(self.settings.erps)
            raise InvalidConfig.of(
                [fault(f"erps.{name}", Phrase("there is no such ERP; known are {known}", known=known))]
            )
        return self.settings.erps[name]

    def time_left(self) -> bool:
        """Whether the running job may begin something new."""
        return not self.stopping.is_set() and (self.deadline is None or self.clock.now() < self.deadline)

    @contextmanager
    def seat(self, erp: str, profile: ErpProfile) -> Iterator["SeatHolder"]:
        """Hold the ERP user's only place while inside; it signs on when it is first needed."""
        user = self.erp(erp).user
        self._require_not_barred(erp, user)
        with self.store.seats.seat(erp, user, self.worker):
            self._require_not_barred(erp, user)  # whoever held the seat until now may have been refused
            self._holder = SeatHolder(self, erp, profile, self.plan(erp, profile))
            try:
                yield self._holder
            finally:
                self._holder.close()
                self._holder = None

    def _require_not_barred(self, erp: str, user: str) -> None:
        if self.store.switches.barred(erp, user) is not None:
            raise SignOnBarred(user=user, erp=erp)

    def kill_seat(self) -> None:
        """Kill the seat that is held, from another thread: whoever waits for it is told that it died."""
        holder = self._holder
        if holder is not None:
            holder.kill()

    def plan(self, erp: str, profile: ErpProfile) -> SeatPlan:
        """What a seat of the ERP needs."""
        settings = self.erp(erp)
        options = settings.browser.model_dump(exclude={"basic_auth_user"})
        options["picture_format"] = self.settings.evidence.format
        if settings.browser.basic_auth_user:
            user = settings.browser.basic_auth_user
            options["basic_auth"] = (user, secret(f"web.{erp}", self.settings))
        password = secret(f"erp.{erp}", self.settings)
        return SeatPlan(profile, settings.address, settings.user, password, self.headed, options)

    def close(self) -> None:
        """Close what was opened."""
        if "store" in self.__dict__:
            self.store.close()


@dataclass
class SeatHolder:
    """Keeps one seat signed on, and takes a new one where the old was ended."""

    app: App
    erp: str
    profile: ErpProfile
    plan: SeatPlan
    current: Seat | None = None

    def seat(self) -> Seat:
        """The seat, signed on; raises ErpDown, SignOnRefused (once: then the user is left alone) and the like.

        Nobody signs on any more once the job was asked to end.
        """
        if self.current is None or not self.current.alive or self.current.signed_on_at is None:
            self.end()
            if self.app.stopping.is_set():
                raise asked_to_end()
            self.current = Seat(self.plan, self.app.clock)
            try:
                self.current.sign_on()
            except SignOnRefused as error:
                self.app.store.switches.bar(self.erp, self.plan.user, str(error.params.get("text", "")))
                self.end()
                raise
            except ApplicationError:
                self.end()
                raise
        return self.current

    def end(self) -> None:
        """Kill the seat, so that nothing more can leave it."""
        if self.current is not None:
            self.current.end()
            self.current = None

    def kill(self) -> None:
        """Kill the seat, and leave it to its holder to notice."""
        seat = self.current
        if seat is not None:
            seat.kill()

    def close(self) -> None:
        """Sign off and end."""
        if self.current is not None:
            with suppress(ApplicationError):
                self.current.close()
            self.current = None

    def desk(self, crm: CrmReader) -> Desk:
        """All that one entry works with, at this seat."""
        app, settings, seat = self.app, self.app.erp(self.erp), self.seat()
        return Desk(
            ledger=app.store.ledger,
            crm=crm,
            bot=seat,
            profile=self.profile,
            evidence=app.evidence,
            clock=app.clock,
            worker=f"job:post_orders@{app.worker}",
            end_seat=self.end,
            signed_on_at=seat.signed_on_at or app.clock.now(),
            cut_over=app.store.switches.cut_over(self.erp) or settings.cut_over,
            lease=timedelta(seconds=app.settings.lease_seconds),
            most_attempts=settings.most_attempts,
            control_reference=settings.control_reference or None,
        )

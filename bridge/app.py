"""What does this installation work with? Everything opened once, from its settings, for jobs and the command line."""

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from functools import cached_property
from pathlib import Path

from pydantic import SecretStr, ValidationError

from bridge.clocks import SystemClock
from bridge.crm.connections import open_crm
from bridge.crm.specs import CrmSpec, faults_of
from bridge.engine.carryings import Told
from bridge.engine.duties import Duty, duty_from
from bridge.engine.hearts import Heart
from bridge.engine.hosts import Host, nobody
from bridge.engine.places import Around, Means, Place, plainly
from bridge.engine.pools import Pool
from bridge.engine.workers import may_live, name_worker
from bridge.errors import ErpClosed, InvalidConfig, SecretMissing
from bridge.job_reports import asked_to_end
from bridge.locale import Phrase, fault, language_of_reader
from bridge.model.calendars import Calendar
from bridge.model.profiles import ErpProfile, Lags
from bridge.ports import Clock, CrmReader, CrmWriter, Engine, SeatPlan
from bridge.settings import ErpSettings, Settings, secret
from bridge.store.databases import with_password
from bridge.store.evidence.folders import FolderEvidence
from bridge.store.ledgers import Store, open_ledger
from bridge.store.live_views import LiveViews
from bridge.store.selector_files import load_profile

PATIENCE = 120.0  # seconds for an order at hand


Progress = Callable[[str, int, int], None]


def no_progress(_what: str, _done: int, _total: int) -> None:
    """Tell nobody."""


@dataclass
class App:
    """One opened installation.

    `stopping` asks the running job to end after the order at hand, and wakes it where it waits; `deadline` is when it
    must. `progress` is told how far it is. `headed` shows the browser. `period` is the first and last order date a
    reconciliation is asked for, `out` a folder its workbooks are copied to, `reread` that every document is opened
    anew for it. `around` and `heart_of` are for doubters alone (see `Means`).
    """

    settings: Settings
    clock: Clock = field(default_factory=SystemClock)
    progress: Progress = no_progress
    headed: bool = False
    stopping: threading.Event = field(default_factory=threading.Event)
    deadline: datetime | None = None
    period: tuple[date, date] | None = None
    out: Path | None = None
    reread: bool = False
    around: Around = plainly
    heart_of: type[Heart] = Heart

    def __post_init__(self) -> None:
        self.worker = name_worker()
        self.host: Host | None = None
        self.hurried = threading.Event()
        self._pool: Pool | None = None
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
        url = with_password(self.settings.ledger_url, self._ledger_password())
        lease = timedelta(seconds=self.settings.lease_seconds)
        store = open_ledger(url, self.clock, may_live, lease)
        for name, erp in self.settings.erps.items():
            if store.switches.cut_over(name) is None:
                store.switches.set_cut_over(name, erp.cut_over, "settings")
        return store

    @cached_property
    def evidence(self) -> FolderEvidence:
        """The evidence store."""
        return FolderEvidence(self.evidence_folder, self.clock)

    @cached_property
    def live_views(self) -> LiveViews:
        """What the seats of this machine show while somebody looks on."""
        return LiveViews(self.data / "live")

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
    def place(self, erp: str, duty: Duty | None = None) -> Iterator[Place]:
        """A place in the ERP while inside: of the host that carries orders in this process, else one of its own.

        The seat signs on when it is first needed; `duty` is that of the settings unless given. Raises ErpClosed where
        it is maintained, SeatTaken, LicencesUsed, NoSeatFree or SignOnBarred.
        """
        if duty is None and (down := self.down(erp, self.clock.now())) is not None:
            raise down
        if self.host is not None and duty is None:
            with self.host.pools[erp].borrowed(patience=PATIENCE) as place:
                yield place
            return
        means, duty = self.means(), duty or self.duty(erp)
        heart = Heart(duty.lease, self.clock.elapsed)
        pool = self._pool = Pool(duty, means, heart)
        try:
            with pool.borrowed() as place:
                yield place
        finally:
            self._pool = None
            pool.close()
            heart.close()

    def means(self) -> Means:
        """What every place of this process shares."""
        return Means(
            ledger=self.store.ledger,
            leases=self.store.seats,
            switches=self.store.switches,
            evidence=self.evidence,
            clock=self.clock,
            worker=self.worker,
            stopped=lambda: asked_to_end() if self.stopping.is_set() else None,
            around=self.around,
            heart_of=self.heart_of,
        )

    def duty(self, erp: str, seats: int | None = None) -> Duty:
        """All that working in one ERP takes."""
        settings, profile = self.erp(erp), self.profile(erp)
        for user in settings.seat_users:
            self.password(erp, user)  # what is missing is said before anything begins
        return duty_from(
            settings,
            erp=erp,
            profile=profile,
            crm=self.crm(settings.crm)[0],
            plan=lambda user: self.plan(erp, profile, user),
            cut_over=lambda: self.store.switches.cut_over(erp) or settings.cut_over,
            closed=lambda at: self.closed(erp, at),
            seats=seats or settings.seats or len(settings.seat_users),
            lease=timedelta(seconds=self.settings.lease_seconds),
        )

    def closed(self, erp: str, at: datetime) -> ErpClosed | None:
        """Why nothing must be entered into the ERP at that moment, by its calendar."""
        calendar = self._calendar(erp)
        return None if calendar is None else _closed(erp, calendar, calendar.closed(at), at)

    def down(self, erp: str, at: datetime) -> ErpClosed | None:
        """Why the ERP cannot even be read at that moment, by its calendar."""
        calendar = self._calendar(erp)
        return None if calendar is None else _closed(erp, calendar, calendar.down(at), at)

    def _calendar(self, erp: str) -> Calendar | None:
        name = self.erp(erp).calendar
        return self.settings.calendar(name) if name else None

    @contextmanager
    def carrying(
        self, seats: Mapping[str, int | None], told: Told = nobody, patience: float = PATIENCE
    ) -> Iterator[Host]:
        """Carry what is due in these ERPs while inside, at so many seats each; what is at hand at the end may end."""
        duties = {erp: self.duty(erp, most) for erp, most in seats.items()}
        store = self.store
        host = Host(self.means(), duties, engine=self.engine(), hosts=store.hosts, circuits=store.circuits, told=told)
        host.start()
        self.host = host
        try:
            yield host
        finally:
            self.host = None
            host.stop(0.0 if self.hurried.is_set() else patience)

    def engine(self) -> Engine:
        """What carries attempts."""
        from bridge.engine.task_queues import DbosEngine  # late, since it takes half a second to load

        url = with_password(self.settings.engine_url, self._ledger_password())
        return DbosEngine(url, self.worker)

    def _ledger_password(self) -> str | None:
        return self._known("ledger") if self.settings.ledger else None  # the URL may need none

    def _known(self, name: str) -> str | None:
        try:
            return secret(name, self.settings)
        except SecretMissing:
            return None

    def kill_seat(self) -> None:
        """Kill the seats that are held, from another thread: whoever waits for one is told that it died."""
        pool, host = self._pool, self.host
        if pool is not None:
            pool.kill()
        if host is not None:
            host.kill()

    def plan(self, erp: str, profile: ErpProfile, user: str | None = None) -> SeatPlan:
        """What a seat of the ERP needs; its user's own password, else the one of the ERP."""
        settings = self.erp(erp)
        options = {**settings.options(profile.surface), "picture_format": self.settings.evidence.format}
        if profile.surface == "web" and (basic := settings.browser.basic_auth_user):
            options["basic_auth"] = (basic, secret(f"web.{erp}", self.settings))
        if profile.surface == "terminal":
            options["host_password"] = self._known(f"host.{erp}")  # None where the host knows us by a key
        named = user or settings.seat_users[0]
        who, live = (named, self.password(erp, named)), self.live_views.name(erp, named)
        films = self.settings.evidence.films
        return SeatPlan(profile, settings.address, *who, self.headed, options, live=live, films=films)

    def password(self, erp: str, user: str) -> str:
        """The ERP user's own password, else the one of the ERP; raises SecretMissing."""
        own = self._known(f"erp.{erp}.{user}")
        return secret(f"erp.{erp}", self.settings) if own is None else own

    def close(self) -> None:
        """Close what was opened."""
        if "store" in self.__dict__:
            self.store.close()


def _closed(erp: str, calendar: Calendar, why: Phrase | None, at: datetime) -> ErpClosed | None:
    if why is None:
        return None
    opens = calendar.opens(at)
    return ErpClosed(erp=erp, until="-" if opens is None else calendar.shown(opens), why=why)

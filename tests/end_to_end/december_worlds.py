"""Where do the days of December 2010 happen? Between a toy CRM and a Harbour, by a clock that is set by hand."""

import shutil
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import tomli_w

from bridge.app import App
from bridge.job_reports import JobReport
from bridge.offices import office_of
from bridge.reports.issuings import Office
from bridge.scheduler import run_job
from bridge.settings import keep_secret, load_settings
from sandbox.crm.servers import KEY
from tests.chaos.later_clocks import LaterClock
from tests.end_to_end.december_days import Days
from tests.end_to_end.december_truths import Entered, Seen, entered_in
from tests.installations import ROOT, Installation, installed
from tests.oracles import Stored
from tests.sandbox.harbour_clerks import Clerk

ERP = "harbour"
BOT, FORMS = "bots.harbour:Harbour", "bots.harbour_forms:HarbourForms"


@dataclass
class World:
    """An installation whose time is set by hand; `clerk` is somebody at Harbour, behind the bridge's back.

    `told` are the statuses that the ledger last read, `coming` the orders that have a reference before they are taken,
    `codes` the items that Harbour spells otherwise.
    """

    site: Installation
    clock: LaterClock
    clerk: Clerk
    told: dict[str, str] = field(default_factory=dict)
    coming: dict[str, str] = field(default_factory=dict)
    codes: dict[str, str] = field(default_factory=dict)

    @property
    def app(self) -> App:
        """The bridge."""
        return self.site.app

    @property
    def office(self) -> Office:
        """Where the statements are issued."""
        return office_of(self.app)

    def set(self, at: datetime) -> None:
        """It is that moment, for the bridge and for the CRM; Harbour goes by the machine's clock."""
        self.clock.later = at - datetime.now(UTC)
        self.site.crm.control("clock", {"offset_seconds": self.clock.later.total_seconds()})

    def run(self, job: str) -> JobReport:
        """Run a job as `erpbridge run` does."""
        return run_job(self.app, job)

    def note_statuses(self, *, new_only: bool = False) -> None:
        """Remember the status of each document that the ledger knows, as it is when it is read."""
        known = {each.document for each in self.entered().values() if each.document}
        for document in self.documents():
            number = str(document.number)
            before = self.told.get(number)
            if number in known and not (new_only and before):
                self.told[number] = document.status

    def orders(self) -> list[dict[str, Any]]:
        """All orders as the CRM shows them to its clients."""
        found: list[dict[str, Any]] = []
        cursor: str | None = None
        while cursor is not None or not found:
            query = {"limit": "500"} | ({"cursor": cursor} if cursor else {})
            headers = {"Authorization": f"Bearer {KEY}"}
            answer = httpx.get(f"{self.site.crm.url}/api/orders", params=query, headers=headers, trust_env=False)
            answer.raise_for_status()
            found += answer.json()["orders"]
            cursor = answer.json()["next"]
            if cursor is None:
                break
        return found

    def documents(self) -> list[Stored]:
        """All documents, from Harbour's own tables."""
        return self.site.oracle.all()

    def entered(self) -> dict[str, Entered]:
        """What the ledger says, from its own file."""
        return entered_in(self.site.folder / "ledger.sqlite")

    def seen(self, days: Days) -> Seen:
        """All that lies in the tables now."""
        orders = [order | {"lines": [self._spelled(line) for line in order["lines"]]} for order in self.orders()]
        documents, entered = self.documents(), self.entered()
        return Seen(orders, documents, entered, dict(self.told), self.coming, self.clock.now(), days)

    def know(self, customers: Mapping[str, str], items: Mapping[str, Mapping[str, Any]]) -> None:
        """Master data as Harbour keeps them: of codes that differ in case alone it knows one, a table says which."""
        first: dict[str, str] = {}
        self.codes = {code: known for code in items if (known := first.setdefault(code.upper(), code)) != code}
        erp, table = self.site.erp, self.site.folder / "codes.csv"
        erp.control("customers", [{"code": c, "name": n, "currency": "GBP"} for c, n in customers.items()])
        erp.control("items", [_item(line) for code, line in items.items() if code not in self.codes])
        rows = [("kind", "crm_code", "erp_code"), *(("item", *pair) for pair in self.codes.items())]
        table.write_text("".join(",".join(row) + "\n" for row in rows), encoding="utf-8")
        self.app.store.cross_references.read_csv(ERP, table)

    def _spelled(self, line: Mapping[str, Any]) -> dict[str, Any]:
        return {**line, "item": self.codes.get(line["item"], line["item"])}


@contextmanager
def world(folder: Path, language: str, seats: int = 1, window: int | None = None) -> Iterator[World]:
    """An installation that works by forms, at so many seats; `window` is how many days its daily workbook looks at."""
    selectors = folder / "harbour"
    shutil.copytree(ROOT / "selectors" / "harbour", selectors)
    profile = selectors / "erp.toml"
    profile.write_text(profile.read_text(encoding="utf-8").replace(BOT, FORMS), encoding="utf-8")
    with installed(folder, erp={"selectors": selectors.as_posix(), "seats": seats}) as site:
        users = [f"BOT{number}" for number in range(1, seats + 1)]
        clock = LaterClock(datetime(2010, 12, 1, tzinfo=UTC) - datetime.now(UTC))
        _configure(site, language, users, window)
        site.app.close()
        site.app = App(load_settings(site.config), clock=clock)
        for user in users:
            keep_secret(f"erp.harbour.{user}", f"secret-{user.lower()}", site.app.settings)
        site.erp.control("users", [{"name": user, "password": f"secret-{user.lower()}"} for user in users])
        yield World(site, clock, site.erp.clerk())


def _item(line: Mapping[str, Any]) -> dict[str, str]:
    return {"code": line["item"], "description": line["description"][:35], "price": line["unit_price"].lstrip("-")}


def _configure(site: Installation, language: str, users: Sequence[str], window: int | None) -> None:
    content = tomllib.loads(site.config.read_text(encoding="utf-8"))
    content["language"] = language
    erp = content["erps"]["harbour"]
    del erp["user"]
    erp["users"] = list(users)
    if window is not None:
        content["reconciliation"] = {"days": window}
    site.config.write_text(tomli_w.dumps(content), encoding="utf-8")

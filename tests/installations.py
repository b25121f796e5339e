"""What does a whole bridge at work look like? An installation on the toy CRM and Harbour, in a folder of its own."""

import itertools
import os
import subprocess
import sys
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import tomli_w

from bridge.app import App
from bridge.job_reports import JobReport
from bridge.model.postings import Phase, Posting, PostingState
from bridge.scheduler import run_job
from bridge.settings import keep_secret, load_settings
from sandbox.crm.servers import CONTROL_KEY, KEY, CrmServer
from tests.oracles import Oracle
from tests.sandbox.harbour_clerks import Harbour, eventually, harbour

ROOT = Path(__file__).parents[1]
USER, PASSWORD = "BOT1", "secret-bot1"
LINE = {"item": "P-30", "description": "Anchor chain 10 mm", "quantity": "2", "unit_price": "12.90"}
_numbers = itertools.count(700001)


def order(**fields: Any) -> dict[str, Any]:
    """A released CRM order of one plain line under a number of its own; any field may be given otherwise."""
    number = str(next(_numbers))
    plain = {
        "number": number,
        "customer": {"code": "C1001", "name": "Smith Ltd"},
        "order_date": "2026-03-02",
        "currency": "GBP",
        "po_number": f"PO {number}",
        "lines": [LINE | {"quantity": str(1 + int(number) % 97)}],
    }
    return plain | fields


@dataclass(frozen=True)
class Crm:
    """What a test does to the toy CRM behind the bridge's back."""

    url: str

    def put(self, *orders: Mapping[str, Any]) -> list[int]:
        """Store orders; their ids."""
        ids: list[int] = self.control("orders", {"orders": list(orders)})["ids"]
        return ids

    def change(self, order_id: int, **fields: Any) -> None:
        """Save the given fields of an order."""
        self.control(f"orders/{order_id}", fields, "PATCH")

    def order(self, order_id: int) -> dict[str, Any]:
        """The order as clients see it."""
        headers = {"Authorization": f"Bearer {KEY}"}
        answer = httpx.get(f"{self.url}/api/orders/{order_id}", headers=headers, trust_env=False)
        answer.raise_for_status()
        found: dict[str, Any] = answer.json()
        return found

    def fault(self, status: int | str, **parameters: Any) -> None:
        """Order a fault."""
        self.control("faults", {"status": status} | parameters)

    def clear(self) -> None:
        """Behave again."""
        self.control("faults", None, "DELETE")

    def control(self, path: str, wish: Any, method: str = "POST") -> Any:
        """Use the control door."""
        url, headers = f"{self.url}/control/{path}", {"X-Control-Key": CONTROL_KEY}
        answer = httpx.request(method, url, json=wish, headers=headers, timeout=60, trust_env=False)
        assert answer.is_success, answer.text
        return answer.json() if answer.content else None


@dataclass
class Workplace:
    """A bridge in a folder of its own; the app stays open between jobs, and `reopen` is what a restart would do."""

    folder: Path
    app: App = field(init=False)

    def __post_init__(self) -> None:
        self.app = App(load_settings(self.config))

    @property
    def config(self) -> Path:
        """The configuration file, which children are started with."""
        return self.folder / "erpbridge.toml"

    def reopen(self) -> None:
        """Close the app and open it again."""
        self.app.close()
        self.app = App(load_settings(self.config))

    def configure(self, **erp: Any) -> None:
        """Change settings of its ERP and reopen."""
        content = tomllib.loads(self.config.read_text(encoding="utf-8"))
        for settings in content["erps"].values():
            settings.update(erp)
        self.config.write_text(tomli_w.dumps(content), encoding="utf-8")
        self.reopen()

    def run(self, job: str) -> JobReport:
        """Run a job in this process, as `erpbridge run` does."""
        return run_job(self.app, job)

    def taken(self, order_ids: Sequence[object]) -> list[Posting]:
        """Take what the CRM has; the postings of these orders, in the same order."""
        self.run("take_orders")
        by_id = {posting.order_id: posting for posting in self.app.store.ledger.postings()}
        return [by_id[str(order_id)] for order_id in order_ids if str(order_id) in by_id]

    def posted(self, order_ids: Sequence[object]) -> list[Posting]:
        """Take these orders and run post_orders once; their postings as they stand then."""
        taken = self.taken(order_ids)
        self.run("post_orders")
        return [self.now(posting) for posting in taken]

    def now(self, posting: Posting) -> Posting:
        """The posting as it stands now."""
        return self.app.store.ledger.posting(posting.id)

    def until(self, posting: Posting, *, phase: Phase | None = None, state: PostingState | None = None) -> None:
        """Wait until the ledger says so; fails after a minute."""

        def reached() -> bool:
            now = self.now(posting)
            return (phase is None or now.phase is phase) and (state is None or now.state is state)

        eventually(reached, 60)

    @contextmanager
    def child(self, *command: str, **environment: str) -> Iterator["subprocess.Popen[str]"]:
        """Run `erpbridge` in a process of its own; whoever leaves without ending it kills it."""
        with (self.folder / "child.txt").open("w+", encoding="utf-8") as said:
            process = subprocess.Popen(
                [sys.executable, "-m", "bridge.cli", "--config", str(self.config), *command],
                cwd=ROOT,
                env=os.environ | {"ERPBRIDGE_LANGUAGE": "en"} | environment,
                stdin=subprocess.DEVNULL,
                stdout=said,
                stderr=subprocess.STDOUT,
                text=True,
            )
            try:
                yield process
            finally:
                with suppress(OSError):
                    process.kill()
                process.wait(30)

    def command(self, *command: str, **environment: str) -> tuple[int, str]:
        """Run `erpbridge` to its end; its exit status and all it said."""
        with self.child(*command, **environment) as process:
            status = process.wait(180)
        return status, (self.folder / "child.txt").read_text(encoding="utf-8")


@dataclass
class Installation(Workplace):
    """A bridge between a toy CRM and a Harbour.

    `crm` and `erp` are what happens behind its back, `oracle` reads Harbour's own tables.
    """

    crm: Crm
    erp: Harbour

    def __post_init__(self) -> None:
        super().__post_init__()
        self.oracle = Oracle(self.erp.options.database)

    def load(self, orders: Sequence[Mapping[str, Any]]) -> list[Posting]:
        """Put orders into the CRM and take them; their postings, in the same order."""
        return self.taken(self.crm.put(*orders))

    def post(self, *orders: Mapping[str, Any]) -> list[Posting]:
        """Load orders, run post_orders once, and give their postings as they stand then."""
        return self.posted(self.crm.put(*orders))


def configuration(folder: Path, crm_url: str, erp_url: str, **erp: Any) -> dict[str, Any]:
    """The shipped configuration, pointed at these servers and this folder."""
    content = tomllib.loads((ROOT / "erpbridge.toml").read_text(encoding="utf-8"))
    content["crms"]["sandbox"]["client"] |= {
        "base_url": f"{crm_url}/api",
        "timeout": 5,
        "retry": {"attempts": 2, "total_seconds": 4, "first_wait": 0.1},
    }
    settings = {
        "address": erp_url,
        "selectors": (ROOT / "selectors" / "harbour").as_posix(),
        "commit_lag": 1,
        "listing_lag": 1,
        "browser": {"timeout": 8, "save_timeout": 4},
    }
    content["erps"]["harbour"] |= settings | erp
    content |= {"data": folder.as_posix(), "jobs": (ROOT / "jobs" / "schedule.toml").as_posix(), "language": "en"}
    content["evidence"]["folder"] = (folder / "screenshots").as_posix()
    return content


def furnish(folder: Path, content: Mapping[str, Any]) -> Path:
    """Write a configuration and the secrets it needs; its path."""
    path = folder / "erpbridge.toml"
    path.write_text(tomli_w.dumps(content), encoding="utf-8")
    settings = load_settings(path)
    keep_secret("crm.sandbox", KEY, settings)
    keep_secret("erp.harbour", PASSWORD, settings)
    return path


@contextmanager
def installed(folder: Path, *, erp: Mapping[str, Any] | None = None, **options: Any) -> Iterator[Installation]:
    """An installation with its two servers in this process; `erp` overrides settings, `options` Harbour's own."""
    with CrmServer(folder / "crm.sqlite") as crm, harbour(folder, **options) as running:
        content = configuration(folder, crm.url, running.url, **(erp or {}))
        furnish(folder, content)
        installation = Installation(folder, Crm(crm.url), running)
        try:
            yield installation
        finally:
            installation.app.close()

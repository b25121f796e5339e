"""Where is the bridge struck? Between a toy CRM and a toy ERP, in an installation of its own, with real orders."""

import shutil
import sqlite3
import time
import tomllib
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import tomli_w

from bridge.app import App
from bridge.chaos.disks import small_disk, throw_off
from bridge.errors import BridgeError
from bridge.model.orders import Order
from bridge.model.postings import Posting, PostingState
from bridge.scheduler import run_job
from bridge.settings import Settings, keep_secret, load_settings
from bridge.toys.samples import keep_secrets, load_orders, make_known
from bridge.toys.sandboxes import Sandbox, sandbox

FORMS = "bots.harbour_forms:HarbourForms"
USERS = ("BOT1", "BOT2", "BOT3", "BOT4")
ACTOR = "chaos"
CONTROL = "SB-CONTROL-1"  # a reference that every working search must find
LEASE, BROWSER_LEASE = 5.0, 10.0  # a browser takes its seconds to start
LAG = 0.5  # a toy ERP stores within milliseconds
LATE_SECONDS, LONGER_LAG = 1.2, 2.0  # unless it was told to be late, within what is declared then
LISTED_AFTER, DECLARED = 600.0, 601.0  # longer than any victim takes to be succeeded
SMALL = "small"  # the folder that is a disk which is soon full
LEDGER_SECONDS = 60.0  # a ledger that is struck answers again within so many
UNFINISHED = (PostingState.PENDING, PostingState.CLAIMED, PostingState.IN_DOUBT)


@dataclass(frozen=True)
class Stored:
    """One document in the ERP's own tables."""

    number: str
    customer: str
    ordered_on: str
    lines: tuple[tuple[str, Decimal, Decimal], ...]


@dataclass
class Arena:
    """An installation between its toys; `sample` are real orders to make new ones of."""

    folder: Path
    crm: Sandbox
    erp: Sandbox
    app: App
    sample: Sequence[Order]
    made: int = 0
    declared: float = 0.0
    wanted: dict[str, Order] = field(default_factory=dict)

    @property
    def config(self) -> Path:
        """The configuration file, which victims are started with."""
        return self.folder / "erpbridge.toml"

    def configure(self, **erp: Any) -> None:
        """Change settings of the ERP, for whoever is started from now on."""
        content = tomllib.loads(self.config.read_text(encoding="utf-8"))
        content["erps"]["harbour"].update(erp)
        self.config.write_text(tomli_w.dumps(content), encoding="utf-8")

    def lag(self) -> None:
        """From now on the ERP's list shows what is stored only some seconds later, within what is declared."""
        self.declared = DECLARED
        fault = {"fault": "list_lag", "path": "/so/save", "method": "POST", "seconds": LISTED_AFTER, "times": 10**6}
        self.erp.control("faults", fault)

    def declare(self, lag: float) -> None:
        """From now on the ERP is said to be no later than so many seconds, to commit and to list."""
        self.configure(commit_lag=lag, listing_lag=max(lag, self.declared))

    def relieve(self) -> None:
        """Nothing that a victim did outlives it: its ballast goes, and the CRM works."""
        throw_off(self.app.data)
        self.crm.control("faults", None, "DELETE")

    def load(self, count: int) -> list[str]:
        """Put so many orders into the CRM and take them; the numbers."""
        numbers = self.put(count)
        run_job(self.app, "take_orders")
        return numbers

    def put(self, count: int) -> list[str]:
        """Put so many orders into the CRM, with real content under new numbers; the numbers."""
        bodies = []
        for _ in range(count):
            order = self._next()
            number = f"C{self.made}"
            self.wanted[number] = order
            bodies.append(body_of(order, number))
        self.crm.control("orders", {"orders": bodies})
        return [body["number"] for body in bodies]

    def _next(self) -> Order:
        """A real order; those alike are of other days, so that none passes for another."""
        days, place = divmod(self.made, len(self.sample))
        self.made += 1
        order = self.sample[place]
        return replace(order, ordered_on=order.ordered_on - timedelta(days=days))

    def postings(self, numbers: Collection[str]) -> dict[str, Posting]:
        """The postings of these orders by number."""
        wanted = set(numbers)
        return {p.order_number: p for p in self.app.store.ledger.postings() if p.order_number in wanted}

    def unfinished(self) -> int:
        """How many postings have not come to rest; a ledger that does not answer is asked again."""
        deadline = time.monotonic() + LEDGER_SECONDS
        while True:
            try:
                counts = self.app.store.ledger.counts()
            except BridgeError:
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.1)
            else:
                return sum(counts.get(state.value, 0) for state in UNFINISHED)

    def stored(self) -> dict[str, list[Stored]]:
        """What the ERP's own tables hold, by the customer's purchase order number, which is each order's own."""
        found: dict[str, list[Stored]] = {}
        with closing(sqlite3.connect(self.folder / "harbour.sqlite", timeout=30)) as tables:
            tables.row_factory = sqlite3.Row
            lines: dict[int, list[tuple[str, Decimal, Decimal]]] = {}
            for line in tables.execute("SELECT * FROM order_lines ORDER BY order_number, position"):
                values = (line["item_code"], Decimal(line["quantity"]), Decimal(line["unit_price"]))
                lines.setdefault(line["order_number"], []).append(values)
            for row in tables.execute("SELECT * FROM orders WHERE status <> 'Cancelled'"):
                content = (str(row["number"]), row["customer_code"], row["order_date"])
                document = Stored(*content, tuple(lines.get(row["number"], ())))
                found.setdefault(row["po_number"], []).append(document)
        return found

    def differs(self, number: str, stored: Stored) -> bool:
        """Whether any value in the ERP's own tables is not the order's."""
        order = self.wanted[number]
        lines = tuple((line.item, line.quantity, line.unit_price) for line in order.lines)
        wanted = (order.customer, order.ordered_on.isoformat(), lines)
        return (stored.customer, stored.ordered_on, stored.lines) != wanted


def body_of(order: Order, number: str) -> Mapping[str, Any]:
    """The order under that number, as the toy CRM takes it; its purchase order number is its own."""
    lines = [
        {"item": x.item, "description": x.description, "quantity": f"{x.quantity:f}", "unit_price": f"{x.unit_price:f}"}
        for x in order.lines
    ]
    return {
        "number": number,
        "customer": {"code": order.customer, "name": order.customer_name},
        "order_date": order.ordered_on.isoformat(),
        "currency": order.currency,
        "po_number": f"PO {number}",
        "lines": lines,
    }


@contextmanager
def arena(
    folder: Path, shipped: Path, *, browser: bool = False, ledger: str = "", small: bool = False, lease: float = 0.0
) -> Iterator[Arena]:
    """A new arena in the folder; `shipped` is the configuration that comes with us, `ledger` a URL but for a file.

    With `small` the ledger's file lies on a disk that is soon full; `lease` are seconds, where not the usual ones.
    """
    lease = lease or (BROWSER_LEASE if browser else LEASE)
    with ExitStack() as stack:
        if small:
            stack.enter_context(small_disk(folder / SMALL))
        crm = stack.enter_context(sandbox("crm", folder / "crm.sqlite"))
        erp = stack.enter_context(sandbox("harbour", folder / "harbour.sqlite"))
        line = {"item_code": "P-30", "quantity": "1", "unit_price": "1.00"}
        erp.control("orders", {"customer_code": "C1002", "remarks": CONTROL, "lines": [line]})
        for user in USERS[2:]:
            erp.control("users", [{"name": user, "password": f"secret-{user.lower()}"}])
        data = SMALL if small else "."
        more = {"data": data, "lease_seconds": lease, **({"ledger": ledger} if ledger else {})}
        app = App(_settings(folder, shipped, (crm, erp), more, browser=browser))
        stack.callback(app.close)
        yield Arena(folder, crm, erp, app, _sample(app, crm, erp))


def _settings(
    folder: Path, shipped: Path, toys: tuple[Sandbox, Sandbox], more: Mapping[str, Any], *, browser: bool
) -> Settings:
    ours, (crm, erp) = load_settings(shipped), toys
    block = dict(ours.crms["sandbox"])
    block["client"] = {**block["client"], "base_url": f"{crm.url}/api"}
    selectors = folder / "harbour"
    shutil.copytree(ours.at(ours.erps["harbour"].selectors), selectors)
    if not browser:
        profile = selectors / "erp.toml"
        text = profile.read_text(encoding="utf-8")
        profile.write_text(text.replace("bots.harbour:Harbour", FORMS), encoding="utf-8")
    content: dict[str, Any] = {
        "company": "Chaos",
        "jobs": ours.at(ours.jobs).as_posix(),
        "crms": {"sandbox": block},
        "erps": {"harbour": _erp_block(erp.url, selectors)},
    }
    path = folder / "erpbridge.toml"
    path.write_text(tomli_w.dumps({**more, **content}), encoding="utf-8")
    settings = load_settings(path)
    keep_secrets(settings)
    for user in USERS:
        keep_secret(f"erp.harbour.{user}", f"secret-{user.lower()}", settings)
    return settings


def _erp_block(address: str, selectors: Path) -> dict[str, Any]:
    return {
        "address": address,
        "users": list(USERS),
        "crm": "sandbox",
        "cut_over": "2000-01-01T00:00:00Z",
        "selectors": selectors.as_posix(),
        "commit_lag": LAG,
        "listing_lag": LAG,
        "absent": "retype",
        "control_reference": CONTROL,
        "most_attempts": 20,  # whoever is struck takes its neighbours down too
        "breaker": {"failures": 1000},
        "browser": {"timeout": 10, "save_timeout": 5},
    }


def _sample(app: App, crm: Sandbox, erp: Sandbox) -> list[Order]:
    """The real orders that can be entered, as the CRM gives them back, and what they need on file in the ERP."""
    load_orders(crm)
    run_job(app, "take_orders")
    ledger = app.store.ledger
    pending = ledger.postings(states=[PostingState.PENDING])
    orders = list(ledger.orders_of(pending).values())
    make_known(erp, orders, hidden=0)
    for posting in pending:
        ledger.move(posting, PostingState.CANCELLED, ACTOR)
    return orders

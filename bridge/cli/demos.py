"""What does it look like when it works? Real orders from a toy CRM, through a toy ERP's real screens, and back."""

import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import tomli_w
import typer

from bridge.app import App
from bridge.cli.outputs import Console, console_of, headings, say, word
from bridge.errors import FileUnreadable
from bridge.job_reports import JobReport
from bridge.locale import Phrase
from bridge.log import start_log
from bridge.model.breaks import Verdict
from bridge.model.orders import Order
from bridge.model.postings import PostingState
from bridge.scheduler import run_job
from bridge.settings import config_path, load_settings
from bridge.toys.samples import USER, keep_secrets, load_orders, make_known
from bridge.toys.sandboxes import FOLDER, LOADED, Sandbox, sandbox

ADVANCED = {"confirm": 0.9, "part_ship": 0.2, "ship": 0.5, "invoice": 0.3, "pay": 0.1}


def add_to(cli: typer.Typer) -> None:
    """Add the command."""
    cli.command("demo", help=say("Show the whole way on the sandbox: take, post, ship, read, tell, reconcile."))(demo)


def demo(
    context: typer.Context,
    orders: Annotated[
        Path | None, typer.Option(help=say("A CSV file (or .csv.gz) with the columns of the Online Retail data."))
    ] = None,
    count: Annotated[int | None, typer.Option(min=1, help=say("Only the first so many orders."))] = None,
    headed: Annotated[bool, typer.Option("--headed", help=say("Show the browser."))] = False,
    as_json: Annotated[bool, typer.Option("--json", help=say("Print one JSON object."))] = False,
) -> None:
    """Exit status 0 when every job went well and nothing is doubled, missing, in doubt, failed or pending."""
    console = console_of(context)
    if orders is not None and not orders.is_file():
        raise FileUnreadable(path=str(orders), why=Phrase("there is no such file"))
    with ExitStack() as stack:
        record = Demo(console, stack, quiet=as_json, headed=headed).run(orders, count)
    if as_json:
        console.json(record)
    else:
        _print(console, record)
    unwanted = ("troubles", "duplicates", "missing", "in_doubt", "failed", "pending")
    if any(record[key] for key in unwanted) or record["verdict"] in (None, Verdict.INCOMPLETE):
        raise typer.Exit(1)


class Demo:
    """One demonstration, in a folder of its own."""

    def __init__(self, console: Console, stack: ExitStack, *, quiet: bool, headed: bool) -> None:
        self.console = console
        self.quiet = quiet
        self.troubles: list[str] = []
        shipped = load_settings(config_path(console.config))
        self.shipped = shipped
        self.folder = shipped.at(shipped.data) / "demo" / datetime.now().astimezone().strftime("%Y%m%d-%H%M%S-%f")
        self.folder.mkdir(parents=True)
        self.line(say("Starting the sandbox CRM and ERP …"))
        self.toys = self.folder / FOLDER
        self.toys.mkdir()
        self.crm = stack.enter_context(sandbox("crm", self.toys / "crm.sqlite"))
        self.erp = stack.enter_context(sandbox("harbour", self.toys / "harbour.sqlite"))
        self.app = self._open(headed=headed)
        stack.callback(self.app.close)

    def line(self, text: str) -> None:
        """One line on how far it is."""
        if not self.quiet:
            self.console.line(text)

    def _open(self, *, headed: bool) -> App:
        """The demo's own installation: the shipped one, at the addresses of this sandbox; it can be looked at later."""
        shipped = self.shipped
        crm = dict(shipped.crms["sandbox"])
        crm["client"] = {**crm["client"], "base_url": f"{self.crm.url}/api"}
        erp = {"address": self.erp.url, "user": USER, "crm": "sandbox", "cut_over": datetime(2000, 1, 1, tzinfo=UTC)}
        erp["selectors"] = shipped.at(shipped.erps["harbour"].selectors).as_posix()
        path = self.folder / "erpbridge.toml"
        content = {
            "company": "Demo",
            "zone": "Europe/London",
            "data": ".",
            "jobs": shipped.at(shipped.jobs).as_posix(),
            "crms": {"sandbox": crm},
            "erps": {"harbour": erp},
        }
        path.write_text(tomli_w.dumps(content), encoding="utf-8")
        settings = load_settings(path)
        keep_secrets(settings)
        app = App(settings, headed=headed)
        start_log(app.data / "log", verbose=self.console.verbose)
        return app

    def run(self, orders: Path | None, count: int | None) -> dict[str, Any]:
        """The whole way, and what came of it."""
        begun = time.monotonic()
        self._load(orders, count)
        self._job("take_orders", say("Taking the orders from the CRM …"))
        make_known(self.erp, self._orders())
        (self.toys / LOADED).touch()  # `erpbridge sandbox` takes the toys up again as they are
        posting = time.monotonic()
        self._job("post_orders", say("Typing them into the ERP …"))
        seconds = time.monotonic() - posting
        self._advance()
        self._job("read_status", say("Reading back how far the ERP is …"))
        told = self._job("tell_crm", say("Telling the CRM …"))
        days = sorted(order.ordered_on for order in self._orders())
        self.app.period = (days[0], days[-1]) if days else None
        compared = self._job("reconcile", say("Reconciling CRM, ledger and ERP …"))
        return self._record(told, compared, seconds, time.monotonic() - begun)

    def _load(self, orders: Path | None, count: int | None) -> None:
        self.line(say("Loading orders into the CRM …"))
        load_orders(self.crm, orders, count)

    def _orders(self) -> Iterator[Order]:
        ledger = self.app.store.ledger
        yield from ledger.orders_of(ledger.postings()).values()

    def _advance(self) -> None:
        """Let the ERP's own people go on with some of the orders."""
        self.line(say("The ERP's people ship and invoice some …"))
        posted = len(self.app.store.ledger.postings(states=[PostingState.POSTED]))
        self.erp.control("advance", {word: int(posted * share) for word, share in ADVANCED.items()})

    def _job(self, job: str, text: str) -> JobReport:
        self.line(text)
        with self.console.progress(self.app, quiet=self.quiet):
            report = run_job(self.app, job)
        if not self.quiet and not report.ok:
            self.console.report(report)
        if job != "reconcile":  # its breaks are what it is asked for
            self.troubles += report.troubles
        return report

    def _record(self, told: JobReport, compared: JobReport, seconds: float, whole: float) -> dict[str, Any]:
        postings = self.app.store.ledger.postings()
        states = Counter(posting.state for posting in postings)
        typed = max(1, states[PostingState.POSTED])
        facts = compared.facts
        return {
            "orders": len(postings),
            **{state.value: states[state] for state in PostingState if state is not PostingState.CLAIMED},
            "troubles": len(self.troubles),
            "duplicates": facts.get("duplicates", 0),
            "missing": facts.get("missing", 0),
            "crm_told": told.counts.get("told", 0),
            "verdict": facts.get("verdict"),
            "workbook": facts.get("workbook"),
            "evidence": str(self.app.evidence_folder),
            "config": str(self.folder / "erpbridge.toml"),
            "seconds": round(whole, 1),
            "seconds_per_order": round(seconds / typed, 2),
        }


def _print(console: Console, record: dict[str, Any]) -> None:
    shown = {**record, "verdict": word(record["verdict"])}
    console.table(say("Demo"), headings("what", "value"), [(word(name), value) for name, value in shown.items()])


__all__ = ["Sandbox", "add_to"]

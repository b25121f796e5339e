"""What can be run, served, stopped and checked?"""

import sys
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any
from zoneinfo import ZoneInfo

import typer

from bridge.cli import people
from bridge.cli.checks import check_installation, check_live
from bridge.cli.interruptions import ends_politely
from bridge.cli.languages import language
from bridge.cli.outputs import Console, console_of, headings, say, word
from bridge.cli.seats import Seen, check_seats, seat_faults, seated, show_seats
from bridge.job_reports import JobReport
from bridge.model.breaks import Verdict
from bridge.scheduler import Serving, run_job

INCOMPLETE = 3  # exit status of a reconciliation that cannot be relied upon
AsJson = Annotated[bool, typer.Option("--json", help=say("Print one JSON object."))]
Headed = Annotated[bool, typer.Option("--headed", help=say("Show the browser."))]


def add_to(cli: typer.Typer) -> None:
    """Add these commands."""
    cli.command("run", help=say("Run one job now."))(run)
    cli.command("serve", help=say("Keep the schedule and carry orders until stopped."))(serve)
    cli.command("stop", help=say("Stop everything: no Save leaves any more, on any host."))(stop)
    cli.command("check", help=say("Check configuration and selectors; --live looks at the screens."))(check)
    cli.command("reconcile", help=say("Compare CRM, ledger and ERP, and write the workbook."))(reconcile)


def run(
    context: typer.Context,
    job: Annotated[str, typer.Argument(help=say("The job, for example post_orders."))],
    retry_sign_on: Annotated[
        bool, typer.Option("--retry-sign-on", help=say("Try ERP users again that were refused once."))
    ] = False,
    headed: Headed = False,
    as_json: AsJson = False,
) -> None:
    """Run one job; exit status 0 where nothing went wrong."""
    console = console_of(context)
    app = console.open_app(headed=headed)
    if retry_sign_on:
        for name, erp in app.settings.erps.items():
            for user in erp.seat_users:
                app.store.switches.lift(name, user)
    with console.progress(app, quiet=as_json), ends_politely(console, app.stopping):
        report = run_job(app, job)
    tell(console, report, as_json=as_json)


def show(console: Console, report: JobReport, *, as_json: bool) -> None:
    """Print a job's report."""
    if as_json:
        console.json(report.record())
    else:
        console.report(report)


def tell(console: Console, report: JobReport, *, as_json: bool) -> None:
    """Print a job's report, and leave with its truth."""
    show(console, report, as_json=as_json)
    if not report.ok:
        raise typer.Exit(1)


def serve(
    context: typer.Context,
    headed: Headed = False,
    standby: Annotated[
        bool, typer.Option("--standby", help=say("Carry orders, and keep the schedule once nobody else does."))
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Serve until SIGTERM, Ctrl-C or Ctrl-Break; the order at hand is finished first."""
    console = console_of(context)
    tell = console.note if as_json else console.line
    app = console.open_app(headed=headed)

    def waiting(holder: str, until: str) -> None:
        if serving.on_standby:
            tell(say("On standby; {holder} keeps the schedule.", holder=holder))
            return
        tell(say("Waiting until {until} at most: {holder} served last and may be dead.", until=until, holder=holder))

    with ends_politely(console, app.stopping):
        serving = Serving(app, app.stopping, standby=standby)
        serving.serve(lambda: tell(say("Serving; stop with Ctrl-C.")), waiting)
    if as_json:
        console.json({"ok": True, "runs": dict(serving.ended)})
    else:
        console.line(say("Stopped; nothing is lost."))


def stop(
    context: typer.Context,
    reason: Annotated[str, typer.Option("--reason", "-r", help=say("Why; it stands in the history."))] = "",
    release: Annotated[bool, typer.Option("--release", help=say("Go on again."))] = False,
    as_json: AsJson = False,
) -> None:
    """Stop everything, or go on again."""
    console = console_of(context)
    app = console.open_app()
    if release:
        app.store.switches.resume(f"person:{people.person()}", reason)
    else:
        app.store.switches.stop(f"person:{people.person()}", reason)
    stopped = app.store.switches.stopped()
    if as_json:
        console.json({"stopped": stopped is not None, "reason": stopped.worded(language()) if stopped else None})
    else:
        console.line(stopped.worded(language()) if stopped else say("Working again."))


def check(
    context: typer.Context,
    live: Annotated[str | None, typer.Option(help=say("Open this ERP's screens and say which locator hit."))] = None,
    seat: Annotated[
        str | None, typer.Option(help=say("Say whether a seat of this ERP can work on this machine."))
    ] = None,
    seats: Annotated[bool, typer.Option("--seats", help=say("The same for all desktop and terminal ERPs."))] = False,
    headed: Headed = False,
    as_json: AsJson = False,
) -> None:
    """Check everything that can be checked without an order; all faults at once."""
    console = console_of(context)
    faults = check_installation(console)
    hits: list[dict[str, Any]] = []
    if not faults and live is not None:
        hits = check_live(console.open_app(headed=headed), live)
        faults = [
            f"selectors/{live}/{hit['screen']}.toml: targets.{hit['target']}: {say('not found')}"
            for hit in hits
            if hit["state"] == "missing"
        ]
    seen: list[Seen] = []
    if not faults and (seats or seat is not None):
        app = console.open_app(headed=headed)
        seen = check_seats(app, seated(app) if seat is None else [seat])
    unfit = seat_faults(seen)
    if as_json:
        found = [each.record() for each in seen]
        console.json({"ok": not faults and not unfit, "faults": [*faults, *unfit], "targets": hits, "seats": found})
    else:
        if seen:
            show_seats(console, seen)
        if hits:
            columns = headings("screen", "target", "locator", "state")
            console.table(
                say("Targets"), columns, [(h["screen"], h["target"], h["locator"], word(h["state"])) for h in hits]
            )
        for fault in (*faults, *unfit):
            console.line(fault)
        count = len(faults) + len(unfit)
        console.line(say("Everything is in order.") if not count else say("Faults: {count}", count=count))
    if faults or unfit:
        sys.exit(2 if faults else 1)


def reconcile(
    context: typer.Context,
    first: Annotated[
        datetime | None, typer.Option("--from", formats=["%Y-%m-%d"], help=say("First order date."))
    ] = None,
    last: Annotated[datetime | None, typer.Option("--to", formats=["%Y-%m-%d"], help=say("Last order date."))] = None,
    out: Annotated[Path | None, typer.Option("--out", help=say("A folder that the workbooks are copied to."))] = None,
    reread: Annotated[
        bool,
        typer.Option("--reread", help=say("Open every document anew, not only those that the list shows changed.")),
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Reconcile; exit status 0 where all agrees, 1 where a break needs a person, 3 where it cannot be relied upon."""
    console = console_of(context)
    app = console.open_app()
    app.out = out
    app.reread = reread
    if first is not None or last is not None:
        zone = ZoneInfo(app.settings.zone)
        cut_over = min(erp.cut_over for erp in app.settings.erps.values())
        app.period = (
            first.date() if first else cut_over.astimezone(zone).date(),
            last.date() if last else app.clock.now().astimezone(zone).date(),
        )
        if app.period[1] < app.period[0]:
            raise typer.BadParameter(say("The last order date is before the first."))
    with console.progress(app, quiet=as_json), ends_politely(console, app.stopping):
        report = run_job(app, "reconcile")
    if report.facts.get("verdict") == Verdict.INCOMPLETE:
        show(console, report, as_json=as_json)
        raise typer.Exit(INCOMPLETE)
    tell(console, report, as_json=as_json)

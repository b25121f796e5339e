"""How does everything stand: orders, jobs, seats, hosts, and what keeps an ERP from being worked on?"""

from datetime import datetime
from typing import Annotated, Any

import typer

from bridge.app import App
from bridge.cli.languages import language
from bridge.cli.outputs import clock_time, console_of, headings, say, word
from bridge.errors import SignOnBarred
from bridge.model.guards import CircuitState
from bridge.model.postings import Posting, PostingState
from bridge.scheduler import schedule_of

NOBODY = "-"


def add_to(cli: typer.Typer) -> None:
    """Add the command."""
    cli.command("status", help=say("How everything stands."))(status)


def status(
    context: typer.Context, as_json: Annotated[bool, typer.Option("--json", help=say("Print one JSON object."))] = False
) -> None:
    """How everything stands."""
    console = console_of(context)
    app = console.open_app()
    record = standing(app)
    if as_json:
        console.json(record)
        return
    console.table(say("Orders"), headings("state", "count"), [(word(k), v) for k, v in record["states"].items()])
    jobs = [(x["job"], _clock(x["last"], app), word(x["state"]), _clock(x["next"], app)) for x in record["jobs"]]
    console.table(say("Jobs"), headings("job", "last run", "state", "next run"), jobs)
    columns = headings("ERP", "user", "host", "signed on", "orders", "MB", "order")
    names = ("erp", "user", "host", "signed_on_at", "orders", "megabytes", "order")
    seats = [[_shown(name, seat[name], app) for name in names] for seat in record["seats"]]
    console.table(say("Seats"), columns, seats)
    hosts = [(x["host"], ", ".join(x["erps"]), x["version"], _clock(x["since"], app)) for x in record["hosts"]]
    console.table(say("Hosts"), headings("host", "ERP", "version", "since"), hosts)
    console.line(say("To tell the CRM: {count}", count=record["outbox"]))
    if record["overdue"]:
        console.line(say("Past their deadline: {count}", count=record["overdue"]))
    for text in (record["stopped"], *record["closed"].values(), *record["circuits"].values()):
        if text:
            console.line(text)
    for erp, users in record["barred"].items():
        for user in users:
            console.line(SignOnBarred(erp=erp, user=user).worded(language()))


def _shown(name: str, value: Any, app: App) -> Any:
    return _clock(value, app) if name == "signed_on_at" else value


def _clock(instant: str | None, app: App) -> str:
    return clock_time(datetime.fromisoformat(instant) if instant else None, app)


def standing(app: App) -> dict[str, Any]:
    """The counts, the jobs, the seats and the switches as plain values."""
    ledger, stopped = app.store.ledger, app.store.switches.stopped()
    states = dict.fromkeys((state.value for state in PostingState), 0) | dict(ledger.counts())
    now = app.clock.now()
    backlog = ledger.backlog(now)
    return {
        "states": states,
        "oldest_waiting": backlog.oldest,
        "overdue": backlog.overdue,
        "outbox": sum(len(app.store.outbox.waiting(crm)) for crm in app.settings.crms),
        "stopped": stopped.worded(language()) if stopped else None,
        "barred": _barred(app),
        "closed": _closed(app, now),
        "circuits": _circuits(app),
        "seats": _seats(app),
        "hosts": [
            {"host": host.worker, "erps": list(host.erps), "version": host.version, "since": _stamp(host.started_at)}
            for host in app.store.hosts.hosts()
        ],
        "jobs": _jobs(app),
    }


def _barred(app: App) -> dict[str, dict[str, str]]:
    switches = app.store.switches
    found: dict[str, dict[str, str]] = {}
    for erp, settings in app.settings.erps.items():
        texts = {user: text for user in settings.seat_users if (text := switches.barred(erp, user)) is not None}
        if texts:
            found[erp] = texts
    return found


def _closed(app: App, now: datetime) -> dict[str, str]:
    reasons = {erp: app.closed(erp, now) for erp in app.settings.erps}
    return {erp: reason.worded(language()) for erp, reason in reasons.items() if reason is not None}


def _circuits(app: App) -> dict[str, str]:
    found: dict[str, str] = {}
    for erp in app.settings.erps:
        circuit = app.store.circuits.circuit(erp)
        if circuit.state is not CircuitState.CLOSED and circuit.opened is not None:
            found[erp] = circuit.opened.worded(language())
    return found


def _seats(app: App) -> list[dict[str, Any]]:
    at_work = {_key(posting): posting.reference for posting in app.store.ledger.postings(states=[PostingState.CLAIMED])}
    return [
        {
            "erp": seat.erp,
            "user": seat.user,
            "host": seat.holder,
            "signed_on_at": _stamp(seat.health.signed_on_at),
            "orders": seat.health.orders,
            "megabytes": seat.health.megabytes,
            "order": at_work.get((seat.erp, seat.user)),
        }
        for seat in app.store.seats.seats()
        if seat.erp != NOBODY
    ]


def _key(posting: Posting) -> tuple[str, str | None]:
    return posting.erp, posting.user


def _jobs(app: App) -> list[dict[str, Any]]:
    jobs = []
    for job, plan in schedule_of(app).items():
        last = next(iter(app.store.runs.runs(job, most=1)), None)
        following = plan.trigger(app.settings.zone).get_next_fire_time(None, app.clock.now())
        jobs.append(
            {
                "job": job,
                "last": _stamp(last.planned_at) if last else None,
                "state": last.state if last else None,
                "next": _stamp(following),
            }
        )
    return jobs


def _stamp(moment: datetime | None) -> str | None:
    return moment.isoformat(timespec="seconds") if moment else None

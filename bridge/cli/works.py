"""How does a further machine join in? It carries orders of one ledger, and keeps no schedule of its own."""

from typing import Annotated

import typer

from bridge.cli.interruptions import ends_politely
from bridge.cli.outputs import console_of, say
from bridge.errors import LedgerNotShared

LOOK = 0.5


def add_to(cli: typer.Typer) -> None:
    """Add the command."""
    cli.command("work", help=say("Carry orders on this machine until stopped, for a ledger on PostgreSQL."))(work)


def work(
    context: typer.Context,
    erp: Annotated[list[str] | None, typer.Option(help=say("Only this ERP."))] = None,
    seats: Annotated[int | None, typer.Option(min=1, help=say("At most so many ERP users at once here."))] = None,
    headed: Annotated[bool, typer.Option("--headed", help=say("Show the browser."))] = False,
    as_json: Annotated[bool, typer.Option("--json", help=say("Print one JSON object."))] = False,
) -> None:
    """Carry until SIGTERM, Ctrl-C or Ctrl-Break; the orders at hand are finished first."""
    console = console_of(context)
    app = console.open_app(headed=headed)
    if not app.settings.is_shared:
        raise LedgerNotShared(path=app.settings.ledger_url)
    names = erp or list(app.settings.erps)
    for name in names:
        app.erp(name)
    with ends_politely(console, app.stopping):
        with app.carrying(dict.fromkeys(names, seats)) as host:
            tell = console.note if as_json else console.line
            tell(say("Working as {host}; stop with Ctrl-C.", host=app.worker))
            while not app.stopping.wait(LOOK):
                pass
        ended = dict(host.load.ended)
    if as_json:
        console.json({"ok": True, "ended": ended})
    else:
        console.line(say("Stopped; nothing is lost."))

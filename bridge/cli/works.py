"""How does a further machine join in? It carries orders of one ledger, and keeps no schedule of its own."""

from collections.abc import Sequence
from enum import StrEnum
from typing import Annotated

import typer

from bridge.app import App
from bridge.cli.interruptions import ends_politely
from bridge.cli.outputs import console_of, say
from bridge.errors import InvalidConfig, LedgerNotShared
from bridge.locale import Phrase, fault

LOOK = 0.5


class Surface(StrEnum):
    """How ERPs are worked."""

    WEB = "web"
    DESKTOP = "desktop"
    TERMINAL = "terminal"


def add_to(cli: typer.Typer) -> None:
    """Add the command."""
    cli.command("work", help=say("Carry orders on this machine until stopped, for a ledger on PostgreSQL."))(work)


def work(
    context: typer.Context,
    erp: Annotated[list[str] | None, typer.Option(help=say("Only this ERP."))] = None,
    surface: Annotated[list[Surface] | None, typer.Option(help=say("Only ERPs of this surface."))] = None,
    seats: Annotated[int | None, typer.Option(min=1, help=say("At most so many ERP users at once here."))] = None,
    headed: Annotated[bool, typer.Option("--headed", help=say("Show the browser."))] = False,
    as_json: Annotated[bool, typer.Option("--json", help=say("Print one JSON object."))] = False,
) -> None:
    """Carry until SIGTERM, Ctrl-C or Ctrl-Break; the orders at hand are finished first."""
    console = console_of(context)
    app = console.open_app(headed=headed)
    if not app.settings.is_shared:
        raise LedgerNotShared(path=app.settings.ledger_url)
    names = chosen(app, erp or (), surface or ())
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


def chosen(app: App, erps: Sequence[str], surfaces: Sequence[str]) -> list[str]:
    """The ERPs that are worked on here: these, else all, and of them those of these surfaces, else of any.

    Raises InvalidConfig for an ERP that is not configured, and where none is left.
    """
    named = list(erps or app.settings.erps)
    names = [name for name in named if app.profile(name).surface in (surfaces or set(Surface))]
    if not names:
        what = Phrase("no ERP is of the surface {surface}", surface=", ".join(surfaces))
        raise InvalidConfig.of([fault("--surface", what)])
    return names

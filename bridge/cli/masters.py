"""What does an installation know that no screen shows? Its code tables, and the moment it answers from."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from bridge.cli.orders import person
from bridge.cli.outputs import console_of, say

codes = typer.Typer(no_args_is_help=True, pretty_exceptions_enable=False)

Erp = Annotated[str, typer.Argument(help=say("The ERP."))]
File = Annotated[Path, typer.Argument(help=say("A CSV file with the columns kind, crm_code and erp_code."))]
AsJson = Annotated[bool, typer.Option("--json", help=say("Print one JSON object."))]


@codes.command("read", help=say("Replace an ERP's code table by a file; all of it or nothing."))
def read_codes(context: typer.Context, erp: Erp, path: File, as_json: AsJson = False) -> None:
    """CRM code to ERP code for customers, items, units and currencies; what is not listed has the same code."""
    console = console_of(context)
    app = console.open_app()
    app.erp(erp)
    rows = app.store.cross_references.read_csv(erp, path)
    if as_json:
        console.json({"erp": erp, "rows": rows})
    else:
        console.line(say("Codes of {erp} in force: {count}.", count=rows, erp=erp))


@codes.command("write", help=say("Write an ERP's code table to a file."))
def write_codes(context: typer.Context, erp: Erp, path: File, as_json: AsJson = False) -> None:
    """The table as it is in force."""
    console = console_of(context)
    app = console.open_app()
    app.erp(erp)
    rows = app.store.cross_references.write_csv(erp, path)
    if as_json:
        console.json({"erp": erp, "rows": rows})
    else:
        console.line(say("Codes of {erp} written: {count}.", count=rows, erp=erp))


def add_to(cli: typer.Typer) -> None:
    """Add these commands."""
    cli.add_typer(codes, name="codes", help=say("The codes an ERP uses for the CRM's."))
    cli.command(
        "cut-over", help=say("Set the moment from which orders are entered here, after a restore for example.")
    )(cut_over)


def cut_over(
    context: typer.Context,
    erp: Erp,
    moment: Annotated[
        datetime | None,
        typer.Argument(formats=["%Y-%m-%d", "%Y-%m-%dT%H:%M:%SZ"], help=say("The moment in UTC; none shows it.")),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """From then on the first order of each customer is compared with look-alikes in the ERP again."""
    console = console_of(context)
    app = console.open_app()
    settings = app.erp(erp)
    if moment is not None:
        app.store.switches.set_cut_over(erp, moment.replace(tzinfo=UTC), person())
    now = app.store.switches.cut_over(erp) or settings.cut_over
    if as_json:
        console.json({"erp": erp, "cut_over": now.isoformat()})
    else:
        console.line(say("{erp}: orders are entered here since {moment}.", erp=erp, moment=now.isoformat()))

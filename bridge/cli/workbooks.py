"""What does finance do with a workbook after it was issued: comment, sign, close the period, doubt it?"""

from datetime import datetime
from pathlib import Path
from typing import Annotated, Any
from zoneinfo import ZoneInfo

import typer

from bridge.app import App
from bridge.cli import people
from bridge.cli.languages import language
from bridge.cli.outputs import clock_time, console_of, headings, say, word
from bridge.model.statements import Role, Statement

group = typer.Typer(no_args_is_help=True, pretty_exceptions_enable=False)
AsJson = Annotated[bool, typer.Option("--json", help=say("Print one JSON object."))]
Which = Annotated[str, typer.Argument(help=say("A workbook, or the run it names."))]
ErpName = Annotated[str | None, typer.Option("--erp", help=say("Only this ERP."))]


@group.command("list", help=say("The statements that were issued, the newest first."))
def listed(
    context: typer.Context,
    erp: ErpName = None,
    most: Annotated[int, typer.Option(help=say("How many at most."))] = 50,
    as_json: AsJson = False,
) -> None:
    """List statements with their verdicts and who signed."""
    console = console_of(context)
    app = console.open_app()
    rows = []
    for each in app.store.statements.statements(erp, most):
        signs = [s for s in app.store.annotations.sign_offs(each.erp, each.first, each.last) if s.run == each.run]
        rows.append(_record(each) | {"signed": [f"{word(s.role)}: {s.person}" for s in signs]})
    if as_json:
        console.json({"statements": rows})
        return
    columns = headings("ERP", "period", "version", "verdict", "breaks", "issued", "signed", "run")
    console.table(say("Statements"), columns, [_cells(row, app) for row in rows])


def _record(statement: Statement) -> dict[str, Any]:
    return {
        "run": statement.run,
        "erp": statement.erp,
        "kind": statement.kind.value,
        "number": statement.number,
        "first": str(statement.first),
        "last": str(statement.last),
        "version": statement.version,
        "verdict": statement.verdict.value,
        "breaks": statement.open_items,
        "workbook": statement.workbook,
        "issued_at": statement.issued_at,
    }


def _cells(row: dict[str, Any], app: App) -> tuple[object, ...]:
    period = f"{row['first']} - {row['last']}"
    issued = clock_time(row["issued_at"], app)
    said = (word(row["verdict"]), row["breaks"], issued, ", ".join(row["signed"]), row["run"])
    return (row["erp"], period, row["version"], *said)


@group.command("upload", help=say("Take the comments of a workbook that people wrote into."))
def upload(
    context: typer.Context,
    path: Annotated[Path, typer.Argument(help=say("The workbook."))],
    as_json: AsJson = False,
) -> None:
    """Take what may be taken; exit status 0 only where that is all of it."""
    from bridge.offices import office_of  # late, since pandas takes half a second to load
    from bridge.reports.receptions import received

    console = console_of(context)
    app = console.open_app()
    taken = received(path, office_of(app), people.person(), app.clock.now())
    refusals = taken.edits.refusals
    if as_json:
        told = [{"row": r.row, "item": r.item_id, "field": r.field, "why": r.why.worded(language())} for r in refusals]
        files = {"kept": str(taken.kept), "unread": list(taken.unread)}
        console.json({"taken": len(taken.edits.notes), "refused": told, **files})
    else:
        console.line(say("Taken: {count}.", count=len(taken.edits.notes)))
        for each in refusals:
            where = say("row {row}, column {column}", row=each.row, column=word(each.field) if each.field else "-")
            console.line(f"{where}: {each.why.worded(language())}")
        if taken.unread:
            console.line(say("Not read, since they are your own: {sheets}.", sheets=", ".join(taken.unread)))
        if refusals:
            kept = say("Not taken: {count}. The file is kept as {path}.", count=len(refusals), path=str(taken.kept))
            console.line(kept)
    if refusals:
        raise typer.Exit(1)


@group.command("sign", help=say("Sign a statement as preparer or as reviewer."))
def sign(
    context: typer.Context,
    which: Which,
    role: Annotated[Role, typer.Option("--as", help=say("As what."))],
    as_json: AsJson = False,
) -> None:
    """Sign for the values of a statement."""
    from bridge.offices import office_of
    from bridge.reports.receptions import statement_named
    from bridge.reports.signings import signed

    console = console_of(context)
    app = console.open_app()
    office, path = office_of(app), Path(which)
    statement = statement_named(path, office) if path.is_file() else app.store.statements.statement(which)
    done = signed(statement, role, people.person(), office, app.clock.now())
    if as_json:
        console.json({"run": done.run, "role": done.role.value, "person": done.person, "at": done.at})
    else:
        console.line(say("Signed by {person} ({role}).", person=done.person, role=word(done.role)))


@group.command("verify", help=say("Are all statements as they were issued, and linked to each other?"))
def verify(context: typer.Context, erp: ErpName = None, as_json: AsJson = False) -> None:
    """Name every file that is gone or changed and every broken link; exit status 0 where there is none."""
    from bridge.offices import office_of
    from bridge.reports.replays import chain_findings

    console = console_of(context)
    app = console.open_app()
    office = office_of(app)
    erps = [erp] if erp else list(app.settings.erps)
    found = [(each, what) for name in erps for each, what in chain_findings(office, name)]
    count = sum(len(app.store.statements.statements(name)) for name in erps)
    if as_json:
        told = [{"run": each.run, "workbook": each.workbook, "what": what.worded(language())} for each, what in found]
        console.json({"intact": not found, "statements": count, "findings": told})
    else:
        for each, what in found:
            console.line(f"{each.workbook}: {what.worded(language())}")
        whole = say("Statements: {count}. All are as they were issued.", count=count)
        console.line(whole if not found else say("Statements: {count}. Not all are as they were issued.", count=count))
    if found:
        raise typer.Exit(1)


@group.command("replay", help=say("Make a statement again from its inputs, and compare it to the byte."))
def replay(context: typer.Context, which: Which, as_json: AsJson = False) -> None:
    """Make it again beside; exit status 0 where workbook and manifest are the same."""
    from bridge.offices import office_of
    from bridge.reports.replays import replayed

    console = console_of(context)
    app = console.open_app()
    again = replayed(_statement(app, which), office_of(app))
    if as_json:
        told = {"workbook": again.workbook, "manifest": again.manifest, "other_versions": again.other_versions}
        console.json({"same": again.same, **told})
    else:
        same = say("It came out the same, to the byte.")
        console.line(same if again.same else say("It did not come out the same."))
        for each in again.other_versions:
            console.line(say("Another version now: {version}", version=each))
    if not again.same:
        raise typer.Exit(1)


@group.command("lock", help=say("Close the books of an ERP through a day; --open opens them again."))
def lock(
    context: typer.Context,
    erp: Annotated[str, typer.Option("--erp", help=say("The ERP."))],
    through: Annotated[
        datetime | None, typer.Option("--through", formats=["%Y-%m-%d"], help=say("The last day that is closed."))
    ] = None,
    reason: Annotated[str, typer.Option("--reason", "-r", help=say("Why; it stands in the history."))] = "",
    opens: Annotated[bool, typer.Option("--open", help=say("Open the books again."))] = False,
    as_json: AsJson = False,
) -> None:
    """Close a period: from then on it is only verified, and its breaks are marked as of a prior period."""
    console = console_of(context)
    app = console.open_app()
    app.erp(erp)
    if (through is None) != opens or not reason:
        raise typer.BadParameter(say("Give --through or --open, and a --reason."))
    if through is not None and through.date() > app.clock.now().astimezone(ZoneInfo(app.settings.zone)).date():
        raise typer.BadParameter(say("A day that is still to come cannot be closed."))
    done = app.store.annotations.lock(erp, through.date() if through else None, people.person(), reason)
    if as_json:
        console.json({"erp": erp, "through": done.through, "person": done.person})
    else:
        closed = say("{erp}: the books are closed through {day}.", erp=erp, day=str(done.through))
        console.line(closed if done.through else say("{erp}: the books are open.", erp=erp))


@group.command("notes", help=say("All that was ever written beside one break."))
def notes(
    context: typer.Context,
    item: Annotated[str, typer.Argument(help=say("The item id, as it stands in the workbook."))],
    erp: Annotated[str, typer.Option("--erp", help=say("The ERP."))],
    as_json: AsJson = False,
) -> None:
    """List the notes of one break, oldest first."""
    console = console_of(context)
    app = console.open_app()
    history = app.store.annotations.history(erp, item)
    if as_json:
        told = [{"field": n.field.value, "value": n.value, "author": n.author, "at": n.at} for n in history]
        console.json({"notes": told})
        return
    rows = [(clock_time(note.at, app), note.author, word(note.field), note.value) for note in history]
    console.table(say("Notes"), headings("at", "author", "field", "value"), rows)


def _statement(app: App, which: str) -> Statement:
    path = Path(which)
    if not path.is_file():
        return app.store.statements.statement(which)
    from bridge.reports.uploads import run_of, uploaded

    return app.store.statements.statement(run_of(uploaded(path)))

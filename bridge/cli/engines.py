"""Which tasks does the engine carry, and how are they made anew from the ledger?"""

from typing import Annotated

import typer

from bridge.cli.outputs import console_of, headings, say, word
from bridge.ports import Engine

group = typer.Typer(no_args_is_help=True, pretty_exceptions_enable=False)
AsJson = Annotated[bool, typer.Option("--json", help=say("Print one JSON object."))]


@group.command("tasks", help=say("List the attempts that wait or are carried, on every host."))
def tasks(context: typer.Context, as_json: AsJson = False) -> None:
    """List the engine's tasks."""
    console = console_of(context)
    app = console.open_app()
    found = app.engine().tasks()
    if as_json:
        console.json({"tasks": [{"task": task.id, "host": task.host, "state": task.state} for task in found]})
        return
    rows = [(task.id, task.host, word(task.state)) for task in found]
    console.table(say("Tasks"), headings("task", "host", "state"), rows)


@group.command("rebuild", help=say("Throw the engine's tables away; hosts refill them from the ledger."))
def rebuild(context: typer.Context, as_json: AsJson = False) -> None:
    """Throw the tables away; what is being carried goes on, and what waited is queued again by its host."""
    console = console_of(context)
    app = console.open_app()
    engine: Engine = app.engine()
    dropped = engine.throw_away()
    waiting = sum(len(app.store.ledger.due(erp, app.clock.now())) for erp in app.settings.erps)
    if as_json:
        console.json({"ok": True, "dropped": dropped, "waiting": waiting})
    else:
        console.line(say("Tasks dropped: {count}; orders that are due: {waiting}.", count=dropped, waiting=waiting))

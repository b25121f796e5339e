"""What can be asked for on the command line? Exit status 0 only where what was asked is true."""

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from bridge.cli import chaos, demos, engines, evidence, masters, orders, playgrounds, runs, standings, workbooks, works
from bridge.cli.languages import language
from bridge.cli.outputs import Console, console_of, say
from bridge.cli.streams import never_fail
from bridge.errors import BridgeError, InvalidConfig, SecretMissing, Unexpected
from bridge.log import logger

NOT_TRUE = 1
NOT_POSSIBLE = 2

cli = typer.Typer(
    name="erpbridge",
    help=say("Types CRM orders into ERPs that have no API: never twice, never lost, never guessed."),
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)
cli.add_typer(orders.group, name="orders", help=say("Look at orders and decide about them."))
cli.add_typer(evidence.group, name="evidence", help=say("Check the screenshots and their chain."))
cli.add_typer(engines.group, name="engine", help=say("Look at the tasks that carry attempts, or make them anew."))
cli.add_typer(workbooks.group, name="workbook", help=say("Comment, sign, close and doubt what was issued to finance."))
runs.add_to(cli)
works.add_to(cli)
standings.add_to(cli)
masters.add_to(cli)
playgrounds.add_to(cli)
demos.add_to(cli)
chaos.add_to(cli)


@cli.callback()
def everywhere(
    context: typer.Context,
    config: Annotated[Path | None, typer.Option(help=say("The configuration file."))] = None,
    verbose: Annotated[bool, typer.Option("--verbose", "-v", help=say("Tell more on standard error."))] = False,
) -> None:
    """Options of every command."""
    console = console_of(context)
    console.config, console.verbose = config, verbose
    context.obj = console


def run(arguments: Sequence[str] | None = None) -> None:
    """Run a command, to its exit status."""
    never_fail()
    given = list(sys.argv[1:] if arguments is None else arguments)
    console = Console(wants_json="--json" in given)
    try:
        cli(given, obj=console)
    except SystemExit as end:
        if end.code == NOT_POSSIBLE:
            _answer(console, "usage", say("The command line is not understood."))
        raise
    except BridgeError as error:
        _answer(console, error.code, error.worded(language()))
        console.fail(error)
        sys.exit(NOT_POSSIBLE if isinstance(error, InvalidConfig | SecretMissing) else NOT_TRUE)
    except Exception as error:  # noqa: BLE001 - the last one to speak: one sentence instead of a trace
        logger.opt(exception=error).debug("unexpected")
        unexpected = Unexpected(what=f"{type(error).__name__}: {error}")
        _answer(console, unexpected.code, unexpected.worded(language()))
        console.fail(unexpected)
        sys.exit(NOT_TRUE)
    finally:
        console.close()


def _answer(console: Console, code: str, text: str) -> None:
    """Whoever asked for one JSON object gets one, whatever happens."""
    if console.wants_json and not console.answered:
        console.json({"ok": False, "error": code, "text": text})

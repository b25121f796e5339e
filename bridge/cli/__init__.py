"""What is typed into a terminal? Commands are imported when one is run: a seat imports what its parent was."""

from collections.abc import Sequence


def main(arguments: Sequence[str] | None = None) -> None:
    """Run a command; an error is one sentence in the reader's language and the right exit status."""
    from bridge.cli.commands import run

    run(arguments)

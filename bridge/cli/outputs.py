"""How does the command line speak? Tables and bars for people, one JSON object for programs."""

import json
import os
import sys
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import typer
from rich.console import Console as RichConsole
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

from bridge.app import App
from bridge.cli.languages import headings, language, say, speak, word
from bridge.cli.streams import can_show
from bridge.errors import BridgeError, FileUnreadable
from bridge.job_reports import JobReport
from bridge.locale import language_of_reader
from bridge.log import start_log
from bridge.settings import config_path, load_settings

__all__ = ["Console", "cells", "clock_time", "console_of", "headings", "say", "word"]


WIDE = 200  # columns; in a file no table need be folded into the 80 of an old terminal


def _width() -> int | None:
    """How wide a table may be; None for as wide as the terminal."""
    return None if sys.stdout.isatty() or "COLUMNS" in os.environ else WIDE


@dataclass
class Console:
    """One invocation's way of speaking."""

    config: Path | None = None
    verbose: bool = False
    wants_json: bool = False

    def __post_init__(self) -> None:
        self.out = RichConsole(highlight=False, markup=False, emoji=False, width=_width())
        self.err = RichConsole(stderr=True, highlight=False, markup=False, emoji=False)
        self.answered = False
        self._opened: list[App] = []

    def open_app(self, *, headed: bool = False) -> App:
        """The installation, with its log begun; it is closed with the console."""
        settings = load_settings(config_path(self.config))
        speak(settings.language)
        app = App(settings.model_copy(update={"language": language_of_reader(settings.language)}), headed=headed)
        try:
            start_log(app.data / "log", verbose=self.verbose)
        except OSError as error:
            raise FileUnreadable(path=str(app.data), why=error.strerror or str(error)) from error
        self._opened.append(app)
        return app

    def close(self) -> None:
        """Close what was opened."""
        for app in self._opened:
            app.close()

    def json(self, record: Mapping[str, Any]) -> None:
        """One object on standard output, and nothing else there; escaped where the stream could not hold it."""
        text = json.dumps(record, ensure_ascii=False, default=str)
        if not can_show(text, sys.stdout):
            text = json.dumps(record, default=str)
        self.answered = True
        sys.stdout.write(text + "\n")
        sys.stdout.flush()

    def line(self, text: str) -> None:
        """What a person is told; what the text holds is text, never mark-up and never an order to the terminal."""
        self.out.print(_lines(text), soft_wrap=True)

    def table(self, title: str, columns: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
        """A table for a person."""
        table = Table(title=Text(cells(title)), title_justify="left")
        for column in columns:
            table.add_column(Text(column), overflow="fold")
        for row in rows:
            table.add_row(*(Text(cells(value)) for value in row))
        self.out.print(table)

    def note(self, text: str) -> None:
        """What a person is told beside what was asked for, on standard error."""
        self.err.print(_lines(text), soft_wrap=True)

    def fail(self, error: BridgeError) -> None:
        """One sentence on standard error."""
        self.err.print(_lines(error.worded(language()), "red"), soft_wrap=True)

    def report(self, report: JobReport) -> None:
        """What a job did, for a person."""
        counted = ", ".join(f"{word(name)} {count}" for name, count in report.counts.items())
        if counted or report.ok:
            self.line(f"{report.job}: {counted or say('nothing to do')}")
        for trouble in report.troubles:
            self.err.print(_lines(trouble, "red"), soft_wrap=True)

    @contextmanager
    def progress(self, app: App, *, quiet: bool = False) -> Iterator[None]:
        """A bar on standard error while inside, where that is a terminal."""
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
        hidden = quiet or not self.err.is_terminal
        with Progress(*columns, console=self.err, disable=hidden, transient=True) as progress:
            tasks: dict[str, TaskID] = {}

            def tell(what: str, done: int, total: int) -> None:
                task = tasks.setdefault(what, progress.add_task(what, total=None) if what not in tasks else tasks[what])
                progress.update(task, completed=done, total=total or None)

            app.progress = tell
            yield


def console_of(context: typer.Context) -> Console:
    """The console of this invocation."""
    console = context.obj
    return console if isinstance(console, Console) else Console()


def cells(value: object) -> str:
    """A value as the text of a cell; what cannot be printed shows as a mark."""
    text = "" if value is None else str(value)
    return "".join(_shown(character) for character in text)


def clock_time(moment: datetime | None, app: App) -> str:
    """A moment as the company's clocks show it, to the second; the zone is the installation's."""
    return f"{moment.astimezone(ZoneInfo(app.settings.zone)):%Y-%m-%d %H:%M:%S}" if moment else "-"


def _lines(text: str, style: str = "") -> Text:
    return Text("\n".join(cells(line) for line in text.split("\n")), style=style)


def _shown(character: str) -> str:
    """A wide blank is printable to a Chinese reader, whatever Python says of it."""
    if character.isprintable() or unicodedata.category(character) == "Zs":
        return character
    return " " if character == "\n" else "\N{REPLACEMENT CHARACTER}"

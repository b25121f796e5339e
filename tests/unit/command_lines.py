"""What does the command line answer? Run in this process, with what it wrote and the status it left with."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from bridge.cli import main
from bridge.log import logger


@dataclass(frozen=True)
class Said:
    """What a command wrote to standard output and standard error, and its exit status."""

    status: int
    out: str
    err: str

    @property
    def record(self) -> dict[str, Any]:
        """The one JSON object on standard output, on a line of its own and with nothing beside it."""
        (line,) = self.out.splitlines()
        found: dict[str, Any] = json.loads(line)
        return found

    @property
    def sentence(self) -> str:
        """The one sentence on standard error."""
        (line,) = self.err.splitlines()
        return line


class CommandLine:
    """`erpbridge --config …`, as a person would type it."""

    def __init__(self, config: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.config = config
        self._capsys = capsys

    def __call__(self, *arguments: object) -> Said:
        """Run a command."""
        self._capsys.readouterr()
        status = 0
        try:
            main(["--config", str(self.config), *map(str, arguments)])
        except SystemExit as end:
            status = int(end.code or 0)
        finally:
            logger.remove()
        return Said(status, *self._capsys.readouterr())


@contextmanager
def speaking(language: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The reader's language, while inside."""
    with monkeypatch.context() as patch:
        patch.setenv("ERPBRIDGE_LANGUAGE", language)
        yield

"""What is written down while it works? Lines with the run and the order they belong to, never with a secret."""

import sys
from pathlib import Path

from loguru import logger

FORMAT = "{time:YYYY-MM-DDTHH:mm:ss.SSSZZ!UTC} {level: <7} {extra[run]} {extra[order]} {message}"


def start_log(folder: Path | None, *, verbose: bool = False) -> None:
    """Log to a daily file as JSON lines, and warnings to standard error; CRM text cannot break a line of either."""
    logger.remove()
    logger.configure(extra={"run": "-", "order": "-"}, patcher=_one_line)
    logger.add(
        sys.stderr, level="DEBUG" if verbose else "WARNING", format=FORMAT, diagnose=False, backtrace=False, catch=True
    )
    if folder is not None:
        folder.mkdir(parents=True, exist_ok=True)
        logger.add(
            folder / "erpbridge-{time:YYYY-MM-DD}.jsonl",
            serialize=True,
            rotation="00:00",
            retention=30,
            encoding="utf-8",
            diagnose=False,
            backtrace=False,
        )


def _one_line(record: object) -> None:
    message = record["message"]  # type: ignore[index]
    record["message"] = "".join(c if c.isprintable() else " " for c in message)  # type: ignore[index]


__all__ = ["logger", "start_log"]

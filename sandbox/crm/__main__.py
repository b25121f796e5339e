"""Starts the toy CRM from the command line: `python -m sandbox.crm --port 0 --database crm.sqlite`."""

import argparse
import json
import os
import signal
import sqlite3
import sys
import threading
from collections.abc import Sequence
from pathlib import Path

from sandbox.crm.servers import CONTROL_KEY, KEY, CrmServer

_LOOK_UP = 0.5  # seconds: Windows delivers signals only between waits


def main(arguments: Sequence[str] | None = None) -> int:
    """Serve until told to stop; prints one JSON line with url and pid when ready. 2 when it cannot start."""
    wishes = _parser().parse_args(arguments)
    stop = threading.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_: stop.set())
    try:
        server = CrmServer(
            wishes.database,
            port=wishes.port,
            key=wishes.key,
            control_key=wishes.control_key,
            echo=wishes.echo,
        )
    except (OSError, sqlite3.Error) as error:
        sys.stderr.write(f"The CRM cannot start: {error}\n")
        return 2
    with server:
        sys.stdout.write(json.dumps({"url": server.url, "pid": os.getpid()}) + "\n")
        sys.stdout.flush()
        if wishes.until_stdin_closes:
            threading.Thread(target=_watch_stdin, args=(stop,), daemon=True).start()
        while not stop.wait(_LOOK_UP):
            pass
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m sandbox.crm", description="A toy CRM on 127.0.0.1.")
    parser.add_argument("--port", type=int, default=0, help="0 (default) takes any free one")
    parser.add_argument("--database", type=Path, required=True, help="SQLite file; made when absent")
    parser.add_argument("--key", default=KEY, help="Bearer key of /api (default: %(default)s)")
    parser.add_argument("--control-key", default=CONTROL_KEY, help="key of /control (default: %(default)s)")
    parser.add_argument("--echo", action="store_true", help="a write-back moves changed_at, as in many CRMs")
    parser.add_argument("--until-stdin-closes", action="store_true", help="end when standard input ends")
    return parser


def _watch_stdin(stop: threading.Event) -> None:
    """Wait for the end of standard input; read by descriptor, because a buffer's lock would outlive the exit."""
    try:
        while os.read(0, 4096):
            pass
    except OSError:
        pass
    stop.set()


if __name__ == "__main__":
    sys.exit(main())

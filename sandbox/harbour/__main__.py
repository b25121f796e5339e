"""How is Harbour started? `python -m sandbox.harbour --port 0 --database PATH`; see the README.md here."""

import argparse
import json
import os
import signal
import sys
import threading
from decimal import Decimal
from pathlib import Path
from types import FrameType

from werkzeug.serving import BaseWSGIServer

from sandbox.harbour.launches import launched
from sandbox.harbour.options import Options
from sandbox.harbour.releases import RELEASES


def main(arguments: list[str] | None = None) -> None:
    """Serve until told to stop; one line of JSON on stdout says when and where."""
    given = _parser().parse_args(arguments)
    options = Options(
        database=given.database,
        release=given.release,
        encoding=given.encoding,
        idle_seconds=given.idle_seconds,
        control_key=given.control_key,
        access_log=given.access_log,
        vat_percent=given.vat_percent,
    )
    with launched(options, port=given.port, seed=given.seed) as server:
        _serve(server, until_stdin_closes=given.until_stdin_closes)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m sandbox.harbour", description="A toy of an old web ERP.")
    parser.add_argument("--port", type=int, default=0, help="0 takes any free port of 127.0.0.1")
    parser.add_argument("--database", type=Path, required=True, help="SQLite file, made when missing")
    parser.add_argument("--seed", type=Path, help="JSON file with lists customers, items, users")
    parser.add_argument("--control-key", default="", help="opens /control/ for requests with X-Control-Key")
    parser.add_argument("--release", choices=sorted(RELEASES), default="7.2")
    parser.add_argument("--encoding", choices=["cp1252", "latin-1", "utf-8"], default="cp1252", type=_encoding)
    parser.add_argument("--idle-seconds", type=float, default=900.0, help="an unused session ends after this")
    parser.add_argument("--vat-percent", type=Decimal, default=Decimal(0), help="charged on every order")
    parser.add_argument("--access-log", type=Path, help="file for one line per request: METHOD path status")
    parser.add_argument("--until-stdin-closes", action="store_true", help="stop when the parent is gone")
    return parser


def _encoding(name: str) -> str:
    # browsers read latin-1 as windows-1252
    return {"latin-1": "cp1252", "iso-8859-1": "cp1252", "utf8": "utf-8"}.get(name.lower(), name.lower())


def _serve(server: BaseWSGIServer, *, until_stdin_closes: bool) -> None:
    def stop(_signum: int, _frame: FrameType | None) -> None:
        # shutdown waits for the loop, which this very thread runs or is about to run
        threading.Thread(target=server.shutdown).start()

    for signum in (signal.SIGTERM, signal.SIGINT):
        signal.signal(signum, stop)
    if until_stdin_closes:
        threading.Thread(target=_await_end_of_stdin, args=(server,), daemon=True).start()
    print(json.dumps({"url": f"http://127.0.0.1:{server.port}", "pid": os.getpid()}), flush=True)  # noqa: T201 - the parent reads it
    server.serve_forever(poll_interval=0.05)


def _await_end_of_stdin(server: BaseWSGIServer) -> None:
    # os.read, as a thread inside sys.stdin's own lock aborts the interpreter when it ends
    while os.read(sys.stdin.fileno(), 4096):
        pass
    server.shutdown()


if __name__ == "__main__":
    main()

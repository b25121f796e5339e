"""How is Granite started? `python -m sandbox.granite desk` and `python -m sandbox.granite office`; see README.md."""

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

from sandbox.granite.offices import office
from sandbox.granite.releases import RELEASES
from sandbox.granite.words import SKINS


def main(arguments: list[str] | None = None) -> None:
    """Run a desk or the office until told to stop."""
    given = _parser().parse_args(arguments)
    given.run(given)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m sandbox.granite", description="A toy of an old desktop ERP.")
    kinds = parser.add_subparsers(required=True)
    desk = kinds.add_parser("desk", help="one client program with windows")
    desk.set_defaults(run=_desk)
    desk.add_argument("--skin", choices=SKINS, default="en")
    desk.add_argument("--theme", default="default", help="default, clam, alt or dark")
    desk.add_argument("--font", default="", help="a family; the toolkit's own where none is named")
    desk.add_argument("--font-size", type=int, default=10, help="in points")
    desk.add_argument("--scale", type=float, default=1.0, help="how much larger everything is")
    desk.add_argument("--position", default="", help="where the first window opens, such as +100+80")
    desk.add_argument("--release", choices=sorted(RELEASES), default="5.1")
    back = kinds.add_parser("office", help="no window: the control door, and what is booked late")
    back.set_defaults(run=_office)
    back.add_argument("--control-key", required=True, help="opens /control/ for requests with X-Control-Key")
    back.add_argument("--port", type=int, default=0, help="0 takes any free port of 127.0.0.1")
    back.add_argument("--seed", type=Path, help="JSON file with lists customers, items, users")
    back.add_argument("--vat-percent", type=Decimal, default=Decimal(0), help="charged on every order")
    for each in (desk, back):
        each.add_argument("--database", type=Path, required=True, help="SQLite file, made when missing")
        each.add_argument("--until-stdin-closes", action="store_true", help="stop when the parent is gone")
    return parser


def _desk(given: argparse.Namespace) -> None:
    # an office runs where there are no windows, and no toolkit for them
    from sandbox.granite.desks import Options
    from sandbox.granite.launches import run_desk
    from sandbox.granite.looks import Taste

    taste = Taste(skin=given.skin, theme=given.theme, font=given.font, font_size=given.font_size, scale=given.scale)
    options = Options(database=given.database, release=given.release, taste=taste, position=given.position)
    run_desk(options, until_stdin_closes=given.until_stdin_closes)


def _office(given: argparse.Namespace) -> None:
    opened = office(given.database, given.control_key, port=given.port, seed=given.seed, vat_percent=given.vat_percent)
    with opened as server:
        _serve(server, until_stdin_closes=given.until_stdin_closes)


def _serve(server: BaseWSGIServer, *, until_stdin_closes: bool) -> None:
    def stop(_signum: int, _frame: FrameType | None) -> None:
        # shutdown waits for the loop, which this very thread runs or is about to run
        threading.Thread(target=server.shutdown).start()

    for signum in (signal.SIGTERM, signal.SIGINT):
        signal.signal(signum, stop)
    if until_stdin_closes:
        threading.Thread(target=_await_end_of_stdin, args=(server,), daemon=True).start()
    told = {"url": f"http://127.0.0.1:{server.port}", "pid": os.getpid()}
    print(json.dumps(told), flush=True)  # noqa: T201 - the parent reads it
    server.serve_forever(poll_interval=0.05)


def _await_end_of_stdin(server: BaseWSGIServer) -> None:
    # os.read, as a thread inside sys.stdin's own lock aborts the interpreter when it ends
    while os.read(sys.stdin.fileno(), 4096):
        pass
    server.shutdown()


if __name__ == "__main__":
    main()

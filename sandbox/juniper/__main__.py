"""How is Juniper started? `python -m sandbox.juniper --database PATH`; see the README.md here."""

import argparse
import asyncio
import json
import os
import signal
import sys
import threading
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

from sandbox.juniper.launches import launched
from sandbox.juniper.options import ENCODINGS, LANGUAGES, RELEASES, Options


def main(arguments: list[str] | None = None) -> None:
    """Serve until told to stop; one line of JSON on stdout says when and where."""
    asyncio.run(_serve(_parser().parse_args(arguments)))


def installation(name: str) -> argparse.ArgumentParser:
    """The options of whatever opens the books of a Juniper."""
    parser = argparse.ArgumentParser(prog=f"python -m {name}", description="A toy of an old terminal ERP.")
    parser.add_argument("--database", type=Path, required=True, help="SQLite file, made when missing")
    parser.add_argument("--seed", type=Path, help="JSON file with lists customers, items, users")
    parser.add_argument("--release", choices=RELEASES, default="4.1")
    parser.add_argument("--encoding", choices=ENCODINGS, default="utf-8", help="of the line and the books")
    parser.add_argument("--language", choices=LANGUAGES, default="en")
    parser.add_argument("--type-ahead", action="store_true", help="keep what is typed while the host works")
    parser.add_argument("--host-seconds", type=float, default=0.02, help="the least time the host works on a key")
    parser.add_argument("--vat-percent", type=Decimal, default=Decimal(0), help="charged on every order")
    return parser


def options(given: argparse.Namespace) -> Options:
    """The settings that were given."""
    names = Options.__dataclass_fields__
    return Options(**{name: value for name, value in vars(given).items() if name in names})


def _parser() -> argparse.ArgumentParser:
    parser = installation("sandbox.juniper")
    parser.add_argument("--port", type=int, default=0, help="of ssh; 0 takes any free port of 127.0.0.1")
    parser.add_argument("--control-port", type=int, default=0, help="of the control door")
    parser.add_argument("--control-key", default="", help="opens /control/ for requests with X-Control-Key")
    parser.add_argument("--system-user", default="erp", help="who may come in by ssh")
    parser.add_argument("--system-password", default="juniper")
    parser.add_argument("--until-stdin-closes", action="store_true", help="stop when the parent is gone")
    return parser


async def _serve(given: argparse.Namespace) -> None:
    stopped, loop = asyncio.Event(), asyncio.get_running_loop()

    def stop() -> None:
        loop.call_soon_threadsafe(stopped.set)

    for signum in (signal.SIGTERM, signal.SIGINT):
        signal.signal(signum, lambda *_: stop())
    async with launched(options(given), port=given.port, control_port=given.control_port, seed=given.seed) as address:
        if given.until_stdin_closes:
            threading.Thread(target=_await_end_of_stdin, args=(stop,), daemon=True).start()
        ready = {
            "url": address.url,
            "ssh": {"host": "127.0.0.1", "port": address.port},
            "host_key": address.host_key,
            "pid": os.getpid(),
        }
        print(json.dumps(ready), flush=True)  # noqa: T201 - the parent reads it
        await stopped.wait()


def _await_end_of_stdin(stop: Callable[[], None]) -> None:
    # os.read, as a thread inside sys.stdin's own lock aborts the interpreter when it ends
    while os.read(sys.stdin.fileno(), 4096):
        pass
    stop()


if __name__ == "__main__":
    main()

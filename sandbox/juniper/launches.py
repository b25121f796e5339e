"""How does a Juniper come up and go down? With its books open, an ssh door and a control door on loopback ports."""

import asyncio
import logging
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from werkzeug.serving import WSGIRequestHandler, make_server

from sandbox.juniper import doors, seeds, sessions, tables
from sandbox.juniper.clerks import House
from sandbox.juniper.controls import create_site
from sandbox.juniper.faults import FaultBook
from sandbox.juniper.options import Options
from sandbox.juniper.words import Words


@dataclass(frozen=True)
class Address:
    """Where a running Juniper is found; `host_key` is the line for a file of known hosts."""

    url: str
    port: int
    host_key: str


class _Quiet(WSGIRequestHandler):
    def log(self, *_: object) -> None:
        """Nothing: the ready line alone stands on the standard streams."""


@contextmanager
def opened(options: Options, seed: Path | None = None) -> Iterator[House]:
    """A house whose books have their tables and the first day's records."""
    # an open connection keeps the write-ahead log; without it every deed would end in a checkpoint
    with closing(tables.connect(options.database)) as db:
        tables.create(db)
        tables.furnish(db, "vat_percent", str(options.vat_percent))
        seeds.first_day(db, options.encoding, seed)
        yield House(options, FaultBook(), Words(options))


@asynccontextmanager
async def launched(
    options: Options, *, port: int = 0, control_port: int = 0, seed: Path | None = None
) -> AsyncIterator[Address]:
    """A Juniper that serves until the end of the block; sessions of an earlier life are over."""
    logging.getLogger("asyncssh").setLevel(logging.ERROR)
    with opened(options, seed) as house:
        with closing(tables.connect(options.database)) as db:
            sessions.end_all(db, "restart")
        async with await doors.listen(house, port) as door:
            with _controlled(house, control_port) as url:
                key = doors.host_key(options.host_key).export_public_key().decode("ascii").split()
                try:
                    yield Address(url, door.get_port(), " ".join(key[:2]))
                finally:
                    await _cleared(house)


async def _cleared(house: House) -> None:
    tasks = list(house.tasks)
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


@contextmanager
def _controlled(house: House, port: int) -> Iterator[str]:
    site = create_site(house, asyncio.get_running_loop())
    server = make_server("127.0.0.1", port, site, threaded=True, request_handler=_Quiet)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()

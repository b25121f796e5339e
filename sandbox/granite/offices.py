"""What runs where nobody sits? The office: the control door, and the spooler that books what was handed in."""

import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from decimal import Decimal
from pathlib import Path

from flask import Flask
from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server

from sandbox.granite import controls, seeds, spools, tables

PAUSE = 0.02  # seconds between two looks into the spool


class Wire(WSGIRequestHandler):
    """One connection, of which nothing is logged."""

    def log_request(self, *_: object) -> None:
        """Quiet."""


@contextmanager
def office(
    database: Path, control_key: str, *, port: int = 0, seed: Path | None = None, vat_percent: Decimal = Decimal(0)
) -> Iterator[BaseWSGIServer]:
    """A listening server, with its spooler at work; call `serve_forever`, and `shutdown` from another thread."""
    # an open connection keeps the write-ahead log
    with closing(tables.connect(database)) as db:
        tables.create(db)
        tables.furnish(db, "vat_percent", str(vat_percent))
        seeds.first_day(db, seed)
        server = make_server("127.0.0.1", port, _site(database, control_key), threaded=True, request_handler=Wire)
        closed = threading.Event()
        spooler = threading.Thread(target=_spool, args=(database, closed))
        spooler.start()
        try:
            yield server
        finally:
            closed.set()
            spooler.join()
            server.server_close()


def _site(database: Path, control_key: str) -> Flask:
    site = Flask(__name__, static_folder=None)
    site.extensions[controls.KEY] = control_key
    site.extensions[controls.CONNECT] = lambda: tables.connect(database)
    site.register_blueprint(controls.blueprint)
    return site


def _spool(database: Path, closed: threading.Event) -> None:
    with closing(tables.connect(database)) as db:
        while not closed.wait(PAUSE):
            spools.work_off(db)

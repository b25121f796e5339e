"""How does a Harbour come up and go down? With its books open, on a loopback port."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from werkzeug.serving import ThreadedWSGIServer

from sandbox.harbour import seeds, tables
from sandbox.harbour.faults import FaultBook
from sandbox.harbour.gates import AccessLog, Gate
from sandbox.harbour.options import Options
from sandbox.harbour.servers import listen
from sandbox.harbour.sites import create_site


@contextmanager
def launched(options: Options, *, port: int = 0, seed: Path | None = None) -> Iterator[ThreadedWSGIServer]:
    """A listening server; call its `serve_forever`, and `shutdown` from another thread."""
    # an open connection keeps the write-ahead log; without it every request would end in a checkpoint
    with closing(tables.connect(options.database)) as db:
        tables.create(db)
        tables.furnish(db, "vat_percent", str(options.vat_percent))
        seeds.first_day(db, options, seed)
        book = FaultBook()
        server = listen(Gate(create_site(options, book), book, AccessLog(options.access_log)), port)
        try:
            yield server
        finally:
            server.server_close()

"""Where does a real web ERP come from: Tryton's web client sao, served by a Tryton of our own, with a clerk to sign on.

Like the server, everything is kept in the caller's cache folder: the first use takes npm's time, later ones none.
"""

import json
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any, Final, Self

from tests.real.tryton_clerk import LOGIN, PASSWORD
from tests.real.tryton_servers import (
    NAME,
    TrytonUnavailableError,
    copy_database,
    digest,
    installed,
    locked,
    run,
    seeded,
    serving,
    written_config,
)

CLIENT: Final = "tryton-sao@8.0.11"
CLERK: Final = Path(__file__).with_name("tryton_clerk.py")
USER: Final = (LOGIN, PASSWORD)
HEADER: Final = """
SELECT sale.id, sale.number, sale.reference AS po_number, sale.description AS reference, sale.sale_date AS ordered_on,
       sale.state, sale.invoice_method, sale.shipment_method, party.code AS customer, currency.code AS currency
  FROM sale_sale AS sale
  JOIN party_party AS party ON party.id = sale.party
  JOIN currency_currency AS currency ON currency.id = sale.currency
 WHERE sale.description = ? ORDER BY sale.id
"""
LINES: Final = """
SELECT product.code AS item, line.quantity, CAST(line.unit_price AS TEXT) AS price
  FROM sale_line AS line JOIN product_product AS product ON product.id = line.product
 WHERE line.sale = ? ORDER BY line.sequence, line.id
"""


@dataclass(frozen=True)
class TrytonWebServer:
    """A running Tryton with its web client at ``url``; ``database`` is the file that it keeps its books in."""

    url: str
    database: Path
    python: Path

    @classmethod
    @contextmanager
    def started(cls, folder: Path, *, cache: Path) -> Iterator[Self]:
        """Serve a fresh copy of the seeded database and the client from ``folder`` until the block ends."""
        python, client, source = installed(cache), client_in(cache), with_clerk(cache)
        folder.mkdir(parents=True, exist_ok=True)
        config = web_config(folder, client)
        copy_database(source, folder / f"{NAME}.sqlite")
        with serving(python, config) as port:
            yield cls(f"http://127.0.0.1:{port}", folder / f"{NAME}.sqlite", python)

    def rows(self, question: str, *values: object) -> list[dict[str, Any]]:
        """What the database holds."""
        with closing(sqlite3.connect(self.database)) as books:
            books.row_factory = sqlite3.Row
            return [dict(row) for row in books.execute(question, values)]

    def change(self, statement: str, *values: object) -> None:
        """Change what the database holds."""
        with closing(sqlite3.connect(self.database, timeout=30)) as books:
            books.execute(statement, values)
            books.commit()

    def sales(self, reference: str) -> list[dict[str, Any]]:
        """The sales that carry exactly this description, with their lines."""
        return [sale | {"lines": self._lines(sale["id"])} for sale in self.rows(HEADER, reference)]

    def _lines(self, sale: int) -> list[tuple[str, Decimal, Decimal]]:
        found = self.rows(LINES, sale)
        return [(row["item"], Decimal(str(row["quantity"])), Decimal(str(row["price"]))) for row in found]


def why_not(cache: Path) -> str | None:
    """One sentence why no web client can be had here, or None after everything slow has been done."""
    try:
        with_clerk(cache)
        client_in(cache)
    except TrytonUnavailableError as error:
        return str(error)
    return None


def web_config(folder: Path, client: Path) -> Path:
    """The server's settings, with the client's files to be served beside the calls."""
    config = written_config(folder)
    config.write_text(f"{config.read_text('utf-8')}[web]\nroot = {client.resolve()}\n", "utf-8")
    return config


def client_in(cache: Path) -> Path:
    """The folder of the web client with the libraries that its page names, made on first use."""
    home = cache / f"sao-{digest(CLIENT)}"
    site, complete = home / "site", home / "complete"
    with locked(cache):
        if not complete.exists():
            shutil.rmtree(home, ignore_errors=True)
            home.mkdir(parents=True)
            (home / "package.json").write_text(json.dumps({"private": True}), "utf-8")
            run(home, "client", _npm(), "install", "--prefix", str(home), "--legacy-peer-deps", "--no-audit", CLIENT)
            (home / "node_modules" / "tryton-sao").rename(site)
            (home / "node_modules").rename(site / "node_modules")
            for name in ("custom.js", "custom.css"):
                (site / name).touch()
            complete.touch()
    return site


def _npm() -> str:
    found = shutil.which("npm")
    if found is None:
        raise TrytonUnavailableError("Tryton: its web client needs npm")
    return found


def with_clerk(cache: Path) -> Path:
    """The kept database of the catalogue with a clerk, made on first use."""
    python, source = installed(cache), seeded(cache, ())
    kept = cache / f"web-{digest(source.name, CLERK.read_text('utf-8'))}.sqlite"
    with locked(cache):
        if not kept.exists():
            folder = cache / "hiring"
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir(parents=True)
            copy_database(source, folder / f"{NAME}.sqlite")
            run(folder, "clerk", str(python), "-I", str(CLERK), str(written_config(folder)), NAME)
            copy_database(folder / f"{NAME}.sqlite", kept)
    return kept

"""Where the CRM keeps its orders and every write-back it ever received: one SQLite file."""

import json
import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from sandbox.crm.clocks import Clock
from sandbox.crm.cursors import Position
from sandbox.crm.orders import Json
from sandbox.crm.problems import no_such_order

_SCHEMA = """
CREATE TABLE IF NOT EXISTS orders (
    id INTEGER PRIMARY KEY AUTOINCREMENT, status TEXT NOT NULL, revision INTEGER NOT NULL,
    content TEXT NOT NULL, erp TEXT NOT NULL, created_at TEXT NOT NULL, changed_at TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS orders_by_change ON orders (changed_at, id);
CREATE TABLE IF NOT EXISTS write_backs (
    id INTEGER PRIMARY KEY AUTOINCREMENT, order_id INTEGER NOT NULL, sequence INTEGER NOT NULL,
    content TEXT NOT NULL, outcome TEXT NOT NULL, received_at TEXT NOT NULL);
"""
_NEVER_TOLD: Json = {"number": None, "status": None, "message": None, "told_at": None, "sequence": None}


@dataclass(frozen=True, kw_only=True)
class NewOrder:
    """An order to store; stamps and revision are the server's own unless a test wants to lie about them."""

    content: Json
    status: str = "released"
    revision: int = 1
    created_at: str | None = None
    changed_at: str | None = None


@dataclass(frozen=True, kw_only=True)
class WriteBack:
    """What the bridge tells about an order; a greater `sequence` is later news."""

    number: str | None
    status: str
    message: str | None
    sequence: int


class OrderStore:
    """Orders by id. Writers take turns and stamp inside their turn, so stamps are in the order of commits."""

    def __init__(self, database: Path, *, echo: bool = False) -> None:
        self._database = database
        self._echo = echo
        self._turn = threading.Lock()
        with closing(self._connect()) as connection:
            connection.execute("PRAGMA journal_mode = WAL")
            connection.executescript(_SCHEMA)
            (last,) = connection.execute("SELECT max(changed_at) FROM orders").fetchone()
        self.clock = Clock(last)

    def add(self, orders: list[NewOrder]) -> list[int]:
        """Store all orders or none; they share one stamp, as a bulk import does. The new ids, in order."""
        with self._writing() as connection:
            stamp = self.clock.stamp()
            return [_insert(connection, order, stamp) for order in orders]

    def get(self, order_id: int) -> Json:
        """One order; a `Problem` (404) when it is not there."""
        with closing(self._connect()) as connection:
            return _order(_row(connection, order_id))

    def count(self) -> int:
        """How many orders there are."""
        with closing(self._connect()) as connection:
            (number,) = connection.execute("SELECT count(*) FROM orders").fetchone()
        return int(number)

    def page(self, position: Position, limit: int) -> list[Json]:
        """At most `limit` orders above `position`, by (changed_at, id)."""
        sql = "SELECT * FROM orders WHERE (changed_at, id) > (?, ?)"
        values: list[object] = [position.changed_at, position.order_id]
        if position.status is not None:
            sql, values = sql + " AND status = ?", [*values, position.status]
        with closing(self._connect()) as connection:
            rows = connection.execute(sql + " ORDER BY changed_at, id LIMIT ?", [*values, limit]).fetchall()
        return [_order(row) for row in rows]

    def change(self, order_id: int, edit: Callable[[Json, str], tuple[Json, str]]) -> None:
        """Save what `edit` makes of content and status: next revision, new stamp; `Problem` (404) when gone."""
        with self._writing() as connection:
            row = _row(connection, order_id)
            content, status = edit(json.loads(row["content"]), row["status"])
            connection.execute(
                "UPDATE orders SET content = ?, status = ?, revision = revision + 1, changed_at = ? WHERE id = ?",
                (json.dumps(content), status, self.clock.stamp(), order_id),
            )

    def remove(self, order_id: int) -> None:
        """Delete without a trace; a `Problem` (404) when it is not there."""
        with self._writing() as connection:
            _row(connection, order_id)
            connection.execute("DELETE FROM orders WHERE id = ?", (order_id,))

    def tell(self, order_id: int, news: WriteBack) -> bool:
        """Keep `news` if it is later than what is kept; whether it was. Every news is in the history, used or not."""
        with self._writing() as connection:
            row = _find(connection, order_id)
            outcome = "gone" if row is None else _outcome(json.loads(row["erp"]), news)
            now = self.clock.now()
            connection.execute(
                "INSERT INTO write_backs (order_id, sequence, content, outcome, received_at) VALUES (?, ?, ?, ?, ?)",
                (order_id, news.sequence, json.dumps(asdict(news)), outcome, now),
            )
            if outcome == "applied":
                self._keep(connection, order_id, {**asdict(news), "told_at": now})
        if outcome == "gone":
            raise no_such_order(order_id)
        return outcome == "applied"

    def write_backs(self) -> list[Json]:
        """Every write-back received, oldest first; `outcome` is applied, stale or gone."""
        with closing(self._connect()) as connection:
            rows = connection.execute("SELECT * FROM write_backs ORDER BY id").fetchall()
        return [_write_back(row) for row in rows]

    def _keep(self, connection: sqlite3.Connection, order_id: int, erp: Json) -> None:
        connection.execute("UPDATE orders SET erp = ? WHERE id = ?", (json.dumps(erp), order_id))
        if self._echo:
            connection.execute("UPDATE orders SET changed_at = ? WHERE id = ?", (self.clock.stamp(), order_id))

    def _connect(self) -> sqlite3.Connection:
        connection = sqlite3.connect(self._database, timeout=30, isolation_level=None)
        connection.row_factory = sqlite3.Row
        connection.execute("PRAGMA synchronous = NORMAL")
        return connection

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        with self._turn, closing(self._connect()) as connection:
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield connection
            except BaseException:
                connection.execute("ROLLBACK")
                raise
            connection.execute("COMMIT")


def _insert(connection: sqlite3.Connection, order: NewOrder, stamp: str) -> int:
    values = (
        order.status,
        order.revision,
        json.dumps(order.content),
        json.dumps(_NEVER_TOLD),
        order.created_at or stamp,
        order.changed_at or stamp,
    )
    row = connection.execute(
        "INSERT INTO orders (status, revision, content, erp, created_at, changed_at)"
        " VALUES (?, ?, ?, ?, ?, ?) RETURNING id",
        values,
    ).fetchone()
    return int(row["id"])


def _find(connection: sqlite3.Connection, order_id: int) -> sqlite3.Row | None:
    row: sqlite3.Row | None = connection.execute("SELECT * FROM orders WHERE id = ?", (order_id,)).fetchone()
    return row


def _row(connection: sqlite3.Connection, order_id: int) -> sqlite3.Row:
    row = _find(connection, order_id)
    if row is None:
        raise no_such_order(order_id)
    return row


def _outcome(kept: Json, news: WriteBack) -> str:
    return "applied" if kept["sequence"] is None or news.sequence > kept["sequence"] else "stale"


def _order(row: sqlite3.Row) -> Json:
    content = json.loads(row["content"])
    erp = json.loads(row["erp"])
    return {
        "id": row["id"],
        "number": content.pop("number"),
        "status": row["status"],
        "revision": row["revision"],
        **content,
        "created_at": row["created_at"],
        "changed_at": row["changed_at"],
        "erp": {name: erp[name] for name in _NEVER_TOLD},
    }


def _write_back(row: sqlite3.Row) -> Json:
    told = json.loads(row["content"])
    return {
        "id": row["id"],
        "order_id": row["order_id"],
        "sequence": row["sequence"],
        "erp_number": told["number"],
        "status": told["status"],
        "message": told["message"],
        "outcome": row["outcome"],
        "received_at": row["received_at"],
    }

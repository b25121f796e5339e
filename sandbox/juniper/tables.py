"""Where does Juniper keep its books? In SQLite tables that tests may read as the last word."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

FIRST_NUMBER = 10001

_SCHEMA = f"""
CREATE TABLE IF NOT EXISTS customers (
    code TEXT COLLATE NOCASE PRIMARY KEY, name TEXT NOT NULL, address TEXT NOT NULL DEFAULT '',
    city TEXT NOT NULL DEFAULT '', currency TEXT NOT NULL DEFAULT 'GBP', active INTEGER NOT NULL DEFAULT 1);
CREATE TABLE IF NOT EXISTS items (
    code TEXT COLLATE NOCASE PRIMARY KEY, description TEXT NOT NULL, unit TEXT NOT NULL DEFAULT 'PCE',
    price TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS users (
    name TEXT COLLATE NOCASE PRIMARY KEY, password TEXT NOT NULL, failed_attempts INTEGER NOT NULL DEFAULT 0,
    locked INTEGER NOT NULL DEFAULT 0);
CREATE TABLE IF NOT EXISTS sessions (
    token TEXT PRIMARY KEY, user TEXT NOT NULL, started_at TEXT NOT NULL, ended TEXT NOT NULL DEFAULT '');
CREATE TABLE IF NOT EXISTS locks (
    order_number INTEGER PRIMARY KEY, user TEXT NOT NULL, token TEXT NOT NULL, since TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS counters (name TEXT PRIMARY KEY, next INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS orders (
    number INTEGER PRIMARY KEY, customer_code TEXT NOT NULL, order_date TEXT NOT NULL, external_no TEXT NOT NULL,
    your_ref TEXT NOT NULL, currency TEXT NOT NULL, remarks TEXT NOT NULL, terms TEXT NOT NULL,
    warehouse TEXT NOT NULL, shipping_method TEXT NOT NULL, net_total TEXT NOT NULL,
    discount TEXT NOT NULL DEFAULT '0.00', carriage TEXT NOT NULL DEFAULT '0.00', vat TEXT NOT NULL DEFAULT '0.00',
    status TEXT NOT NULL DEFAULT 'Open', created_by TEXT NOT NULL, created_at TEXT NOT NULL,
    visible_at REAL NOT NULL, changed_by TEXT, changed_at TEXT, cancelled_at TEXT);
CREATE TABLE IF NOT EXISTS order_lines (
    order_number INTEGER NOT NULL REFERENCES orders (number), position INTEGER NOT NULL, item_code TEXT NOT NULL,
    description TEXT NOT NULL, quantity TEXT NOT NULL, unit_price TEXT NOT NULL, amount TEXT NOT NULL,
    PRIMARY KEY (order_number, position));
CREATE INDEX IF NOT EXISTS orders_by_customer ON orders (customer_code);
CREATE TABLE IF NOT EXISTS deeds (
    id INTEGER PRIMARY KEY, at TEXT NOT NULL, user TEXT NOT NULL, arrived_at TEXT NOT NULL,
    outcome TEXT NOT NULL DEFAULT '');
CREATE TABLE IF NOT EXISTS house (name TEXT PRIMARY KEY, value TEXT NOT NULL);
INSERT OR IGNORE INTO counters VALUES ('orders', {FIRST_NUMBER});
"""


def connect(database: Path) -> sqlite3.Connection:
    """A connection in autocommit, rows by name; the caller closes it."""
    connection = sqlite3.connect(database, timeout=15, isolation_level=None, check_same_thread=False)
    connection.row_factory = sqlite3.Row
    # a toy outlives its process, not a power cut
    connection.execute("PRAGMA synchronous = OFF")
    return connection


def create(connection: sqlite3.Connection) -> None:
    """Make the tables that are missing."""
    connection.execute("PRAGMA journal_mode = WAL")
    connection.executescript(_SCHEMA)


def furnish(connection: sqlite3.Connection, name: str, value: str) -> None:
    """Set one of the settings that the house keeps in its books."""
    connection.execute("INSERT OR REPLACE INTO house VALUES (?, ?)", (name, value))


@contextmanager
def transaction(connection: sqlite3.Connection) -> Iterator[None]:
    """All or nothing, with the write lock taken at once."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
    except BaseException:
        connection.execute("ROLLBACK")
        raise
    connection.execute("COMMIT")


def stamp() -> str:
    """The present instant in UTC, ISO text."""
    return datetime.now(UTC).isoformat(timespec="milliseconds")

"""Where does Granite keep its books? In one SQLite file that all desks share and tests may read as the last word."""

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
    token TEXT PRIMARY KEY, user TEXT NOT NULL, pid INTEGER NOT NULL, started_at TEXT NOT NULL,
    ended TEXT NOT NULL DEFAULT '');
CREATE TABLE IF NOT EXISTS locks (
    order_number INTEGER PRIMARY KEY, user TEXT NOT NULL, token TEXT NOT NULL, since TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS counters (name TEXT PRIMARY KEY, next INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS orders (
    number INTEGER PRIMARY KEY, customer_code TEXT NOT NULL, order_date TEXT NOT NULL, external_number TEXT NOT NULL,
    po_number TEXT NOT NULL, remarks TEXT NOT NULL, currency TEXT NOT NULL, status TEXT NOT NULL,
    net_total TEXT NOT NULL, discount TEXT NOT NULL DEFAULT '0.00', carriage TEXT NOT NULL DEFAULT '0.00',
    vat TEXT NOT NULL DEFAULT '0.00', terms TEXT NOT NULL, warehouse TEXT NOT NULL, shipping_method TEXT NOT NULL,
    created_by TEXT NOT NULL, created_at TEXT NOT NULL, visible_at REAL NOT NULL, changed_by TEXT, changed_at TEXT,
    cancelled_at TEXT);
CREATE TABLE IF NOT EXISTS order_lines (
    order_number INTEGER NOT NULL REFERENCES orders (number), position INTEGER NOT NULL, item_code TEXT NOT NULL,
    description TEXT NOT NULL, quantity TEXT NOT NULL, unit_price TEXT NOT NULL, amount TEXT NOT NULL,
    PRIMARY KEY (order_number, position));
CREATE INDEX IF NOT EXISTS orders_by_customer ON orders (customer_code);
CREATE TABLE IF NOT EXISTS house (name TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS presses (
    id INTEGER PRIMARY KEY, at TEXT NOT NULL, pid INTEGER NOT NULL, user TEXT NOT NULL, action TEXT NOT NULL,
    told TEXT NOT NULL DEFAULT '');
CREATE TABLE IF NOT EXISTS spool (
    id INTEGER PRIMARY KEY, due REAL NOT NULL, action TEXT NOT NULL, number INTEGER, content TEXT NOT NULL,
    user TEXT NOT NULL, token TEXT NOT NULL, outcome TEXT NOT NULL DEFAULT '');
CREATE TABLE IF NOT EXISTS faults (id INTEGER PRIMARY KEY AUTOINCREMENT, content TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS desks (
    pid INTEGER PRIMARY KEY, user TEXT NOT NULL, since TEXT NOT NULL, release TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS wishes (
    id INTEGER PRIMARY KEY AUTOINCREMENT, pid INTEGER NOT NULL, wish TEXT NOT NULL, answer TEXT);
INSERT OR IGNORE INTO counters VALUES ('orders', {FIRST_NUMBER});
"""


def connect(database: Path) -> sqlite3.Connection:
    """A connection in autocommit, rows by name; the caller closes it."""
    connection = sqlite3.connect(database, timeout=15, isolation_level=None, check_same_thread=False)
    connection.row_factory = sqlite3.Row
    # a toy must survive the end of its process, not a power cut
    connection.execute("PRAGMA synchronous = OFF")
    return connection


def create(connection: sqlite3.Connection) -> None:
    """Make the tables that are missing; several programs may do so at once."""
    connection.execute("PRAGMA journal_mode = WAL")
    with transaction(connection):
        for statement in filter(None, map(str.strip, _SCHEMA.split(";\n"))):
            connection.execute(statement)


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

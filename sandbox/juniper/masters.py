"""Who buys and what is sold? Customers, items and users as the books have them."""

import sqlite3
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sandbox.juniper.figures import price
from sandbox.juniper.texts import storable


@dataclass(frozen=True)
class Customer:
    """Somebody who may order while `active`."""

    code: str
    name: str
    city: str
    active: bool


@dataclass(frozen=True)
class Item:
    """Something that is sold, with its usual price."""

    code: str
    description: str
    unit: str
    price: Decimal


def customer(db: sqlite3.Connection, code: str) -> Customer | None:
    """The customer of exactly this code, whatever its case."""
    row = db.execute("SELECT * FROM customers WHERE code = ?", (code,)).fetchone()
    return _customer(row) if row else None


def customers_like(db: sqlite3.Connection, text: str, most: int) -> list[Customer]:
    """Active customers whose code begins with the text or whose name holds it."""
    rows = db.execute(
        "SELECT * FROM customers WHERE active AND (instr(upper(code), upper(?1)) = 1 OR instr(upper(name), upper(?1)))"
        " ORDER BY code LIMIT ?2",
        (text, most),
    )
    return [_customer(row) for row in rows]


def _customer(row: sqlite3.Row) -> Customer:
    return Customer(row["code"], row["name"], row["city"], bool(row["active"]))


def item(db: sqlite3.Connection, code: str) -> Item | None:
    """The item of exactly this code, whatever its case."""
    row = db.execute("SELECT * FROM items WHERE code = ?", (code,)).fetchone()
    return _item(row) if row else None


def items_like(db: sqlite3.Connection, text: str, most: int) -> list[Item]:
    """Items whose code begins with the text or whose description holds it."""
    rows = db.execute(
        "SELECT * FROM items WHERE instr(upper(code), upper(?1)) = 1 OR instr(upper(description), upper(?1))"
        " ORDER BY code LIMIT ?2",
        (text, most),
    )
    return [_item(row) for row in rows]


def _item(row: sqlite3.Row) -> Item:
    return Item(row["code"], row["description"], row["unit"], Decimal(row["price"]))


def put_customers(db: sqlite3.Connection, rows: Iterable[Mapping[str, Any]], encoding: str) -> None:
    """Insert or replace customers; only `code` and `name` are demanded."""
    db.executemany(
        "INSERT OR REPLACE INTO customers VALUES (?, ?, ?, ?, ?, ?)",
        [
            (
                str(row["code"]).upper(),
                storable(row["name"], encoding),
                storable(row.get("address", ""), encoding),
                storable(row.get("city", ""), encoding),
                row.get("currency", "GBP"),
                bool(row.get("active", True)),
            )
            for row in rows
        ],
    )


def put_items(db: sqlite3.Connection, rows: Iterable[Mapping[str, Any]], encoding: str) -> None:
    """Insert or replace items; `code`, `description` and `price` are demanded."""
    db.executemany(
        "INSERT OR REPLACE INTO items VALUES (?, ?, ?, ?)",
        [
            (
                str(row["code"]).upper(),
                storable(row["description"], encoding),
                row.get("unit", "PCE"),
                f"{price(str(row['price'])):.2f}",
            )
            for row in rows
        ],
    )


def put_users(db: sqlite3.Connection, rows: Iterable[Mapping[str, Any]]) -> None:
    """Insert or replace users, who are unlocked by that."""
    db.executemany(
        "INSERT OR REPLACE INTO users (name, password) VALUES (?, ?)",
        [(str(row["name"]).upper(), row["password"]) for row in rows],
    )

"""Who are the customers, what are the items? Reading and keeping the master files."""

import sqlite3
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sandbox.harbour.options import Options
from sandbox.harbour.texts import storable


@dataclass(frozen=True)
class Customer:
    """One row of the customer file."""

    code: str
    name: str
    address: str
    city: str
    currency: str
    active: bool


@dataclass(frozen=True)
class Item:
    """One row of the item file; `price` is per unit."""

    code: str
    description: str
    unit: str
    price: Decimal


def put_users(db: sqlite3.Connection, rows: Iterable[Mapping[str, Any]]) -> None:
    """Insert or replace users; this also unlocks them."""
    for row in rows:
        db.execute(
            "INSERT OR REPLACE INTO users (name, password, locked) VALUES (?, ?, ?)",
            (row["name"].upper(), row["password"], int(row.get("locked", False))),
        )


def put_customers(db: sqlite3.Connection, rows: Iterable[Mapping[str, Any]], options: Options) -> None:
    """Insert or replace customers."""
    for row in rows:
        texts = (str(row[key]) if key in row else "" for key in ("code", "name", "address", "city"))
        db.execute(
            "INSERT OR REPLACE INTO customers VALUES (?, ?, ?, ?, ?, ?)",
            (*(storable(t, options) for t in texts), row.get("currency", "GBP"), int(row.get("active", True))),
        )


def put_items(db: sqlite3.Connection, rows: Iterable[Mapping[str, Any]], options: Options) -> None:
    """Insert or replace items; prices come as text or whole numbers."""
    for row in rows:
        db.execute(
            "INSERT OR REPLACE INTO items VALUES (?, ?, ?, ?)",
            (
                storable(row["code"], options),
                storable(row["description"], options)[:35],
                row.get("unit", "PCE"),
                f"{Decimal(str(row['price'])):.2f}",
            ),
        )


def customer(db: sqlite3.Connection, code: str) -> Customer | None:
    """The customer of exactly this code, in any case."""
    row = db.execute("SELECT * FROM customers WHERE code = ?", (code,)).fetchone()
    return _customer(row) if row else None


def customers(db: sqlite3.Connection, fragment: str = "") -> list[Customer]:
    """Customers whose name or code contains the fragment, in any case, by code."""
    return [
        _customer(row)
        for row in db.execute("SELECT * FROM customers ORDER BY code")
        if fragment.casefold() in f"{row['name']}\n{row['code']}".casefold()
    ]


def named(db: sqlite3.Connection, fragment: str) -> list[Customer]:
    """Active customers whose name contains the fragment, as Update looks them up."""
    if not fragment:
        return []
    return [c for c in customers(db, fragment) if c.active and fragment.casefold() in c.name.casefold()]


def item(db: sqlite3.Connection, code: str) -> Item | None:
    """The item of exactly this code, in any case."""
    row = db.execute("SELECT * FROM items WHERE code = ?", (code,)).fetchone()
    return _item(row) if row else None


def items(db: sqlite3.Connection, fragment: str = "") -> list[Item]:
    """Items whose description or code contains the fragment, in any case, by code."""
    return [
        _item(row)
        for row in db.execute("SELECT * FROM items ORDER BY code")
        if fragment.casefold() in f"{row['description']}\n{row['code']}".casefold()
    ]


def _customer(row: sqlite3.Row) -> Customer:
    return Customer(row["code"], row["name"], row["address"], row["city"], row["currency"], active=bool(row["active"]))


def _item(row: sqlite3.Row) -> Item:
    return Item(row["code"], row["description"], row["unit"], Decimal(row["price"]))

"""Who are the customers, what are the items? Reading and keeping the master files."""

import sqlite3
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

DESCRIPTION_LENGTH = 35


@dataclass(frozen=True)
class Customer:
    """One row of the customer file."""

    code: str
    name: str
    city: str
    currency: str


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


def put_customers(db: sqlite3.Connection, rows: Iterable[Mapping[str, Any]]) -> None:
    """Insert or replace customers."""
    for row in rows:
        known = {"address": "", "city": "", "currency": "GBP", "active": True} | dict(row)
        db.execute(
            "INSERT OR REPLACE INTO customers VALUES (:code, :name, :address, :city, :currency, :active)",
            {name: known[name] for name in ("code", "name", "address", "city", "currency", "active")},
        )


def put_items(db: sqlite3.Connection, rows: Iterable[Mapping[str, Any]]) -> None:
    """Insert or replace items; prices come as text or whole numbers."""
    for row in rows:
        price = f"{Decimal(str(row['price'])):.2f}"
        description = row["description"][:DESCRIPTION_LENGTH]
        db.execute(
            "INSERT OR REPLACE INTO items VALUES (?, ?, ?, ?)",
            (row["code"], description, row.get("unit", "PCE"), price),
        )


def customer(db: sqlite3.Connection, code: str) -> Customer | None:
    """The active customer of exactly this code, in any case."""
    row = db.execute("SELECT * FROM customers WHERE code = ? AND active", (code,)).fetchone()
    return _customer(row) if row else None


def customers_named(db: sqlite3.Connection, fragment: str) -> list[Customer]:
    """Active customers whose name contains the fragment, in any case, by code; all of them for an empty one."""
    rows = db.execute("SELECT * FROM customers WHERE active ORDER BY code")
    return [_customer(row) for row in rows if fragment.casefold() in row["name"].casefold()]


def item(db: sqlite3.Connection, code: str) -> Item | None:
    """The item of exactly this code, in any case."""
    row = db.execute("SELECT * FROM items WHERE code = ?", (code,)).fetchone()
    return Item(row["code"], row["description"], row["unit"], Decimal(row["price"])) if row else None


def _customer(row: sqlite3.Row) -> Customer:
    return Customer(row["code"], row["name"], row["city"], row["currency"])

"""What stands in the books on the first day? Users, customers, items, and whatever a seed file adds."""

import json
import sqlite3
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from sandbox.harbour import masters
from sandbox.harbour.options import Options
from sandbox.harbour.tables import transaction

USERS: list[dict[str, Any]] = [
    {"name": "BOT1", "password": "secret-bot1"},
    {"name": "BOT2", "password": "secret-bot2"},
    {"name": "MARY", "password": "mary"},
]

CUSTOMERS: list[dict[str, Any]] = [
    {"code": "C1001", "name": "Smith Ltd", "address": "4 Quay Street", "city": "Bristol", "currency": "GBP"},
    {"code": "C1002", "name": "Smith Ltd (Exeter)", "address": "19 Fore Street", "city": "Exeter"},
    {"code": "C1003", "name": "Smithson & Daughters", "address": "The Old Dairy", "city": "Taunton"},
    {"code": "C1010", "name": "Müller GmbH", "address": "Hafenstraße 12", "city": "Köln", "currency": "EUR"},
    {"code": "C1011", "name": "Müller & Söhne KG", "address": "Am Zoll 3", "city": "München", "currency": "EUR"},
    {"code": "C1020", "name": "Café Crème SARL", "address": "8 rue des Écoles", "city": "Orléans", "currency": "EUR"},
    {"code": "C1030", "name": "O'Brien Marine", "address": "2 Dock Road", "city": "Cork", "currency": "EUR"},
    {"code": "C1040", "name": "Atlantic Supply Inc", "address": "700 Harbor Blvd", "city": "Boston", "currency": "USD"},
    {
        "code": "C1050",
        "name": "Chongqing Fasteners",
        "address": "88 Jialing Rd",
        "city": "Chongqing",
        "currency": "CNY",
    },
    {"code": "C1090", "name": "Dormant Trading Co", "address": "1 Sleepy Lane", "city": "Wells", "active": False},
]

ITEMS: list[dict[str, Any]] = [
    {"code": "P-10", "description": "Hex bolt M8 x 40", "unit": "PCE", "price": "0.35"},
    {"code": "P-20", "description": "Washer M8", "unit": "PCE", "price": "0.08"},
    {"code": "P-201", "description": "Washer M8 zinc", "unit": "PCE", "price": "0.11"},
    {"code": "P-30", "description": "Anchor chain 10 mm", "unit": "MTR", "price": "12.90"},
    {"code": "P-40", "description": "Mooring rope 24 mm", "unit": "MTR", "price": "4.75"},
    {"code": "P-50", "description": "Fender, size 2", "unit": "PCE", "price": "38.50"},
    {"code": "P-60", "description": "Marine grease 400 g", "unit": "TUB", "price": "7.20"},
    {"code": "P-70", "description": "Winch, two speed", "unit": "PCE", "price": "1249.00"},
    {"code": "P-80", "description": "Büchse 12 mm", "unit": "PCE", "price": "3.33"},
    {"code": "S-01", "description": "Carriage", "unit": "EA", "price": "15.00"},
]


def first_day(db: sqlite3.Connection, options: Options, seed: Path | None) -> None:
    """Fill empty books; a seed file may hold lists `customers`, `items` and `users` and is always taken over."""
    if not db.execute("SELECT 1 FROM users").fetchone():
        take(db, options, {"users": USERS, "customers": CUSTOMERS, "items": ITEMS})
    if seed:
        take(db, options, json.loads(seed.read_text(encoding="utf-8")))


def take(db: sqlite3.Connection, options: Options, lists: Mapping[str, Iterable[Mapping[str, Any]]]) -> None:
    """Insert or replace master records, all of them or none."""
    with transaction(db):
        masters.put_users(db, lists.get("users", ()))
        masters.put_customers(db, lists.get("customers", ()), options)
        masters.put_items(db, lists.get("items", ()), options)

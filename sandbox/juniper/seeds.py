"""What stands in the books on the first day? Users, customers, items, and whatever a seed file adds."""

import json
import sqlite3
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from sandbox.juniper import masters
from sandbox.juniper.tables import transaction

USERS = (
    {"name": "BOT1", "password": "secret-bot1"},
    {"name": "BOT2", "password": "secret-bot2"},
    {"name": "MARY", "password": "mary"},
)

_CUSTOMERS = (
    ("C1001", "Smith Ltd", "4 Quay Street", "Bristol", "GBP"),
    ("C1002", "Smith Ltd (Exeter)", "19 Fore Street", "Exeter", "GBP"),
    ("C1003", "Smithson & Daughters", "The Old Dairy", "Taunton", "GBP"),
    ("C1010", "Müller GmbH", "Hafenstraße 12", "Köln", "EUR"),
    ("C1011", "Müller & Söhne KG", "Am Zoll 3", "München", "EUR"),
    ("C1020", "Café Crème SARL", "8 rue des Écoles", "Orléans", "EUR"),
    ("C1030", "O'Brien Marine", "2 Dock Road", "Cork", "EUR"),
    ("C1040", "Atlantic Supply Inc", "700 Harbor Blvd", "Boston", "USD"),
    ("C1050", "Chongqing Fasteners", "88 Jialing Rd", "Chongqing", "CNY"),
    ("C2001", "重庆某某科技有限责任公司", "渝北区黄山大道中段", "重庆", "CNY"),
    ("C2002", "上海某某国际贸易有限公司", "浦东新区世纪大道", "上海", "CNY"),
    ("C2003", "广州𠮷祥某某五金有限公司", "天河区体育西路", "广州", "CNY"),
)
_DORMANT = {"code": "C1090", "name": "Dormant Trading Co", "address": "1 Sleepy Lane", "city": "Wells", "active": False}
_NAMES = ("code", "name", "address", "city", "currency")
CUSTOMERS: tuple[dict[str, Any], ...] = (*(dict(zip(_NAMES, row, strict=True)) for row in _CUSTOMERS), _DORMANT)

_ITEMS = (
    ("P-10", "Hex bolt M8 x 40", "PCE", "0.35"),
    ("P-20", "Washer M8", "PCE", "0.08"),
    ("P-201", "Washer M8 zinc", "PCE", "0.11"),
    ("P-30", "Anchor chain 10 mm", "MTR", "12.90"),
    ("P-40", "Mooring rope 24 mm", "MTR", "4.75"),
    ("P-50", "Fender, size 2", "PCE", "38.50"),
    ("P-60", "Marine grease 400 g", "TUB", "7.20"),
    ("P-70", "Winch, two speed", "PCE", "1249.00"),
    ("P-80", "Büchse 12 mm", "PCE", "3.33"),
    ("S-01", "Carriage", "EA", "15.00"),
)
ITEMS = tuple(dict(zip(("code", "description", "unit", "price"), row, strict=True)) for row in _ITEMS)


def first_day(db: sqlite3.Connection, encoding: str, seed: Path | None) -> None:
    """Fill empty books; a seed file may hold lists `customers`, `items` and `users` and is always taken over."""
    if not db.execute("SELECT 1 FROM users").fetchone():
        take(db, encoding, {"users": USERS, "customers": CUSTOMERS, "items": ITEMS})
    if seed:
        take(db, encoding, json.loads(seed.read_text(encoding="utf-8")))


def take(db: sqlite3.Connection, encoding: str, lists: Mapping[str, Iterable[Mapping[str, Any]]]) -> None:
    """Insert or replace master records, all of them or none."""
    with transaction(db):
        masters.put_users(db, lists.get("users", ()))
        masters.put_customers(db, lists.get("customers", ()), encoding)
        masters.put_items(db, lists.get("items", ()), encoding)

"""What stands in the books on the first day? Users, customers, items, and whatever a seed file adds."""

import json
import sqlite3
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from sandbox.granite import masters
from sandbox.granite.tables import transaction

USERS: list[dict[str, Any]] = [
    {"name": "BOT1", "password": "secret-bot1"},
    {"name": "BOT2", "password": "secret-bot2"},
    {"name": "MARY", "password": "mary"},
]

CUSTOMERS: list[dict[str, Any]] = [
    {"code": code, "name": name, "address": address, "city": city, "currency": currency}
    for code, name, address, city, currency in (
        ("C1001", "Smith Ltd", "4 Quay Street", "Bristol", "GBP"),
        ("C1002", "Smith Ltd (Exeter)", "19 Fore Street", "Exeter", "GBP"),
        ("C1003", "Smithson & Daughters", "The Old Dairy", "Taunton", "GBP"),
        ("C1010", "Müller GmbH", "Hafenstraße 12", "Köln", "EUR"),
        ("C1011", "Müller & Söhne KG", "Am Zoll 3", "München", "EUR"),
        ("C1020", "Café Crème SARL", "8 rue des Écoles", "Orléans", "EUR"),
        ("C1030", "O'Brien Marine", "2 Dock Road", "Cork", "EUR"),
        ("C1040", "Atlantic Supply Inc", "700 Harbor Blvd", "Boston", "USD"),
        ("C1050", "Chongqing Fasteners", "88 Jialing Rd", "Chongqing", "CNY"),
        ("C2001", "重庆某某科技有限责任公司", "渝中区人民路 1 号", "重庆", "CNY"),
        ("C2002", "上海示例贸易有限公司", "黄浦区南京东路 2 号", "上海", "CNY"),
        ("C2003", "𠮷野样品食品(深圳)有限公司", "南山区科技路 3 号", "深圳", "CNY"),
        ("C2004", "Ａ１紧固件　有限公司", "鄞州区学士路 4 号", "宁波", "CNY"),
    )
] + [{"code": "C1090", "name": "Dormant Trading Co", "address": "1 Sleepy Lane", "city": "Wells", "active": False}]

ITEMS: list[dict[str, Any]] = [
    {"code": code, "description": description, "unit": unit, "price": price}
    for code, description, unit, price in (
        ("P-10", "Hex bolt M8 x 40", "PCE", "0.35"),
        ("P-20", "Washer M8", "PCE", "0.08"),
        ("P-201", "Washer M8 zinc", "PCE", "0.11"),
        ("P-30", "Anchor chain 10 mm", "MTR", "12.90"),
        ("P-40", "Mooring rope 24 mm", "MTR", "4.75"),
        ("P-50", "Fender, size 2", "PCE", "38.50"),
        ("P-60", "Marine grease 400 g", "TUB", "7.20"),
        ("P-70", "Winch, two speed", "PCE", "1249.00"),
        ("P-80", "Büchse 12 mm", "PCE", "3.33"),
        ("P-90", "六角螺栓 M10 x 60", "PCE", "0.52"),
        ("S-01", "Carriage", "EA", "15.00"),
    )
]


def first_day(db: sqlite3.Connection, seed: Path | None = None) -> None:
    """Fill empty books; a seed file may hold lists `customers`, `items` and `users` and is always taken over."""
    with transaction(db):
        if not db.execute("SELECT 1 FROM users").fetchone():
            _put(db, {"users": USERS, "customers": CUSTOMERS, "items": ITEMS})
    if seed:
        take(db, json.loads(seed.read_text(encoding="utf-8")))


def take(db: sqlite3.Connection, lists: Mapping[str, Iterable[Mapping[str, Any]]]) -> None:
    """Insert or replace master records, all of them or none."""
    with transaction(db):
        _put(db, lists)


def _put(db: sqlite3.Connection, lists: Mapping[str, Iterable[Mapping[str, Any]]]) -> None:
    masters.put_users(db, lists.get("users", ()))
    masters.put_customers(db, lists.get("customers", ()))
    masters.put_items(db, lists.get("items", ()))

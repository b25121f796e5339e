"""What did Harbour really store? Its SQLite tables, read directly and compared without the product's own rules."""

import sqlite3
from collections import Counter
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class StoredLine:
    """One line as it lies in the table."""

    item: str
    quantity: Decimal
    price: Decimal
    amount: Decimal


@dataclass(frozen=True)
class Stored:
    """One order as it lies in the tables."""

    number: int
    customer: str
    ordered_on: str
    reference: str
    po_number: str
    currency: str
    status: str
    total: Decimal
    lines: tuple[StoredLine, ...]


class Oracle:
    """The last word on what Harbour holds."""

    def __init__(self, database: Path) -> None:
        self._database = database

    def rows(self, sql: str, *values: Any) -> list[dict[str, Any]]:
        """What a query of the tables gives."""
        with closing(sqlite3.connect(self._database, timeout=15)) as connection:
            connection.row_factory = sqlite3.Row
            return [dict(row) for row in connection.execute(sql, values)]

    def all(self) -> list[Stored]:
        """Every stored order, oldest first."""
        return [self._stored(row) for row in self.rows("SELECT * FROM orders ORDER BY number")]

    def of(self, wanted: Mapping[str, Any]) -> list[Stored]:
        """Every stored order with the CRM order's PO number, which nothing but a test's own order has."""
        return [stored for stored in self.all() if stored.po_number == wanted["po_number"]]

    def duplicates(self) -> list[str]:
        """References and PO numbers that stand on more than one order."""
        counted = Counter(text for stored in self.all() for text in {stored.reference, stored.po_number} if text)
        return sorted(text for text, times in counted.items() if times > 1)

    def differences(self, wanted: Mapping[str, Any], stored: Stored) -> list[str]:
        """Where the stored order is not what the CRM asked for, value by value."""
        pairs = {
            "customer": (wanted["customer"]["code"], stored.customer),
            "order_date": (wanted["order_date"], stored.ordered_on),
            "currency": (wanted["currency"], stored.currency),
            "po_number": (wanted["po_number"], stored.po_number),
            "lines": (
                [(line["item"], Decimal(line["quantity"]), Decimal(line["unit_price"])) for line in wanted["lines"]],
                [(line.item, line.quantity, line.price) for line in stored.lines],
            ),
            "total": (sum(line.amount for line in stored.lines), stored.total),
        }
        return [f"{name}: {left!r} is stored as {right!r}" for name, (left, right) in pairs.items() if left != right]

    def failed_sign_ons(self, user: str) -> int:
        """How often in a row the user was refused."""
        return int(self.rows("SELECT failed_attempts FROM users WHERE name = ?", user)[0]["failed_attempts"])

    def _stored(self, row: Mapping[str, Any]) -> Stored:
        lines = self.rows("SELECT * FROM order_lines WHERE order_number = ? ORDER BY position", row["number"])
        return Stored(
            number=row["number"],
            customer=row["customer_code"],
            ordered_on=row["order_date"],
            reference=row["remarks"],
            po_number=row["po_number"],
            currency=row["currency"],
            status=row["status"],
            total=Decimal(row["net_total"]),
            lines=tuple(
                StoredLine(
                    line["item_code"], Decimal(line["quantity"]), Decimal(line["unit_price"]), Decimal(line["amount"])
                )
                for line in lines
            ),
        )

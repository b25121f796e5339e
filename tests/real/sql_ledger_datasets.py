"""What is in SQL-Ledger's own database: seeding customers and items by SQL, and reading orders back as the oracle."""

import json
import subprocess
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

DATABASE = "acme"
ROLE = "sql-ledger"


class DatasetError(Exception):
    """PostgreSQL refused a statement; the message is what it said."""


@dataclass(frozen=True)
class Customer:
    """A customer as a clerk would enter it; `taxed` puts the standard VAT of the chart on its orders."""

    number: str
    name: str
    city: str = "London"
    currency: str = "GBP"
    taxed: bool = False


@dataclass(frozen=True)
class Item:
    """A part with its list price in the company's currency, GBP."""

    number: str
    description: str
    price: Decimal
    unit: str = "ea"
    taxed: bool = False


@dataclass(frozen=True)
class User:
    """A person or a bot that signs on; the formats are those of SQL-Ledger's own preferences screen."""

    login: str
    name: str
    date_format: str = "yyyy-mm-dd"
    number_format: str = "1000.00"
    dropdown_limit: int = 1000
    """From this many customers on the form shows a text box instead of a drop-down; 0 means always."""

    @property
    def password(self) -> str:
        return f"secret-of-{self.login}"

    @property
    def full_login(self) -> str:
        """What the program calls this user in addresses, cookies and locks."""
        return f"{self.login}@{DATABASE}"


SEATS = (
    User("bot1", "Bot One"),
    User("bot2", "Bot Two"),
    User("typist", "Bot without drop-downs", dropdown_limit=0),
    User("anna", "Anna Clerk", date_format="mm-dd-yy", number_format="1,000.00"),
)

CUSTOMERS = (
    Customer("C-100", "Acme Tools Ltd"),
    Customer("C-101", "Acme Tools Ltd North", city="Leeds"),
    Customer("C-102", "Smith Ltd", city="Bath", taxed=True),
    Customer("C-103", "Smith Ltd & Sons", city="Bath"),
    Customer("C-104", "Zenith Export Inc", city="Boston", currency="USD"),
    Customer("C-105", "Müller GmbH", city="Köln"),
    Customer("C-106", "重庆某科技有限责任公司", city="重庆"),
)

ITEMS = (
    Item("P-10", "Hex bolt M8", Decimal("1.50")),
    Item("P-20", "Washer M8", Decimal("0.35")),
    Item("P-200", "Washer M8, brass", Decimal("0.85")),
    Item("P-30", "Torque wrench", Decimal("89.90"), taxed=True),
    Item("P-40", "Cutting oil", Decimal("12.25"), unit="l"),
    Item("P-50", "Schraubenschlüssel 扳手", Decimal("7.00")),
)


@dataclass(frozen=True)
class Dataset:
    """The database `acme`, reached with psql over a Unix socket."""

    psql: Path
    socket: Path

    def run(self, script: str) -> str:
        """What psql printed for an SQL script; the first error ends it and undoes all of it."""
        command = [str(self.psql), "-h", str(self.socket), "-U", ROLE, "-d", DATABASE, "-XAtq1"]
        done = subprocess.run(
            [*command, "-v", "ON_ERROR_STOP=1", "-f", "-"],
            input=f"SET client_encoding = 'UTF8';\n{script}",
            capture_output=True,
            encoding="utf-8",
            check=False,
        )
        if done.returncode:
            raise DatasetError(done.stderr.strip())
        return done.stdout

    def rows(self, query: str) -> list[dict[str, Any]]:
        """The rows of a query; numbers with a point come as Decimal, exactly as PostgreSQL prints them."""
        text = self.run(f"SELECT coalesce(json_agg(q), '[]') FROM ({query}) q;")
        found: list[dict[str, Any]] = json.loads(text, parse_float=Decimal)
        return found

    def add_customers(self, customers: Iterable[Customer]) -> None:
        """Customers with address and, where taxed, the chart's first VAT account."""
        self.run(ADD_CUSTOMERS.replace("$rows", as_literal(customers)))

    def add_items(self, items: Iterable[Item]) -> None:
        """Parts that are kept in stock, booked on the accounts the chart declares as its defaults."""
        self.run(ADD_ITEMS.replace("$rows", as_literal(items)))

    def add_employee(self, user: User) -> None:
        """The employee record without which a sign-on is refused; the password is not kept here."""
        self.run(ADD_EMPLOYEE.replace("$rows", as_literal([user])))

    def number_orders_from(self, last: str) -> None:
        """The company's last used order number, such as SO-1000; the next order gets the one after it."""
        self.run(NUMBER_ORDERS.replace("$last", "'" + last.replace("'", "''") + "'"))

    def orders(self) -> list[dict[str, Any]]:
        """Every sales order as stored, oldest first, its lines in the order they were entered."""
        return [with_decimals(order) for order in self.rows(ORDERS)]

    def locks(self) -> list[dict[str, Any]]:
        """Who holds which order open right now."""
        return self.rows("SELECT id, login, module FROM semaphore ORDER BY id")


def as_literal(rows: Iterable[Any]) -> str:
    """Dataclasses as one SQL string literal that holds their JSON."""
    text = json.dumps([asdict(row) for row in rows], ensure_ascii=False, default=str)
    return "'" + text.replace("'", "''") + "'"


def with_decimals(order: dict[str, Any]) -> dict[str, Any]:
    """Amounts as Decimal even where PostgreSQL printed a whole number."""
    lines = [exact(line, ("quantity", "price", "discount", "shipped")) for line in order["lines"]]
    return {**exact(order, ("net", "total", "exchange_rate")), "lines": lines}


def exact(values: dict[str, Any], names: tuple[str, ...]) -> dict[str, Any]:
    """The values with those of the given names as Decimal; what is NULL stays None."""
    return {**values, **{name: None if values[name] is None else Decimal(values[name]) for name in names}}


ADD_CUSTOMERS = """
WITH wanted AS (
    SELECT nextval('id')::int AS id, * FROM json_to_recordset($rows)
        AS r(number text, name text, city text, currency text, taxed bool)
), taxes AS (
    INSERT INTO customertax (customer_id, chart_id)
    SELECT id, (SELECT min(chart_id) FROM tax) FROM wanted WHERE taxed
), addresses AS (
    INSERT INTO address (trans_id, city) SELECT id, city FROM wanted
)
INSERT INTO customer (id, customernumber, name, curr, terms, taxincluded, creditlimit)
SELECT id, number, name, currency, 0, 'f', 0 FROM wanted;
"""

ADD_ITEMS = """
WITH wanted AS (
    SELECT nextval('id')::int AS id, * FROM json_to_recordset($rows)
        AS r(number text, description text, price float, unit text, taxed bool)
), taxes AS (
    INSERT INTO partstax (parts_id, chart_id)
    SELECT id, (SELECT min(chart_id) FROM tax) FROM wanted WHERE taxed
)
INSERT INTO parts (id, partnumber, description, unit, listprice, sellprice, lastcost, weight, onhand,
                   inventory_accno_id, income_accno_id, expense_accno_id)
SELECT id, number, description, unit, price, price, 0, 0, 0,
       (SELECT fldvalue::int FROM defaults WHERE fldname = 'inventory_accno_id'),
       (SELECT fldvalue::int FROM defaults WHERE fldname = 'income_accno_id'),
       (SELECT fldvalue::int FROM defaults WHERE fldname = 'expense_accno_id')
FROM wanted;
"""

ADD_EMPLOYEE = """
INSERT INTO employee (login, name, employeenumber, startdate, sales, acs)
SELECT login, name, 'E-' || login, '2000-01-01', 't', '' FROM json_to_recordset($rows) AS r(login text, name text);
"""

NUMBER_ORDERS = """
DELETE FROM defaults WHERE fldname = 'sonumber';
INSERT INTO defaults (fldname, fldvalue) VALUES ('sonumber', $last);
"""

ORDERS = """
SELECT o.id, o.ordnumber AS number, c.customernumber AS customer_number, c.name AS customer,
       o.transdate AS date, o.reqdate AS required_by, o.ponumber AS po_number, o.description,
       o.notes, o.intnotes AS internal_notes, o.shippingpoint AS shipping_point, o.shipvia AS ship_via,
       o.waybill, trim(o.curr) AS currency, o.exchangerate AS exchange_rate, o.netamount AS net,
       o.amount AS total, o.taxincluded AS tax_included, o.closed, e.login AS entered_by,
       (SELECT coalesce(json_agg(l ORDER BY l.position), '[]') FROM (
            SELECT row_number() OVER (ORDER BY i.id) AS position, p.partnumber AS item, i.description,
                   i.qty AS quantity, i.unit, i.sellprice AS price, i.discount, i.ship AS shipped,
                   i.reqdate AS required_by
            FROM orderitems i JOIN parts p ON p.id = i.parts_id WHERE i.trans_id = o.id) l) AS lines
FROM oe o LEFT JOIN customer c ON c.id = o.customer_id LEFT JOIN employee e ON e.id = o.employee_id
WHERE NOT coalesce(o.quotation, 'f') ORDER BY o.id
"""

"""What does the Tryton we test against hold: this script, run by Tryton's own Python, makes, fills and serves it.

Tryton is a third-party ERP suite under GPL-3; it lives in an environment and a process of its own, and nothing of
it is imported by the bridge. The file stands alone (standard library and Tryton only) because that Python
has none of the bridge's packages.

    python tryton_seed.py make  tryton.conf crm            tables, company, currencies, parties, products, REST key
    python tryton_seed.py load  tryton.conf crm sales.json sales in the states that they ask for
    python tryton_seed.py serve tryton.conf crm ready.txt  the HTTP server; ends when its standard input closes
"""

import datetime as dt
import json
import os
import sys
import threading
from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

MODULES: Final = ("ir", "res", "sale", "sale_opportunity")
PASSWORD: Final = "not-a-secret-only-a-test"
COMPANY: Final = "北桥贸易 Northbridge Trading"
CATEGORY: Final = "Goods"
PAYMENT_TERM: Final = "30 days net"
BEFORE_ANY_SALE: Final = dt.date(2000, 1, 1)
CURRENCIES: Final = {  # ISO code -> (digits, units for one pound)
    "GBP": (2, "1"),
    "USD": (2, "1.3"),
    "EUR": (2, "1.2"),
    "CNY": (2, "9.4"),
    "JPY": (0, "190"),
    "KWD": (3, "0.4"),
}
PARTIES: Final = {  # code -> (name, street, city)
    "C0001": ("上海精密机械有限公司", "浦东新区张江路 88 号", "上海"),
    "C0002": ("重庆某科技有限责任公司", "渝北区金开大道 100 号", "重庆"),
    "C0003": ("Müller & Söhne GmbH", "Königstraße 1", "Köln"),
    "C0004": ("O'Brien, Ltd.", "1 High Street", "Cork"),
    "C0005": ('Quote "Q" <Trading> =SUM(A1)', "5 Tab Lane", "London"),
}
PRODUCTS: Final = {  # code -> (name, list price)
    "W-100": ("Widget, standard", "9.9900"),
    "W-200": ("精密轴承 6204", "12.3450"),
    "W-300": ("Gasket µ-fine", "0.0800"),
    "W-400": ("Freight", "0.0000"),
}
CLICKS: Final[dict[str, tuple[str, ...]]] = {  # state -> the buttons a salesperson presses to get there
    "draft": (),
    "quotation": ("quote",),
    "confirmed": ("quote", "confirm"),
    "processing": ("quote", "confirm", "process"),
    "cancelled": ("cancel",),
}

BATCH: Final = 20  # a uniqueness check over 200 products at once overflows SQLite's parser stack

Sale = Mapping[str, Any]


class Books:
    """An open Tryton database, worked in-process as its administrator."""

    def __init__(self, config: str, database: str) -> None:
        # Imported by name: only Tryton's environment has it, and the type checker runs in ours.
        self.proteus: Any = import_module("proteus")
        settings = self.proteus.config.set_trytond(f"sqlite:///{database}", config_file=config)
        self.settings: Any = settings

    def model(self, name: str) -> Any:
        """The class of one Tryton model, for example ``party.party``."""
        return self.proteus.Model.get(name)

    def create(self, name: str, values: Iterable[Mapping[str, Any]]) -> list[int]:
        """Create records without the form's on-change calls and answer their ids."""
        rows, ids = [dict(row) for row in values], list[int]()
        for start in range(0, len(rows), BATCH):
            ids += self.settings.get_proxy(name).create(rows[start : start + BATCH], self.settings.context)
        return ids

    def ids(self, name: str, field: str = "code") -> dict[str, int]:
        """Every active record's id by a field's value."""
        return {getattr(record, field): record.id for record in self.model(name).find([])}


def make(config: str, database: str) -> None:
    """Make the tables and everything that a sale needs before it can be quoted; the file must exist and be empty."""
    update_tables(config, database)
    books = Books(config, database)
    add_currencies(books)
    add_company(books)
    add_parties(books, PARTIES)
    add_products(books, PRODUCTS)
    term = books.model("account.invoice.payment_term")(name=PAYMENT_TERM)
    term.lines.new(type="remainder").relativedeltas.new(days=30)
    term.save()
    books.create("res.user.application", [{"user": books.settings.user, "application": "rest"}])


def update_tables(config: str, database: str) -> None:
    """Run Tryton's own administration command, which reads the administrator's password from a file only."""
    admin: Any = import_module("trytond.cli.admin")
    answers = ["--activate-dependencies", "--email", "admin@example.test", "--password"]
    sys.argv = ["trytond-admin", "-c", config, "-d", database, "-u", *MODULES, *answers]
    with TemporaryDirectory() as folder:
        words = Path(folder, "password")
        words.write_text(PASSWORD, "utf-8")
        os.environ["TRYTONPASSFILE"] = str(words)
        admin.main()


def add_currencies(books: Books) -> None:
    """Currencies with a rate that holds for every date a test may use."""
    for code, (digits, rate) in CURRENCIES.items():
        currency = books.model("currency.currency")(name=code, symbol=code, code=code, digits=digits)
        currency.rounding = Decimal(1).scaleb(-digits)
        currency.rates.new(date=BEFORE_ANY_SALE, rate=Decimal(rate))
        currency.save()


def add_company(books: Books) -> None:
    """The selling company in pounds, with Tryton's universal chart of accounts and one category for its goods."""
    pounds = books.model("currency.currency").find([("code", "=", "GBP")])[0]
    party = books.model("party.party")(name=COMPANY)
    party.save()
    create: Any = import_module("trytond.modules.company.tests.tools").create_company
    create(party=party, currency=pounds, config=books.settings)
    tools: Any = import_module("trytond.modules.account.tests.tools")
    tools.create_chart(config=books.settings)
    accounts = tools.get_accounts(config=books.settings)
    category = books.model("product.category")(name=CATEGORY, accounting=True)
    category.account_revenue, category.account_expense = accounts["revenue"], accounts["expense"]
    category.save()


def add_parties(books: Books, parties: Mapping[str, tuple[str, str, str]]) -> None:
    """Customers with one address each: a sale cannot be quoted without."""
    books.create(
        "party.party",
        [
            {"code": code, "name": name, "addresses": [("create", [{"street": street, "city": city}])]}
            for code, (name, street, city) in parties.items()
        ],
    )


def add_products(books: Books, products: Mapping[str, tuple[str, str]]) -> None:
    """Salable goods counted in whole units, each a template with one variant, with accounts to invoice them."""
    unit = books.model("product.uom").find([("name", "=", "Unit")])[0].id
    category = books.model("product.category").find([("name", "=", CATEGORY)])[0].id
    books.create(
        "product.template",
        [
            {
                "code": code,
                "name": name,
                "list_price": Decimal(price),
                "type": "goods",
                "default_uom": unit,
                "salable": True,
                "sale_uom": unit,
                "account_category": category,
                "products": [("create", [{}])],
            }
            for code, (name, price) in products.items()
        ],
    )


def load(config: str, database: str, sales: str) -> None:
    """Create the sales of a JSON file one by one, each in its own transaction, and bring them into their states.

    Customers and products that the database lacks are created from what the sale says of them.
    """
    books = Books(config, database)
    wanted: list[Sale] = json.loads(Path(sales).read_text("utf-8"))
    add_unknown(books, wanted)
    known = {name: books.ids(name) for name in ("party.party", "product.product", "currency.currency")} | {
        "addresses": {str(record.party.id): record.id for record in books.model("party.address").find([])}
    }
    unit = books.model("product.uom").find([("name", "=", "Unit")])[0].id
    term = books.model("account.invoice.payment_term").find([("name", "=", PAYMENT_TERM)])[0].id
    for sale in wanted:
        number = books.create("sale.sale", [values_of(sale, known, unit) | {"payment_term": term}])
        record = books.model("sale.sale")(number[0])
        for button in CLICKS[sale["state"]]:
            record.click(button)


def add_unknown(books: Books, sales: list[Sale]) -> None:
    """Customers and products that a sale names and the database does not have."""
    parties = {sale["party"]: sale.get("party_name") or f"Customer {sale['party']}" for sale in sales}
    lines = [line for sale in sales for line in sale["lines"]]
    products = {line["product"]: (line.get("description") or line["product"], line["unit_price"]) for line in lines}
    parties_there, products_there = books.ids("party.party"), books.ids("product.product")
    add_parties(
        books, {code: (name, "1 Main Street", "London") for code, name in parties.items() if code not in parties_there}
    )
    add_products(books, {code: value for code, value in products.items() if code not in products_there})


def values_of(sale: Sale, known: Mapping[str, Mapping[str, int]], unit: int) -> dict[str, Any]:
    """A sale as Tryton's ``create`` wants it; unknown codes raise KeyError."""
    party = known["party.party"][sale["party"]]
    address = known["addresses"][str(party)]
    return {
        "number": sale["number"],
        "reference": sale.get("reference"),
        "comment": sale.get("comment"),
        "party": party,
        "invoice_address": address,
        "shipment_address": address,
        "currency": known["currency.currency"][sale["currency"]],
        "sale_date": dt.date.fromisoformat(sale["sale_date"]),
        "lines": [
            (
                "create",
                [line_values(line, known["product.product"], unit, place) for place, line in enumerate(sale["lines"])],
            )
        ],
    }


def line_values(line: Mapping[str, Any], products: Mapping[str, int], unit: int, place: int) -> dict[str, Any]:
    """One sale line; quantities are floats in Tryton, prices decimals of four places."""
    return {
        "sequence": place + 1,
        "product": products[line["product"]],
        "description": line.get("description"),
        "quantity": float(line["quantity"]),
        "unit": unit,
        "unit_price": Decimal(line["unit_price"]),
    }


def serve(config: str, database: str, ready: str) -> None:
    """Tryton's own WSGI application on a free loopback port, which is written to the file when answers can come."""
    import_module("trytond.config").update_etc(config)
    pool: Any = import_module("trytond.pool").Pool
    pool.start()
    pool(database).init()
    application: Any = import_module("trytond.wsgi").app
    server: Any = import_module("werkzeug.serving").make_server("127.0.0.1", 0, application, threaded=True)
    threading.Thread(target=end_with_parent, daemon=True).start()
    announce(Path(ready), str(server.server_port))
    server.serve_forever()


def announce(ready: Path, text: str) -> None:
    """Write the file in one go, so that a reader never sees half a port."""
    draft = ready.with_suffix(".draft")
    draft.write_text(text, "utf-8")
    draft.replace(ready)


def end_with_parent() -> None:
    """Wait until the starter closes our standard input, on purpose or by dying, and leave at once."""
    sys.stdin.read()
    os._exit(0)


if __name__ == "__main__":
    verbs: dict[str, Callable[..., None]] = {"make": make, "load": load, "serve": serve}
    verbs[sys.argv[1]](*sys.argv[2:])

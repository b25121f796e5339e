"""Turns rows of the Online Retail data set into CRM orders, and puts them into a running CRM."""

import argparse
import csv
import gzip
import io
import json
import re
import sys
import urllib.request
import zlib
from collections.abc import Iterator, Sequence
from datetime import datetime
from decimal import Decimal, InvalidOperation
from pathlib import Path

from sandbox.crm.orders import Json, add_up, money, multiply
from sandbox.crm.servers import CONTROL_KEY

COLUMNS = ("InvoiceNo", "StockCode", "Description", "Quantity", "InvoiceDate", "UnitPrice", "CustomerID", "Country")
EXCERPT = Path(__file__).parent.parent / "data" / "invoices-2010-12.csv"
_DATE_FORMATS = ("%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M", "%Y-%m-%d", "%m/%d/%Y %H:%M")
_BATCH = 200
_DIGITS = 15  # before and behind the point; more is a damaged file, not a price
_GZIP_MAGIC = b"\x1f\x8b"


class BadFileError(Exception):
    """The file holds no invoices in the known form; the message is one sentence for a person."""


def read_invoices(path: Path, count: int | None = None) -> list[Json]:
    """The first `count` invoices of a CSV file (plain or gzipped) as CRM orders, in file order.

    Every invoice becomes a released order, credit notes (numbers that begin with C) with their negative
    quantities included: refusing what cannot be typed is the bridge's task, and real CRMs hold such rows. Texts
    are kept as they are, blanks at the ends too. Dates are read as 2010-12-01 08:26:00 or, as the data set's
    other editions write them, 12/1/2010 8:26 (month first). Prices keep all decimals they have.
    `BadFileError` when the file cannot be read so.
    """
    invoices: dict[str, list[Json]] = {}
    for row in _rows(path):
        invoices.setdefault(row["InvoiceNo"], []).append(row)
    return [_order(number, rows) for number, rows in list(invoices.items())[:count]]


def main(arguments: Sequence[str] | None = None) -> int:
    """Load a file into the CRM at --url: 0 when all orders are in, 1 when the CRM refuses, 2 for a bad file."""
    wishes = _parser().parse_args(arguments)
    try:
        orders = read_invoices(wishes.file, wishes.count)
        for start in range(0, len(orders), _BATCH):
            _send(wishes.url, wishes.control_key, orders[start : start + _BATCH])
    except BadFileError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    except (OSError, ValueError) as error:
        sys.stderr.write(f"The CRM at {wishes.url} did not take the orders: {error}\n")
        return 1
    sys.stdout.write(f"{len(orders)} orders loaded.\n")
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m sandbox.crm.loading", description="Loads invoices into the toy CRM."
    )
    parser.add_argument("file", type=Path, nargs="?", default=EXCERPT, help="CSV or CSV.gz (default: the excerpt)")
    parser.add_argument("--url", required=True, help="address that the CRM printed when it started")
    parser.add_argument("--control-key", default=CONTROL_KEY)
    parser.add_argument("--count", type=int, help="load only the first so many invoices")
    return parser


def _send(url: str, control_key: str, orders: list[Json]) -> None:
    if not url.startswith(("http://", "https://")):
        raise ValueError("the address must begin with http://")
    request = urllib.request.Request(  # noqa: S310  # the scheme has just been checked
        f"{url.rstrip('/')}/control/orders",
        data=json.dumps({"orders": orders}).encode(),
        headers={"X-Control-Key": control_key, "Content-Type": "application/json"},
        method="POST",
    )
    with urllib.request.urlopen(request, timeout=60):  # noqa: S310  # see above
        pass


def _rows(path: Path) -> Iterator[Json]:
    reader = csv.DictReader(io.StringIO(_text(path), newline=""))
    try:
        missing = [name for name in COLUMNS if name not in (reader.fieldnames or ())]
        if missing:
            raise BadFileError(f"{path} is not an invoice file: the column {', '.join(missing)} is missing.")
        for row in reader:
            yield _checked(row, f"{path}, line {reader.line_num}")
    except csv.Error as error:
        raise BadFileError(f"{path} is not a CSV file: {error}.") from None


def _text(path: Path) -> str:
    try:
        raw = path.read_bytes()
        if raw.startswith(_GZIP_MAGIC):
            raw = gzip.decompress(raw)
    except (OSError, EOFError, zlib.error) as error:
        raise BadFileError(f"{path} cannot be read: {error}.") from None
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        return raw.decode("cp1252", "replace")  # the data set's CSV editions are Windows files


def _checked(row: Json, place: str) -> Json:
    if any(row[name] is None for name in COLUMNS):
        raise BadFileError(f"{place}: the row is too short.")
    if not row["InvoiceNo"].strip():
        raise BadFileError(f"{place}: InvoiceNo is empty.")
    return {
        **row,
        "InvoiceNo": row["InvoiceNo"].strip(),
        "Quantity": _number(row["Quantity"], f"{place}: Quantity"),
        "UnitPrice": _number(row["UnitPrice"], f"{place}: UnitPrice"),
        "InvoiceDate": _date(row["InvoiceDate"], place),
    }


def _number(text: str, place: str) -> Decimal:
    try:
        number = Decimal(text.strip())
    except InvalidOperation:
        number = Decimal("NaN")
    if not number.is_finite() or max(number.adjusted(), -int(number.as_tuple().exponent)) > _DIGITS:
        raise BadFileError(f"{place} is {text!r}, which is no number.")
    return number


def _date(text: str, place: str) -> str:
    for form in _DATE_FORMATS:
        try:
            return datetime.strptime(text.strip(), form).date().isoformat()  # noqa: DTZ007  # a date, not an instant
        except ValueError:
            continue
    raise BadFileError(f"{place}: InvoiceDate is {text!r}, which is no date.")


def _order(number: str, rows: list[Json]) -> Json:
    lines = [_line(row, position) for position, row in enumerate(rows, start=1)]
    return {
        "number": number,
        "status": "released",
        "customer": _customer(rows[0]["CustomerID"].strip(), rows[0]["Country"].strip()),
        "order_date": rows[0]["InvoiceDate"],
        "currency": "GBP",
        "lines": lines,
        "total": money(add_up([line["amount"] for line in lines])),
        "remarks": "",
        "po_number": None,
    }


def _customer(customer: str, country: str) -> Json | None:
    """Nobody when the row names none; the data set holds no names, so one is made of number and country."""
    if not customer:
        return None
    code = re.sub(r"^(\d+)\.0+$", r"\1", customer)
    return {"code": code, "name": f"Customer {code}, {country}"}


def _line(row: Json, position: int) -> Json:
    quantity, price = _whole(row["Quantity"]), money(row["UnitPrice"])
    return {
        "position": position,
        "item": row["StockCode"],
        "description": row["Description"],
        "quantity": quantity,
        "unit_price": price,
        "amount": money(multiply(quantity, price)),
    }


def _whole(quantity: Decimal) -> str:
    """`quantity` as text, without a fraction that is zero."""
    return format(quantity.to_integral_value() if quantity == quantity.to_integral_value() else quantity, "f")


if __name__ == "__main__":
    sys.exit(main())

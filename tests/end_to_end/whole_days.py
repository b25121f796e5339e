"""Does the ERP hold exactly what the CRM asked for? Read from Harbour's own tables and the CSV the orders came from.

python -m tests.end_to_end.whole_days DEMO_FOLDER ORDERS.csv[.gz] compares a finished demo with its source.
"""

import sqlite3
import sys
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import closing
from decimal import Decimal
from pathlib import Path
from typing import Any

from sandbox.crm.loading import read_invoices
from tests.oracles import Oracle, Stored


def postings_of(ledger: Path) -> dict[str, tuple[str, str]]:
    """State and reference of every posting by order number, straight from the ledger's file."""
    with closing(sqlite3.connect(ledger)) as connection:
        found = connection.execute("SELECT order_number, state, reference FROM postings")
        return {number: (state, reference) for number, state, reference in found}


def wrongs(folder: Path, source: Path) -> Iterator[str]:
    """Everything in Harbour's tables that is not as the source asked, and every order without exactly one end."""
    postings = postings_of(folder / "ledger.sqlite")
    documents = Oracle(folder / "sandbox" / "harbour.sqlite").all()
    known = {reference for _, reference in postings.values()}
    yield from (f"{each.number} belongs to no order" for each in documents if each.reference not in known)
    for invoice in read_invoices(source):
        state, reference = postings.get(invoice["number"], ("nowhere", ""))
        held = [each for each in documents if each.reference == reference]
        if state != "posted":
            yield from (f"{invoice['number']} is {state} and stored as {each.number}" for each in held)
        elif len(held) != 1:
            yield f"{invoice['number']} is stored {len(held)} times"
        else:
            yield from _differences(invoice, held[0])


def _differences(invoice: Mapping[str, Any], stored: Stored) -> Iterator[str]:
    values = [
        ("customer", invoice["customer"]["code"], stored.customer),
        ("date", invoice["order_date"], stored.ordered_on),
        ("currency", invoice["currency"], stored.currency),
        ("total", Decimal(invoice["total"]), stored.total),
        ("lines", len(invoice["lines"]), len(stored.lines)),
    ]
    for asked, line in zip(invoice["lines"], stored.lines, strict=False):
        where = asked["position"]
        values += [
            (f"item {where}", asked["item"], line.item),
            (f"quantity {where}", Decimal(asked["quantity"]), line.quantity),
            (f"price {where}", Decimal(asked["unit_price"]), line.price),
        ]
    for name, wanted, found in values:
        if wanted != found:
            yield f"{invoice['number']}: {name} is {found}, asked was {wanted}"


if __name__ == "__main__":
    demo, orders = Path(sys.argv[1]), Path(sys.argv[2])
    wrong = list(wrongs(demo, orders))
    states = dict(Counter(state for state, _ in postings_of(demo / "ledger.sqlite").values()))
    lines = sum(len(stored.lines) for stored in Oracle(demo / "sandbox" / "harbour.sqlite").all())
    sys.stdout.write(f"{states}; {lines} lines stored; {len(wrong)} wrong\n" + "".join(f"{each}\n" for each in wrong))
    sys.exit(bool(wrong))

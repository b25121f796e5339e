"""What is a field called in which release, where does it stand, and in which order are fields visited?"""

from dataclasses import dataclass, replace

LENGTHS = {"item": 15, "description": 35, "quantity": 10, "price": 12}
CURRENCIES = ("GBP", "EUR", "USD", "CNY")


@dataclass(frozen=True)
class Place:
    """One field of the order form: its label, access key and length, and its row and column on the form."""

    label: str
    key: str
    length: int
    row: int
    column: int
    span: int = 1


@dataclass(frozen=True)
class Release:
    """One version: the fields of the order form by meaning, and the order in which Tab visits them."""

    version: str
    header: dict[str, Place]
    tab_order: tuple[str, ...]


_FIVE_ONE = Release(
    version="5.1",
    header={
        "customer": Place("Customer", "C", 8, 0, 0),
        "order_date": Place("Order Date", "D", 8, 1, 0),
        "currency": Place("Currency", "U", 3, 1, 1),
        "po_number": Place("Your Ref", "Y", 15, 2, 0),
        "external_number": Place("External No.", "N", 20, 2, 1),
        "remarks": Place("Remarks", "R", 40, 3, 0, span=2),
        "terms": Place("Terms", "", 3, 4, 0),
        "warehouse": Place("Warehouse", "", 6, 4, 1),
        "shipping": Place("Shipping", "", 8, 4, 2),
    },
    tab_order=("customer", "external_number", "order_date", "remarks", "po_number", "currency"),
)

_FIVE_TWO = Release(
    version="5.2",
    header=_FIVE_ONE.header
    | {
        "currency": replace(_FIVE_ONE.header["currency"], row=2, column=2),
        "po_number": replace(_FIVE_ONE.header["po_number"], key="R"),
        "external_number": replace(_FIVE_ONE.header["external_number"], label="Ext. Doc. No."),
        "remarks": replace(_FIVE_ONE.header["remarks"], key="Y"),
        "terms": replace(_FIVE_ONE.header["terms"], label="Payment Terms"),
        "shipping": replace(_FIVE_ONE.header["shipping"], label="Ship Via"),
    },
    tab_order=("customer", "order_date", "po_number", "external_number", "currency", "remarks"),
)

RELEASES = {release.version: release for release in (_FIVE_ONE, _FIVE_TWO)}

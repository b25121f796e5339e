"""What is a field called in which release? An update renamed ids, names and some labels."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Field:
    """One input of a form; `tied` says whether its label carries `for`, which the makers often forgot."""

    name: str
    id: str
    label: str
    max_length: int = 0
    tied: bool = False


@dataclass(frozen=True)
class Release:
    """One version: its header fields by meaning, the prefixes of its line fields, the fields of the order list."""

    version: str
    header: dict[str, Field]
    line: dict[str, str]
    filters: dict[str, Field]


LINE_LENGTHS = {"item": 15, "description": 35, "quantity": 10, "price": 12}

_FILTERS = {
    "customer": Field("fCust", "fCust", "Customer", 8, tied=True),
    "number": Field("fNum", "fNum", "Number", 6, tied=True),
    "remarks": Field("fRem", "Text12", "Remarks contains", 20),
    "po_number": Field("fRef", "Text13", "Your Ref", 15),
    "date_from": Field("fFrom", "fFrom", "Date from", 8),
    "date_to": Field("fTo", "fTo", "Date to", 8),
    "status": Field("fStat", "Combo5", "Status"),
    "open_only": Field("fOpen", "fOpen", "Open orders only", tied=True),
}

_SEVEN_TWO = Release(
    version="7.2",
    header={
        "customer": Field("txtCust", "txtCust", "Customer No.", 8, tied=True),
        "order_date": Field("txtDate", "txtDate", "Order Date", 8, tied=True),
        "po_number": Field("txtRef", "Text7", "Your Ref", 15),
        "remarks": Field("txtRem", "txtRem", "Remarks", 20),
        "currency": Field("selCurr", "selCurr", "Currency", tied=True),
        "terms": Field("txtTerms", "Text9", "Terms", 3),
        "warehouse": Field("selWhse", "selWhse", "Warehouse"),
        "shipping": Field("selShip", "Combo3", "Shipping"),
    },
    line={"item": "item_", "description": "desc_", "quantity": "qty_", "price": "price_", "confirmed": "chk_"},
    filters=_FILTERS,
)

_SEVEN_THREE = Release(
    version="7.3",
    header={
        "customer": Field("txtCustomer", "txtCustomer", "Customer No.", 8, tied=True),
        "order_date": Field("txtOrderDate", "txtOrderDate", "Order Date", 8),
        "po_number": Field("txtPO", "txtPO", "Customer PO", 15),
        "remarks": Field("txtNotes", "txtNotes", "Remarks", 20),
        "currency": Field("cboCurrency", "cboCurrency", "Curr. Code", tied=True),
        "terms": Field("txtTerms", "Text9", "Payment Terms", 3),
        "warehouse": Field("cboWarehouse", "cboWarehouse", "Warehouse"),
        "shipping": Field("cboShip", "cboShip", "Ship Via"),
    },
    line={"item": "itm_", "description": "dsc_", "quantity": "qnt_", "price": "prc_", "confirmed": "chk_"},
    filters=_FILTERS
    | {
        "remarks": Field("fNotes", "fNotes", "Remarks contains", 20),
        "po_number": Field("fPO", "fPO", "Customer PO", 15),
        "open_only": Field("chkOpen", "chkOpen", "Open orders only", tied=True),
    },
)

RELEASES = {release.version: release for release in (_SEVEN_TWO, _SEVEN_THREE)}

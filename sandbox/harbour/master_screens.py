"""How are master files kept? The screens Customers (CU-100) and Items (IN-100)."""

from flask import Blueprint, Response

from sandbox.harbour import figures, masters
from sandbox.harbour.pages import page
from sandbox.harbour.visits import options, visit

blueprint = Blueprint("master_screens", __name__)


@blueprint.route("/cu", methods=["GET", "POST"])
def customers() -> Response:
    """Search customers, add one."""
    fields = visit().fields
    notice, error = "", ""
    if "txtCode" in fields:
        code, name = fields["txtCode"].strip().upper()[:8], fields.get("txtName", "").strip()[:40]
        error = _refusal(code, name, known=masters.customer(visit().db, code) is not None)
        if not error:
            row = {"code": code, "name": name, "address": fields.get("txtAddr", ""), "city": fields.get("txtCity", "")}
            masters.put_customers(visit().db, [row | {"currency": fields.get("selCurr", "GBP")}], options())
            notice = f"Customer {code} added"
    rows = masters.customers(visit().db, fields.get("txtFind", "").strip())
    return page("customers.html", rows=rows, wanted=fields.get("txtFind", ""), notice=notice, error=error)


@blueprint.route("/in", methods=["GET", "POST"])
def items() -> Response:
    """Search items, add one."""
    fields = visit().fields
    notice, error = "", ""
    if "txtCode" in fields:
        code, text = fields["txtCode"].strip().upper()[:15], fields.get("txtDesc", "").strip()
        error = _refusal(code, text, known=masters.item(visit().db, code) is not None)
        if not error:
            row = {"code": code, "description": text, "unit": fields.get("txtUnit", "")[:3] or "PCE"}
            masters.put_items(visit().db, [row | {"price": figures.price(fields.get("txtPrice", ""))}], options())
            notice = f"Item {code} added"
    rows = masters.items(visit().db, fields.get("txtFind", "").strip())
    return page("items.html", rows=rows, wanted=fields.get("txtFind", ""), notice=notice, error=error)


def _refusal(code: str, name: str, *, known: bool) -> str:
    if not code or not name:
        return "CU-101 Code and name are mandatory"
    return f"CU-102 {code} is already on file" if known else ""

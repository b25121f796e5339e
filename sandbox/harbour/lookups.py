"""Which code has it? The pop-up windows in which a clerk searches and picks."""

import re

from flask import Blueprint, Response

from sandbox.harbour import masters
from sandbox.harbour.pages import page
from sandbox.harbour.visits import visit

blueprint = Blueprint("lookups", __name__, url_prefix="/lookup")


@blueprint.get("/customers")
def customers() -> Response:
    """Customers by part of the name; picking writes the code into the form that opened the window."""
    found = masters.customers(visit().db, _wanted())
    return _window("Customer Lookup", "/lookup/customers", [(c.code, c.name, c.city) for c in found if c.active])


@blueprint.get("/items")
def items() -> Response:
    """Items by part of the description."""
    found = masters.items(visit().db, _wanted())
    return _window("Item Lookup", "/lookup/items", [(i.code, i.description, i.unit) for i in found])


def _wanted() -> str:
    return visit().fields.get("txtFind", "").strip()


def _window(title: str, path: str, rows: list[tuple[str, str, str]]) -> Response:
    target = re.sub(r"\W", "", visit().fields.get("target", ""), flags=re.ASCII)
    return page("lookup.html", title=title, path=path, target=target, wanted=_wanted(), rows=rows)

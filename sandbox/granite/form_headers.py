"""What stands in the upper part of the order form, and what happens when one of its fields is left?"""

from collections.abc import Callable
from functools import partial
from tkinter import ttk
from typing import TYPE_CHECKING

from sandbox.granite import figures, masters
from sandbox.granite.actions import Action, perform
from sandbox.granite.lookups import CustomerLookup
from sandbox.granite.masters import Customer
from sandbox.granite.orders import StoredOrder
from sandbox.granite.releases import CURRENCIES
from sandbox.granite.savings import Faults
from sandbox.granite.sayings import NO_CURRENCY, NO_CUSTOMER, RefusedError
from sandbox.granite.stops import Field
from sandbox.granite.windows import GAP, Window

if TYPE_CHECKING:
    from sandbox.granite.desks import Desk

WAREHOUSES = ("MAIN", "NORTH", "EXPORT")
SHIPPINGS = ("STD", "EXPRESS", "COLLECT")
_NAME_WIDTH = 44


class Header:
    """The header fields of one form."""

    def __init__(self, desk: "Desk", window: Window, master: ttk.Frame) -> None:
        self._desk, self._window = desk, window
        self._checked: dict[str, str] = {}
        self._fields: dict[str, Field] = {}
        for name, place in desk.release.header.items():
            at = (place.row, place.column)
            made = window.field(master, name, place.label, place.key, at, length=place.length, span=place.span)
            made.left = partial(self._left, name)
            self._fields[name] = made
        self._fields["customer"].keys["F4"] = self._look_up
        self._name = Field(master, "customer_name", 0, width=_NAME_WIDTH, read_only=True)
        self._name.widget.grid(row=0, column=2, columnspan=4, sticky="w", padx=GAP)
        window.add(self._name)
        self._checks: dict[str, Callable[[str], str]] = {
            "customer": self._customer,
            "order_date": _date,
            "currency": _currency,
            "warehouse": partial(_one_of, WAREHOUSES),
            "shipping": partial(_one_of, SHIPPINGS),
        }
        self._choices: list[Customer] = []

    def put(self, order: StoredOrder | None) -> None:
        """What the order holds, or the defaults of the house."""
        for name, text in (_stored(order) if order else _blank()).items():
            self._fields[name].text = self._checked[name] = text
        self._show_name(self._fields["customer"].text)

    def text(self, name: str) -> str:
        """What stands in that field."""
        return self._fields[name].text.strip()

    def texts(self) -> list[str]:
        """What stands in all of them."""
        return [self.text(name) for name in self._fields]

    def _left(self, name: str) -> bool:
        field = self._fields[name]
        if field.text == self._checked[name]:
            return True
        self._choices = []
        action = Action(
            at="leave_field",
            work=partial(self._check, name, field.text.strip()),
            held=(field.text,),
            needs_session=name == "customer",
        )
        if not perform(self._desk, self._window, action):
            return False
        if self._choices:
            CustomerLookup(self._desk, self._window, self._choices, self._picked)
            return False
        self._checked[name] = field.text
        return True

    def _check(self, name: str, text: str, _: Faults) -> bool:
        check = self._checks.get(name)
        if check:
            self._fields[name].text = check(text)
        return True

    def _customer(self, text: str) -> str:
        """The code of the customer, or the text where several are meant; raises RefusedError."""
        found = masters.customer(self._desk.db, text)
        named = masters.customers_named(self._desk.db, text) if text and not found else []
        if text and not found and not named:
            self._name.text = ""
            raise RefusedError(NO_CUSTOMER)
        if len(named) > 1:
            self._choices = named
            return text
        code = found.code if found else named[0].code if named else ""
        self._show_name(code)
        return code.upper()

    def _show_name(self, code: str) -> None:
        found = masters.customer(self._desk.db, code)
        self._name.text = found.name if found else ""

    def _look_up(self) -> None:
        text = self.text("customer")
        found = masters.customers_named(self._desk.db, text) or masters.customers_named(self._desk.db, "")
        CustomerLookup(self._desk, self._window, found, self._picked)

    def _picked(self, code: str) -> None:
        self._fields["customer"].text = self._checked["customer"] = code
        self._show_name(code)


def _blank() -> dict[str, str]:
    header = dict.fromkeys(("customer", "po_number", "external_number", "remarks"), "")
    header |= {"order_date": figures.day_text(figures.today()), "currency": CURRENCIES[0]}
    return header | {"terms": "30", "warehouse": WAREHOUSES[0], "shipping": SHIPPINGS[0]}


def _stored(order: StoredOrder) -> dict[str, str]:
    return {
        "customer": order.customer_code,
        "order_date": figures.day_text(order.order_date),
        "currency": order.currency,
        "po_number": order.po_number,
        "external_number": order.external_number,
        "remarks": order.remarks,
        "terms": order.terms,
        "warehouse": order.warehouse,
        "shipping": order.shipping_method,
    }


def _date(text: str) -> str:
    day = figures.day(text) if text else figures.today()
    return figures.day_text(day) if day else text


def _currency(text: str) -> str:
    found = [each for each in CURRENCIES if each.startswith(text.upper())]
    if text and len(found) != 1:
        raise RefusedError(NO_CURRENCY)
    return found[0]


def _one_of(known: tuple[str, ...], text: str) -> str:
    return text.upper() if text.upper() in known else known[0]

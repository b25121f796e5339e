"""How does a clerk enter and look up sales in Tryton's desktop client? One method per procedure."""

import json
import time
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from bots.bot import Bot
from bots.screen import ErpScreens
from bots.tryton_texts import asked_of, limits, line_of, listed_row, quoted
from bridge.errors import (
    BridgeError,
    CurrencyUnknown,
    CustomerAmbiguous,
    CustomerUnknown,
    ErpSaid,
    ItemUnknown,
    ScreenUnknown,
    SignOnRefused,
    ValueUnreadable,
)
from bridge.locale import Phrase
from bridge.model.comparisons import document_of, listed_of
from bridge.model.documents import Document, Listed
from bridge.model.forms import Form
from bridge.model.lists import ListReading, list_reading
from bridge.ports import Answer, Leave, LocatorHit, Search

SECONDS_TO_SIGN_ON = 9.0
SECONDS_TO_CLOSE = 5.0
SECONDS_TO_OPEN = 2.0
POLL = 0.02
READ = ("order_list", "customer_list")


class TrytonDesktop(Bot):
    """Tryton 8.0: tabs of one window, a window for each line, and a search window for every code that is typed.

    Save stores the sale; its number is given by Quote, which is pressed right after. A sale shows the names of its
    customer, so codes are looked up in the list of parties.
    """

    # --- the session ------------------------------------------------------------------------------------------------

    def sign_on(self) -> None:
        """Start the program, give the user, and then the password in a window of its own.

        Raises SignOnRefused where that window comes again.
        """
        self.screens.open("sign_on")
        self.screens.type(user=self.credentials.user)
        self.screens.press("connect", leads_to="password")
        self.screens.type(password=self.credentials.password)
        self.screens.press_only("sign_on")
        try:
            self.screens.see("menu", SECONDS_TO_SIGN_ON)
        except BridgeError as error:
            text = str(error.params.get("text", ""))
            if self.screens.meaning(text) != "sign_on_refused":
                raise
            raise SignOnRefused(erp=self.profile.name, user=self.credentials.user, text=text) from error

    def sign_off(self) -> None:
        """Leave every tab and end the program, so that no session stays open."""
        self.abandon_entry()
        self.screens.see("menu")
        self.screens.press_only("sign_off")

    # --- entering ---------------------------------------------------------------------------------------------------

    def open_entry(self, reference: str) -> None:  # noqa: ARG002 - this ERP's form needs none
        """Open a blank sale in a tab of its own, whatever was left of an earlier one."""
        self.abandon_entry()
        self.screens.open("order_blank")
        self.screens.press("new", leads_to="order_entry")
        self.screens.read_form()
        self.screens.check("save")

    def type_order(self, form: Form) -> Form:
        """Type the header and each line, and read the whole form back."""
        self._leave_reading()
        header, screens = dict(form.header), self.screens
        customer, currency = header.pop("customer", ""), header.pop("currency", "")
        screens.context = {"customer": customer}
        found = self._pick("customer", "customer_search", "order_entry", code=customer)
        if found is None:
            raise CustomerUnknown(erp=self.profile.name, screen="order_entry", text=customer, customer=customer)
        self._choose_currency(currency)
        screens.type_form(header)
        for position, line in enumerate(form.lines, 1):
            screens.context = {"customer": customer, "item": line["item"], "position": str(position)}
            self._type_line(line, position)
        return self._read_entry(customer, found["name"])

    def _type_line(self, line: Mapping[str, str], position: int) -> None:
        screens = self.screens
        screens.press("line_area", leads_to="order_entry")
        screens.press("new_line", leads_to="order_line")
        item = line["item"]
        if self._pick("item", "item_search", "order_line", code=item) is None:
            raise ItemUnknown(erp=self.profile.name, screen="order_line", text=item, item=item, position=str(position))
        screens.type(quantity=line["quantity"], price=line["price"])
        screens.press("add", leads_to="order_entry")

    def _choose_currency(self, currency: str) -> None:
        """Another one than the customer's own, by its name."""
        if currency in ("", self.screens.read("currency")["currency"]):
            return
        if self._pick("currency", "currency_search", "order_entry", name=currency) is None:
            raise CurrencyUnknown(erp=self.profile.name, currency=currency)

    def _pick(self, target: str, search: str, back: str, **exactly: str) -> Mapping[str, str] | None:
        """Type a code or a name and take exactly that one in the window that opens for it; None where none is that."""
        ((column, wanted),) = exactly.items()
        screens = self.screens
        self._open_search(target, wanted, search)
        rows = screens.rows("found")
        if [row[column] for row in rows] != [wanted]:
            screens.type(query=f"{column.title()}: {quoted(wanted)}")
            screens.press("search", leads_to=search)
            rows = screens.rows("found")
        if [row[column] for row in rows] != [wanted]:
            screens.press("cancel", leads_to=back)
            return None
        screens.press("area", leads_to=search)
        screens.press("first", leads_to=search)
        screens.press("choose", leads_to=back)
        return rows[0]

    def _open_search(self, target: str, text: str, search: str) -> None:
        """Type the text, which opens the window; a field that held something else may only be emptied by that at first.

        Tryton forgets the old value some time after the key that deleted it, and what is typed meanwhile with it.
        """
        if not self.screens.read(target)[target]:
            self.screens.choose(target, text, leads_to=search)
            return
        back = self.screens.shown
        try:
            self.screens.choose(target, text, leads_to=search, timeout=SECONDS_TO_OPEN)
        except (ErpSaid, ScreenUnknown):
            if back is None:
                raise
            self.screens.see(back.name)
            self.screens.confirm(**{target: ""})
            self.screens.choose(target, text, leads_to=search)

    def _read_entry(self, customer: str, name: str) -> Form:
        """What the form shows; its customer by code where it shows the name that was taken for it."""
        shown = self.screens.read_form()
        if shown["customer"] == name:
            shown["customer"] = customer
        return Form(shown, self._read_lines(self.screens, "order_entry"))

    def _read_lines(self, screens: ErpScreens, name: str) -> tuple[Mapping[str, str], ...]:
        screens.press("line_area", leads_to=name)
        return tuple(line_of(row) for row in screens.rows("lines"))

    def save(self, leave: Leave) -> Answer:
        """Press Save, then Quote, which gives the number."""
        self._leave_reading()
        self.screens.see("order_saved")
        self.screens.check("quote")
        self.screens.see("order_entry")
        self.screens.commit("save", leave)
        return self.answer_to_save(self._read_saved)

    def _read_saved(self) -> str | None:
        self.screens.see("order_saved")
        self.screens.press("quote", leads_to="order_quoted")
        return self.screens.read_number("number")

    def abandon_entry(self) -> None:
        """Close the tab that is open for it, whatever stands in it, without saving."""
        self._leave_reading()
        for search, back in (("customer_search", "menu"), ("currency_search", "menu"), ("item_search", "order_line")):
            self._leave(search, "cancel", back)
        self._leave("order_line", "delete", "order_entry")
        if not self.screens.shows("order_entry"):
            return
        self.screens.see("order_entry")
        self.screens.press_only("close")
        self._await(lambda: self.screens.shows("discard") or not self.screens.shows("order_entry"))
        self._leave("discard", "no", "menu")
        self._await(lambda: not self.screens.shows("order_entry"))

    def _await(self, is_so: Callable[[], bool]) -> None:
        """Wait until it is so; what is not so after a while is found by whoever looks next."""
        end = time.monotonic() + SECONDS_TO_CLOSE
        while not is_so() and time.monotonic() < end:
            time.sleep(POLL)

    def _leave(self, name: str, button: str, back: str) -> None:
        if self.screens.shows(name):
            self.screens.see(name)
            self.screens.press(button, leads_to=back)

    # --- looking ----------------------------------------------------------------------------------------------------

    def _leave_reading(self) -> None:
        """Close the tabs in which was read, so that the form's tab is shown again."""
        with self.reading() as screens:
            for name in READ:
                while screens.shows(name):
                    screens.see(name)
                    screens.press_only("close")
                    self._await(lambda: not screens.shows(name))  # noqa: B023 - asked before the next one

    def search(self, query: Search) -> tuple[Listed, ...]:
        """Open the list of sales in a tab of its own."""
        return tuple(listed_of(row, self.profile) for row in self._rows(query))

    def read_list(self, query: Search) -> ListReading:
        """The same; the list shows no totals."""
        return list_reading(self._rows(query), None, self.profile)

    def _rows(self, query: Search) -> list[dict[str, str]]:
        with self.reading() as screens:
            self._open_list(screens, query)
            rows = list(screens.rows("orders"))
        codes = self._codes({row["customer"] for row in rows})
        return [listed_row(row, codes) for row in rows]

    def _open_list(self, screens: ErpScreens, query: Search) -> None:
        self._open_read(screens, "order_list", query=asked_of(query), limits=limits(query))

    def _open_read(self, screens: ErpScreens, name: str, **asked: list[Any]) -> None:
        self._leave_reading()
        self.driver.use("reading")
        screens.open(name, **{key: json.dumps(value) for key, value in asked.items()})
        screens.press("again", leads_to=name)

    def _codes(self, names: Iterable[str]) -> dict[str, str]:
        """The code of each customer of these names; raises CustomerAmbiguous where two have the same name."""
        wanted = sorted(names)
        if not wanted:
            return {}
        with self.reading() as screens:
            self._open_read(screens, "customer_list", query=[["name", "in", wanted]])
            rows = screens.rows("customers")
        for name in wanted:
            if [row["name"] for row in rows].count(name) != 1:
                raise CustomerAmbiguous(erp=self.profile.name, screen="customer_list", text=name, customer=name)
        return {row["name"]: row["code"] for row in rows}

    def read_document(self, number: str) -> Document:
        """Open the stored sale from a list, and read every field and line."""
        with self.reading() as screens:
            self._open_list(screens, Search(number=number))
            found = [row["number"] for row in screens.rows("orders")]
            if found != [number]:
                wanted = Phrase("order {number}", number=number)
                raise ScreenUnknown(erp=self.profile.name, expected=wanted, text=" / ".join(found))
            screens.press("first", leads_to="order_list")
            screens.press("open", leads_to="order_show")
            header, lines = screens.read_form(), self._read_lines(screens, "order_show")
        if header["number"] != number:
            raise ValueUnreadable(
                field=Phrase("number"), text=header["number"], kind=Phrase("order {number}", number=number)
            )
        codes = self._codes([header["customer"]])
        header["customer"] = codes[header["customer"]]
        return document_of(Form(header, lines), self.profile)

    def locate_all(self) -> tuple[LocatorHit, ...]:
        """Open each screen that needs no order and say which locator finds each target."""
        self.open_entry("")
        hits = list(self.screens.hits())
        with self.reading() as screens:
            self._open_list(screens, Search(number="-"))
            hits.extend(screens.hits())
        return tuple(hits)

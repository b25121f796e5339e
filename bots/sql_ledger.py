"""How does a clerk enter and look up orders in SQL-Ledger? One method per procedure."""

from bots.bot import Bot
from bots.screen import ErpScreens
from bridge.errors import BridgeError, ScreenUnknown, SignOnRefused, ValueUnreadable
from bridge.model.comparisons import document_of, listed_of
from bridge.model.documents import Document, Listed
from bridge.model.forms import Form
from bridge.model.texts import write_date
from bridge.ports import Answer, Leave, LocatorHit, Search


class SqlLedger(Bot):
    """SQL-Ledger 3.2: one Update per line; an order begun from a list answers Save with that list, and so its number."""

    def sign_on(self) -> None:
        """Sign on; that ends an older session of the same user, the only way this ERP has to end one."""
        self.screens.open("sign_on")
        self.screens.type(user=self.credentials.user, password=self.credentials.password)
        try:
            self.screens.press("sign_on", leads_to="menu")
        except BridgeError as error:
            text = str(error.params.get("text", ""))
            if self.screens.meaning(text) != "sign_on_refused":
                raise
            raise SignOnRefused(erp=self.profile.name, user=self.credentials.user, text=text) from error

    def sign_off(self) -> None:
        """Visit the list, which releases the user's locks; Logout would not even end the session."""
        with self.reading() as screens:
            self._open_list(screens, Search(number="-"))

    def search(self, query: Search) -> tuple[Listed, ...]:
        """Ask the order list for open and closed orders; it has one page."""
        with self.reading() as screens:
            self._open_list(screens, query)
            rows = screens.rows("orders")
        return tuple(listed_of(_with_status(row), self.profile) for row in rows)

    def open_entry(self, reference: str) -> None:
        """Open a blank form that will answer Save with the list of this reference."""
        address = self.screens.address("order_list", **self._filters(Search(reference=reference)))
        self.screens.open("order_entry", login=self.credentials.user, callback=address.lstrip("/"))
        self.screens.read_form()
        self.screens.check("update", "save")

    def type_order(self, form: Form) -> Form:
        """Type the header, then each line with its Update (its item in quotation marks: exact), and read all back.

        A new form comes with the last order's customer; typing the one that is there already would ask "which of them?".
        """
        about = {"customer": form.header["customer"]}
        header = dict(form.header)
        currency = header.pop("currency", "")
        customer = header.pop("customer")
        self.screens.context = about
        if self.screens.read("customer")["customer"] != customer:
            self.screens.type(customer_name="", customer=_exactly(customer))
        self.screens.type_form(header)
        for position, line in enumerate(form.lines, 1):
            self.screens.context = {**about, "item": line["item"], "position": str(position)}
            self.screens.type_row("lines", -1, {**line, "item": f'"{line["item"]}"'})
            self.screens.press("update", leads_to="order_entry")
        if currency and self.screens.read("currency")["currency"] != currency:
            self.screens.choose("currency", currency, leads_to="order_entry")
        return Form(self.screens.read_form(), self.screens.rows("lines"))

    def save(self, leave: Leave) -> Answer:
        """Press Save; the answer is the list of our reference, with the number."""
        reference = self.screens.read("description")["description"]
        self.screens.commit("save", leave)
        return self.answer_to_save(lambda: self._read_saved(reference))

    def _read_saved(self, reference: str) -> str | None:
        self.screens.see("order_list")
        found = [row["number"] for row in self.screens.rows("orders") if row["reference"] == reference]
        return found[0] if len(found) == 1 else None

    def abandon_entry(self) -> None:
        """Leave the form for the list."""
        self._open_list(self.screens, Search(number="-"))

    def read_document(self, number: str) -> Document:
        """Open the stored order from the list, read every field and line, and go back, which releases its lock."""
        with self.reading() as screens:
            self._open_list(screens, Search(number=number))
            if not screens.read("order")["order"]:
                raise ScreenUnknown(erp=self.profile.name, expected=f"order {number}", text="")
            row = _with_status(screens.rows("orders")[0])
            screens.press("order", leads_to="order_show")
            reading = Form({**screens.read_form(), "status": row["status"]}, screens.rows("lines"))
            self._open_list(screens, Search(number="-"))
        document = document_of(reading, self.profile)
        if document.number != number:
            raise ValueUnreadable(field="number", text=document.number, kind=f"order {number}")
        return document

    def locate_all(self) -> tuple[LocatorHit, ...]:
        """Open each screen that needs no order and say which locator finds each target."""
        self.open_entry("-")
        hits = list(self.screens.hits())
        with self.reading() as screens:
            self._open_list(screens, Search(number="-"))
            hits.extend(screens.hits())
        return tuple(hits)

    def _open_list(self, screens: ErpScreens, query: Search) -> None:
        screens.open("order_list", **self._filters(query))

    def _filters(self, query: Search) -> dict[str, str]:
        formats = self.profile.formats
        return {
            "login": self.credentials.user,
            "description": _exactly(query.reference),
            "number": _exactly(query.number),
            "customer": _exactly(query.customer),
            "since": write_date(query.since, formats) if query.since else "",
            "until": write_date(query.until, formats) if query.until else "",
        }


def _exactly(text: str) -> str:
    return f'"{text}"' if text else ""


def _with_status(row: dict[str, str]) -> dict[str, str]:
    return {**row, "status": "Open" if row["open"].strip() == "*" else "Closed"}

"""How does a clerk enter, change and look up orders in SQL-Ledger? One method per procedure."""

from decimal import Decimal

from bots.bot import Bot
from bots.screen import ErpScreens, filters_of
from bridge.errors import (
    ChangeRefused,
    CurrencyUnknown,
    ReadBackDiffers,
    RecordLocked,
    ScreenUnknown,
    ValueUnreadable,
)
from bridge.locale import Phrase
from bridge.model.comparisons import document_of, listed_of
from bridge.model.documents import Document, Listed
from bridge.model.forms import Form
from bridge.model.lists import ListReading, list_reading
from bridge.model.texts import read_number
from bridge.ports import Answer, Leave, LocatorHit, Picture, Search

NOWHERE = Search(number="-")


class SqlLedger(Bot):
    """SQL-Ledger 3.2: one Update per line; an order begun from a list answers Save with that list, and so its number.

    Opening an order locks it, even to read it; a look at any list releases all locks of the user. There is no status of
    a cancelled order: it is deleted.
    """

    document_at_entry = False
    opened: Document | None = None

    def sign_off(self) -> None:
        """Visit the list, which releases the user's locks; Logout would not even end the session."""
        with self.reading() as screens:
            self._open_list(screens, NOWHERE)

    def search(self, query: Search) -> tuple[Listed, ...]:
        """Ask the order list for open and closed orders; it has one page."""
        with self.reading() as screens:
            self._open_list(screens, query)
            return tuple(listed_of(row, self.profile) for row in self._rows(screens))

    def read_list(self, query: Search) -> ListReading:
        """The same. The one sum below is of all currencies in the company's own, so the profile declares no totals."""
        with self.reading() as screens:
            self._open_list(screens, query)
            return list_reading(self._rows(screens), screens.totals(), self.profile)

    def _rows(self, screens: ErpScreens) -> list[dict[str, str]]:
        return _folded([_with_status(row) for row in screens.rows("orders")])

    def open_entry(self, reference: str) -> None:
        """Open a blank form that will answer Save with the list of this reference."""
        address = self.screens.address("order_list", **self._filters(Search(reference=reference)))
        self.screens.open("order_entry", login=self.credentials.user, callback=address.lstrip("/"))
        self.screens.read_form()
        self.screens.check("update", "save")

    def type_order(self, form: Form) -> Form:
        """Type the header, then each line with its Update (its item in quotation marks: exact), and read all back.

        A new form comes with the last order's customer; to type the same one again would ask "which of them?".
        """
        return self._type(form, "order_entry")

    def _type(self, form: Form, name: str) -> Form:
        header, screens = dict(form.header), self.screens
        currency, customer = header.pop("currency", ""), header.pop("customer")
        screens.context = {"customer": customer}
        if screens.read("customer")["customer"] != customer:
            screens.type(customer_name="", customer=_exactly(customer))
        screens.type_form(header)
        for position, line in enumerate(form.lines, 1):
            screens.context = {"customer": customer, "item": line["item"], "position": str(position)}
            screens.type_row("lines", -1, {**line, "item": _exactly(line["item"])})
            screens.press("update", leads_to=name)
        self._overrule(form, currency, name)
        return Form(screens.read_form(), screens.rows("lines"))

    def _overrule(self, form: Form, currency: str, name: str) -> None:
        """Type again what the ERP decided by itself: the customer's currency, tax in prices and discount, a list price.

        Raises CurrencyUnknown where the day has no rate: the ERP then takes 1 without a word.
        """
        screens = self.screens
        shown = screens.read("currency", "tax_included")
        if currency and shown["currency"] != currency:
            screens.choose("currency", currency, leads_to=name)
        if shown["tax_included"]:
            screens.choose("tax_included", "", leads_to=name)
        rate = screens.read("exchange_rate")["exchange_rate"]
        if rate and self._number(rate) == 1:
            raise CurrencyUnknown(erp=self.profile.name, currency=f"{currency} ({rate})")
        rows = screens.rows("lines")
        for index, (line, row) in enumerate(zip(form.lines, rows, strict=False)):
            own = {column: "" for column in ("discount",) if self._number(row[column])}
            if self._number(row["price"]) != self._number(line["price"]):
                own["price"] = line["price"]
            if own:
                screens.type_row("lines", index, own)

    def _number(self, text: str) -> Decimal:
        return read_number(text, self.profile.formats, "lines") if text.strip() else Decimal(0)

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
        self._open_list(self.screens, NOWHERE)

    # --- stored orders ----------------------------------------------------------------------------------------------

    def open_change(self, number: str) -> Document:
        """Open the stored order from a list, which locks it.

        Raises ChangeRefused for an order that is closed, shipped in part or without its buttons: what the ERP itself
        would still let happen to it, an invoice or a delivery would contradict.
        """
        self.opened = None
        self.screens.context = {"document": number}
        self._open_list(self.screens, Search(number=number))
        words = {_with_status(row)["status"] for row in self.screens.rows("orders")}
        if words - {"Open"}:
            raise ChangeRefused(erp=self.profile.name, document=number, text="/".join(sorted(words)))
        stored = self._read_listed(self.screens, number)
        try:
            self._check_lock(self.screens)
            self._check_nothing_shipped(number)
        except (ChangeRefused, RecordLocked):
            self._open_list(self.screens, NOWHERE)
            raise
        self.opened = stored
        return stored

    def _check_lock(self, screens: ErpScreens) -> None:
        """Raise RecordLocked where somebody else has the order open; this ERP only says so of every other order."""
        screens.see("order_change")
        locked = screens.read("lock")["lock"]
        if locked:
            raise RecordLocked(erp=self.profile.name, text=locked)

    def _check_nothing_shipped(self, number: str) -> None:
        why = ""
        if any(self._number(row["shipped"]) for row in self.screens.rows("lines")):
            why = Phrase("a part of it is shipped")
        elif not all(self.screens.read("save", "delete").values()):
            why = Phrase("there is no button to save or to delete it")
        if why:
            raise ChangeRefused(erp=self.profile.name, document=number, text=why)

    def type_change(self, form: Form) -> Form:
        """Empty the grid, so that nothing of a line stays behind in another one's place, then type all as if new."""
        self.screens.see("order_change")
        for row in range(len(self.screens.rows("lines"))):
            self.screens.type_row("lines", row, {"item": ""})
        self.screens.press("update", leads_to="order_change")
        return self._type(form, "order_change")

    def save_change(self, leave: Leave) -> Answer:
        """Press Save, then Continue on its warning, which commits; the answer is the list that the order came from."""
        number = self._lock_again()
        reference = self.screens.read("description")["description"]
        self.screens.press("save", leads_to="order_change_warning")
        self.screens.commit("continue", leave)
        return self.answer_about(number, lambda: self._read_saved(reference))

    def _lock_again(self) -> str:
        """See that nobody changed the order: it may never have been locked, or a look at a list released the lock."""
        opened = self.opened
        if opened is None:
            raise ScreenUnknown(erp=self.profile.name, expected=Phrase("any screen"), text="")
        with self.reading() as screens:
            self._open_list(screens, Search(number=opened.number))
            if self._read_listed(screens, opened.number) != opened:
                raise ReadBackDiffers(differences=Phrase("somebody changed {document}", document=opened.number))
            self._check_lock(screens)
        return opened.number

    def abandon_change(self) -> None:
        """Leave the form for a list, which releases the lock."""
        self.opened = None
        self._open_list(self.screens, NOWHERE)

    def cancel_document(self, leave: Leave) -> Answer:
        """Press Delete, then Yes to its question; the answer is the list, now without the order."""
        number = self._lock_again()
        self.screens.press("delete", leads_to="order_delete_question")
        asked = self.screens.read("question")["question"]
        if not asked.endswith(f" {number}"):
            raise ScreenUnknown(erp=self.profile.name, expected=Phrase("order {number}", number=number), text=asked)
        self.screens.commit("yes", leave)
        return self.answer_about(number, lambda: self._read_deleted(number))

    def _read_deleted(self, number: str) -> str | None:
        self.screens.see("order_list")
        return None if any(row["number"] == number for row in self.screens.rows("orders")) else number

    # --- looking ----------------------------------------------------------------------------------------------------

    def read_document(self, number: str) -> Document:
        """Open the stored order from a list, read every field and line; the stored total is the list's, not the form's.

        A list that shows just this order is taken as it is: the answer to Save, or that of the search before.
        """
        self.document_at_entry = self._lists_only(self.screens, number)
        if self.document_at_entry:
            return self._read_listed(self.screens, number)
        with self.reading() as screens:
            if not self._lists_only(screens, number):
                self._open_list(screens, Search(number=number))
            return self._read_listed(screens, number)

    def _lists_only(self, screens: ErpScreens, number: str) -> bool:
        listing = screens.shown is not None and screens.shown.name == "order_list"
        return listing and [row["number"] for row in screens.rows("orders")] == [number]

    def _read_listed(self, screens: ErpScreens, number: str) -> Document:
        if not screens.read("order")["order"]:
            raise ScreenUnknown(erp=self.profile.name, expected=Phrase("order {number}", number=number), text="")
        row = _with_status(screens.rows("orders")[0])
        screens.press("order", leads_to="order_show")
        header = {**screens.read_form(), "status": row["status"], "total": row["total"]}
        document = document_of(Form(header, screens.rows("lines")), self.profile)
        if document.number != number:
            raise ValueUnreadable(
                field=Phrase("number"), text=document.number, kind=Phrase("order {number}", number=number)
            )
        return document

    def capture(self, step: str) -> Picture:
        """A masked picture; a stored document is shown where it was read."""
        return self.driver.capture(step) if step == "document" and self.document_at_entry else super().capture(step)

    def locate_all(self) -> tuple[LocatorHit, ...]:
        """Open each screen that needs no order and say which locator finds each target."""
        self.open_entry("-")
        hits = list(self.screens.hits())
        with self.reading() as screens:
            screens.open("sign_on")
            hits.extend(screens.hits())
            self._open_list(screens, NOWHERE)
            hits.extend(screens.hits())
        return tuple(hits)

    def _open_list(self, screens: ErpScreens, query: Search) -> None:
        screens.open("order_list", **self._filters(query))

    def _filters(self, query: Search) -> dict[str, str]:
        asked = filters_of(query, self.profile)
        return {
            "login": self.credentials.user,
            "description": _exactly(asked["reference"]),
            "number": _exactly(asked["number"]),
            "customer": _exactly(asked["customer"]),
            "since": asked["since"],
            "until": asked["until"],
        }


def _exactly(text: str) -> str:
    return f'"{text}"' if text else ""


def _with_status(row: dict[str, str]) -> dict[str, str]:
    """Two columns say it with an asterisk in one of them; both or none would be no status at all."""
    words = [word for word, column in (("Open", "open"), ("Closed", "closed")) if row[column].strip() == "*"]
    return {**row, "status": "/".join(words) or "?"}


def _folded(rows: list[dict[str, str]]) -> list[dict[str, str]]:
    """The rest of a part delivery is an open order of the same number and reference: one order, closed in part."""
    found: dict[tuple[str, ...], dict[str, str]] = {}
    for row in sorted(rows, key=lambda row: row["status"]):
        key = row["number"], row["reference"], row["customer"]
        whole = found.setdefault(key, row)
        if whole["status"] != row["status"]:
            found[key] = {**whole, "status": "Closed in part"}
    return list(found.values())

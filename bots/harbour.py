"""How does a clerk enter, change and look up orders in Harbour? One method per procedure."""

from contextlib import suppress

from bots.bot import Bot
from bots.screen import ErpScreens, filters_of
from bridge.errors import ChangeRefused, ReadBackDiffers, ScreenUnknown
from bridge.locale import Phrase
from bridge.model.comparisons import document_of, form_differences, listed_of
from bridge.model.documents import Document, Listed
from bridge.model.forms import Form, told
from bridge.model.lists import ListReading, list_reading
from bridge.ports import Answer, Leave, LocatorHit, Search

NOTHING = "0"  # a line of it disappears at Update


class Harbour(Bot):
    """Harbour 7: a frameset, one Update per line, a confirm before Save, and the number shown once.

    A stored order is changed in the form it was typed in, under a lock that Save, Exit or the session's end releases.
    """

    changing = ""

    def sign_off(self) -> None:
        """End the session, so that no licence stays taken."""
        self.screens.see("banner")
        self.screens.press("sign_off", leads_to="sign_on")

    def search(self, query: Search) -> tuple[Listed, ...]:
        """Ask the order list for all statuses and read every page of the answer."""
        with self.reading() as screens:
            return tuple(listed_of(row, self.profile) for row in self._rows(screens, query))

    def read_list(self, query: Search) -> ListReading:
        """The same, with the totals below the last page, which are those of all pages."""
        with self.reading() as screens:
            rows = self._rows(screens, query)
            return list_reading(rows, screens.totals(), self.profile)

    def _rows(self, screens: ErpScreens, query: Search) -> list[dict[str, str]]:
        self._open_list(screens, query)
        rows = list(screens.rows("orders"))
        while screens.read("next_page")["next_page"]:
            screens.press("next_page", leads_to="order_list")
            rows.extend(screens.rows("orders"))
        return rows

    def _open_list(self, screens: ErpScreens, query: Search) -> None:
        filters = filters_of(query, self.profile)
        screens.open("order_list", **filters)
        screens.confirm(**filters, open_only="")

    def open_entry(self, reference: str) -> None:  # noqa: ARG002 - this ERP's form needs none
        """Open a blank order form and check that every target is there."""
        self.screens.see("menu")
        self.screens.press("order_entry", leads_to="order_entry")
        self.screens.read_form()
        self.screens.check("update", "save")

    def type_order(self, form: Form) -> Form:
        """Type the header, then each line with its Update, and read the whole form back."""
        self.screens.context = {"customer": form.header.get("customer", "")}
        self.screens.type_form(form.header)
        for position, line in enumerate(form.lines, 1):
            self.screens.context = {**self.screens.context, "item": line["item"], "position": str(position)}
            self.screens.type_row("lines", -1, line)
            self.screens.press("update", leads_to="order_entry")
        return Form(self.screens.read_form(), self.screens.rows("lines"))

    def save(self, leave: Leave) -> Answer:
        """Press Save, accept the question, and read the number that is shown once."""
        with self.screens.expecting("confirm_save", accept=True):
            self.screens.commit("save", leave)
        return self.answer_to_save(self._read_saved)

    def _read_saved(self) -> str | None:
        self.screens.see("order_saved")
        return self.screens.read_number("saved")

    def abandon_entry(self) -> None:
        """Leave the form by opening a blank one."""
        self.screens.see("menu")
        self.screens.press("order_entry", leads_to="order_entry")

    # --- stored orders ----------------------------------------------------------------------------------------------

    def open_change(self, number: str) -> Document:
        """Go by the menu to the stored order and into its form, which locks it; the form must show what was stored."""
        stored = self._open_stored(number)
        held = Form(self.screens.read_form(), self.screens.rows("lines"))
        found = form_differences(stored.like(held), held, self.profile)
        if found:
            raise ReadBackDiffers(differences=told(found))
        return document_of(stored, self.profile)

    def _open_stored(self, number: str) -> Form:
        """What the order shows before its form is opened; raises ChangeRefused where no way leads into it."""
        screens = self.screens
        screens.context, self.changing = {"document": number}, number
        screens.see("menu")
        screens.press("order_list", leads_to="order_list")
        screens.type(number=number, open_only="")
        screens.press("search", leads_to="order_list")
        if [row["number"] for row in screens.rows("orders")] != [number]:
            raise ScreenUnknown(erp=self.profile.name, expected=Phrase("order {number}", number=number), text="")
        screens.press("order", leads_to="order_show")
        shown = Form(screens.read_form(), screens.rows("lines"))
        if not screens.read("change")["change"]:
            raise ChangeRefused(erp=self.profile.name, document=number, text=shown.header["status"])
        screens.press("change", leads_to="order_entry")
        screens.see("order_change")
        screens.confirm(number=number)
        screens.see("order_entry")
        return shown

    def type_change(self, form: Form) -> Form:
        """Empty the grid, as a line that keeps its place would keep its old description, then type all as if new."""
        self.screens.see("order_entry")
        for row in range(len(self.screens.rows("lines"))):
            self.screens.type_row("lines", row, {"quantity": NOTHING})
        self.screens.press("update", leads_to="order_entry")
        return self.type_order(form)

    def save_change(self, leave: Leave) -> Answer:
        """Press Save on the form of that order, accept the question, and read the number that is shown once."""
        self.screens.see("order_change")
        self.screens.confirm(number=self.changing)
        with self.screens.expecting("confirm_change", accept=True):
            self.screens.commit("save", leave)
        return self.answer_about(self.changing, self._read_saved)

    def abandon_change(self) -> None:
        """Open the form anew, whatever stands in it now, and leave it by Exit, which releases the lock."""
        with suppress(ChangeRefused):
            self._open_stored(self.changing)
            self.screens.see("order_change")
            self.screens.press("exit", leads_to="order_entry")

    def cancel_document(self, leave: Leave) -> Answer:
        """Press Cancel order on the form of that order, accept the question, and read what is said once."""
        self.screens.see("order_cancel")
        self.screens.confirm(number=self.changing)
        with self.screens.expecting("confirm_cancel", accept=True):
            self.screens.commit("cancel", leave)
        return self.answer_about(self.changing, self._read_cancelled)

    def _read_cancelled(self) -> str | None:
        self.screens.see("order_cancelled")
        return self.screens.read_number("cancelled")

    # --- looking ----------------------------------------------------------------------------------------------------

    def read_document(self, number: str) -> Document:
        """Open the stored order and read every field and line."""
        with self.reading() as screens:
            screens.open("order_show", number=number)
            return document_of(Form(screens.read_form(), screens.rows("lines")), self.profile)

    def locate_all(self) -> tuple[LocatorHit, ...]:
        """Open each screen that needs no order and say which locator finds each target."""
        hits: list[LocatorHit] = []
        for way in ("menu", "order_entry"):
            self.screens.see(way) if way == "menu" else self.open_entry("")
            hits.extend(self.screens.hits())
        with self.reading() as screens:
            self._open_list(screens, Search())
            hits.extend(screens.hits())
        return tuple(hits)

"""How does a clerk enter, change and look up orders in Granite? One method per procedure."""

from bots.bot import Bot
from bots.screen import ErpScreens
from bridge.errors import ErpSaid, ReadBackDiffers, ScreenUnknown
from bridge.locale import Phrase
from bridge.model.comparisons import document_of, form_differences, listed_of
from bridge.model.documents import Document, Listed
from bridge.model.forms import Form, told
from bridge.model.lists import ListReading, list_reading
from bridge.model.texts import write_date
from bridge.ports import Answer, Leave, LocatorHit, Search

NOTHING = ""  # a row without an item is none


class Granite(Bot):
    """Granite 5: windows beside each other, a question before Save, and a message with the number.

    A stored order is changed in a form of its own, under a lock that Save, Exit or the session's end releases.
    """

    changing = ""

    def sign_off(self) -> None:
        """End the session, so that no licence stays taken."""
        self.screens.see("menu")
        self.screens.press("sign_off", leads_to="sign_on")

    def search(self, query: Search) -> tuple[Listed, ...]:
        """Ask the order list for all statuses and read every page of the answer."""
        with self.reading() as screens:
            return tuple(listed_of(row, self.profile) for row in self._rows(screens, query))

    def read_list(self, query: Search) -> ListReading:
        """The same, with the totals that the list shows, which are those of all pages."""
        with self.reading() as screens:
            rows = self._rows(screens, query)
            return list_reading(rows, screens.totals(), self.profile)

    def _rows(self, screens: ErpScreens, query: Search) -> list[dict[str, str]]:
        self._open_list(screens, query)
        screens.press("search", leads_to="order_list")
        rows = list(screens.rows("orders"))
        while not _is_last(screens.read("page")["page"]):
            screens.press("next_page", leads_to="order_list")
            rows.extend(screens.rows("orders"))
        return rows

    def _open_list(self, screens: ErpScreens, query: Search) -> None:
        formats = self.profile.formats
        filters = {
            "reference": query.reference,
            "customer": query.customer,
            "number": query.number,
            "since": write_date(query.since, formats) if query.since else "",
            "until": write_date(query.until, formats) if query.until else "",
            "all_statuses": "Y",
        }
        screens.open("order_list")
        screens.type(**filters)
        screens.confirm(**filters)

    def open_entry(self, reference: str) -> None:  # noqa: ARG002 - this ERP's form needs none
        """Open a blank order form, whatever was left of an earlier one, and check that every target is there."""
        self.abandon_entry()
        self.screens.open("order_entry")
        self.screens.read_form()
        self.screens.check("save")

    def type_order(self, form: Form) -> Form:
        """Type the header and each line, and read the whole form back."""
        self.screens.context = {"customer": form.header.get("customer", "")}
        self.screens.type_form(form.header)
        for position, line in enumerate(form.lines, 1):
            self.screens.context = {**self.screens.context, "item": line["item"], "position": str(position)}
            self.screens.type_row("lines", position - 1, line)
        return Form(self.screens.read_form(), self.screens.rows("lines"))

    def save(self, leave: Leave) -> Answer:
        """Press Save, accept the question, and read the number in the message."""
        with self.screens.expecting("confirm_save", accept=True):
            self.screens.commit("save", leave)
        return self.answer_to_save(self._read_saved)

    def _read_saved(self) -> str | None:
        self.screens.see("order_saved")
        return self.screens.read_number("saved")

    def abandon_entry(self) -> None:
        """Leave the form that is open, whatever stands in it, without saving."""
        for form in ("order_entry", "order_change"):
            if self.screens.shows(form):
                self.screens.see(form)
                self.screens.press("exit", leads_to="menu")

    # --- stored orders ----------------------------------------------------------------------------------------------

    def open_change(self, number: str) -> Document:
        """Go by the display into the stored order's form, which locks it; the form must show what was stored."""
        stored = self._open_stored(number)
        held = Form(self.screens.read_form(), self.screens.rows("lines"))
        found = form_differences(stored.like(held), held, self.profile)
        if found:
            raise ReadBackDiffers(differences=told(found))
        return document_of(stored, self.profile)

    def _open_stored(self, number: str) -> Form:
        """What the order shows before its form is opened; raises ScreenUnknown where it is not on file."""
        screens = self.screens
        screens.context, self.changing = {"document": number}, number
        self.abandon_entry()
        try:
            shown = self._display(screens, number)
        except ErpSaid as said:
            wanted = Phrase("order {number}", number=number)
            raise ScreenUnknown(erp=self.profile.name, expected=wanted, text=said.params["text"]) from said
        screens.press("change", leads_to="order_change")
        screens.confirm(number=number)
        return shown

    def type_change(self, form: Form) -> Form:
        """Type all as if new over what stands there, and empty the rows below."""
        self.screens.see("order_change")
        for row in range(len(form.lines), len(self.screens.rows("lines"))):
            self.screens.type_row("lines", row, dict.fromkeys(form.lines[0], NOTHING))
        return self.type_order(form)

    def save_change(self, leave: Leave) -> Answer:
        """Press Save on the form of that order, accept the question, and read the number in the message."""
        self.screens.see("order_change")
        self.screens.confirm(number=self.changing)
        with self.screens.expecting("confirm_change", accept=True):
            self.screens.commit("save", leave)
        return self.answer_about(self.changing, self._read_saved)

    def abandon_change(self) -> None:
        """Leave the form by Exit, which releases the lock; where it is not open, nothing is locked."""
        self.abandon_entry()

    def cancel_document(self, leave: Leave) -> Answer:
        """Press Cancel Order on the form of that order, accept the question, and read what is said."""
        self.screens.see("order_cancel")
        with self.screens.expecting("confirm_cancel", accept=True):
            self.screens.commit("cancel", leave)
        return self.answer_about(self.changing, self._read_cancelled)

    def _read_cancelled(self) -> str | None:
        self.screens.see("order_saved")
        return self.screens.read_number("cancelled")

    # --- looking ----------------------------------------------------------------------------------------------------

    def read_document(self, number: str) -> Document:
        """Open the stored order and read every field and line."""
        with self.reading() as screens:
            return document_of(self._display(screens, number), self.profile)

    def _display(self, screens: ErpScreens, number: str) -> Form:
        screens.open("order_show")
        screens.type(number=number)
        screens.press("load", leads_to="order_show")
        return Form(screens.read_form(), screens.rows("lines"))

    def locate_all(self) -> tuple[LocatorHit, ...]:
        """Open each screen that needs no order and say which locator finds each target."""
        hits: list[LocatorHit] = []
        self.screens.see("menu")
        hits.extend(self.screens.hits())
        self.open_entry("")
        hits.extend(self.screens.hits())
        with self.reading() as screens:
            screens.open("order_list")
            hits.extend(screens.hits())
        return tuple(hits)


def _is_last(page: str) -> bool:
    """Whether `2/3` and the like is the last one."""
    shown, _, of = page.partition("/")
    return shown.strip() == of.strip()

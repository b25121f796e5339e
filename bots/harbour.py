"""How does a clerk enter and look up orders in Harbour? One method per procedure."""

from bots.bot import Bot
from bots.screen import ErpScreens
from bridge.model.comparisons import document_of, listed_of
from bridge.model.documents import Document, Listed
from bridge.model.forms import Form
from bridge.model.texts import write_date
from bridge.ports import Answer, Leave, LocatorHit, Search


class Harbour(Bot):
    """Harbour 7: a frameset, one Update per line, a confirm before Save, and the number shown once."""

    def sign_off(self) -> None:
        """End the session, so that no licence stays taken."""
        self.screens.see("banner")
        self.screens.press("sign_off", leads_to="sign_on")

    def search(self, query: Search) -> tuple[Listed, ...]:
        """Ask the order list for all statuses and read every page of the answer."""
        with self.reading() as screens:
            self._open_list(screens, query)
            rows = list(screens.rows("orders"))
            while screens.read("next_page")["next_page"]:
                screens.press("next_page", leads_to="order_list")
                rows.extend(screens.rows("orders"))
        return tuple(listed_of(row, self.profile) for row in rows)

    def _open_list(self, screens: ErpScreens, query: Search) -> None:
        formats = self.profile.formats
        filters = {
            "reference": query.reference,
            "customer": query.customer,
            "number": query.number,
            "since": write_date(query.since, formats) if query.since else "",
            "until": write_date(query.until, formats) if query.until else "",
        }
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

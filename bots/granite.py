"""How does a clerk enter, change and look up orders in Granite? One method per procedure."""

from bots.asking_bots import NOTHING, AskingBot, Row
from bots.screen import ErpScreens
from bridge.model.forms import Form
from bridge.model.lists import ListReading, list_reading
from bridge.ports import Search


class Granite(AskingBot):
    """Granite 5: windows beside each other, a question before Save, and a message with the number."""

    def sign_off(self) -> None:
        """End the session, so that no licence stays taken."""
        self.screens.see("menu")
        self.screens.press("sign_off", leads_to="sign_on")

    def read_list(self, query: Search) -> ListReading:
        """The same, with the totals that the list shows, which are those of all pages."""
        with self.reading() as screens:
            rows = self._rows(screens, query)
            return list_reading(rows, screens.totals(), self.profile)

    def _rows(self, screens: ErpScreens, query: Search) -> list[Row]:
        self._open_list(screens, query)
        screens.press("search", leads_to="order_list")
        rows = list(screens.rows("orders"))
        while not _is_last(screens.read("page")["page"]):
            screens.press("next_page", leads_to="order_list")
            rows.extend(screens.rows("orders"))
        return rows

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

    def abandon_entry(self) -> None:
        """Leave the form that is open, whatever stands in it, without saving."""
        for form in ("order_entry", "order_change"):
            if self.screens.shows(form):
                self.screens.see(form)
                self.screens.press("exit", leads_to="menu")

    # --- stored orders ----------------------------------------------------------------------------------------------

    def _open_stored(self, number: str) -> Form:
        """A form that is open would lock another order."""
        self.abandon_entry()
        return super()._open_stored(number)

    def _held(self) -> Form:
        return Form(self.screens.read_form(), self.screens.rows("lines"))

    def type_change(self, form: Form) -> Form:
        """Type all as if new over what stands there, and empty the rows below."""
        self.screens.see("order_change")
        for row in range(len(form.lines), len(self.screens.rows("lines"))):
            self.screens.type_row("lines", row, dict.fromkeys(form.lines[0], NOTHING))
        return self.type_order(form)

    def abandon_change(self) -> None:
        """Leave the form by Exit, which releases the lock; where it is not open, nothing is locked."""
        self.abandon_entry()

    # --- looking ----------------------------------------------------------------------------------------------------

    def _go_to_menu(self) -> None:
        self.screens.see("menu")

    def _display(self, screens: ErpScreens, number: str) -> Form:
        screens.open("order_show")
        screens.type(number=number)
        screens.press("load", leads_to="order_show")
        return Form(screens.read_form(), screens.rows("lines"))


def _is_last(page: str) -> bool:
    """Whether `2/3` and the like is the last one."""
    shown, _, of = page.partition("/")
    return shown.strip() == of.strip()

"""How does a clerk enter, change and look up orders in Juniper? One method per procedure."""

from collections.abc import Iterator, Mapping, Sequence

from bots.asking_bots import NOTHING, AskingBot, Row
from bots.screen import ErpScreens
from bridge.errors import TargetNotFound, ValueUnreadable
from bridge.locale import Phrase
from bridge.model.forms import Form
from bridge.model.lists import RECORDS, TOTALS, ListReading, list_reading, list_totals
from bridge.ports import Search


class Juniper(AskingBot):
    """Juniper 4: fields on a grid of characters, ten lines a page, a question before Save on the message line."""

    @property
    def lines_a_page(self) -> int:
        """How many lines of a form are shown at once."""
        return self.profile.screens["order_entry"].grids["lines"].page_rows

    def sign_off(self) -> None:
        """End the session, so that no licence stays taken."""
        self.screens.open("menu")
        self.screens.press("sign_off", leads_to="sign_on")

    def read_list(self, query: Search) -> ListReading:
        """The same, with the totals on the page behind the last one, which are those of all pages."""
        with self.reading() as screens:
            rows = self._rows(screens, query)
            records = screens.read(RECORDS)[RECORDS]
            screens.press("next_page", leads_to="order_list_totals")
            count = next((each for each in records.split() if each.isdigit()), records)  # "3 orders", "共 3 张订单"
            totals = list_totals(count, screens.rows(TOTALS), self.profile)
            return list_reading(rows, totals, self.profile)

    def _rows(self, screens: ErpScreens, query: Search) -> list[Row]:
        self._open_list(screens, query)
        screens.press("search", leads_to="order_list_rows")
        rows = self._page(screens)
        while not _is_last(screens.read("page")["page"]):
            screens.press("next_page", leads_to="order_list_rows")
            rows.extend(self._page(screens))
        return rows

    def _page(self, screens: ErpScreens) -> list[Row]:
        """The rows of one page, from both of its views."""
        rows = screens.rows("orders")
        screens.press("view", leads_to="order_list_more")
        more = {row["number"]: row for row in screens.rows("more")}
        screens.press("view", leads_to="order_list_rows")
        return [{**more.get(row["number"], {}), **row} for row in rows]

    def open_entry(self, reference: str) -> None:  # noqa: ARG002 - this ERP's form needs none
        """Open a blank order form, whatever was left of an earlier one, and check that every target is there."""
        self.screens.open("order_entry")
        self.screens.read_form()
        self.screens.check("save")

    def type_order(self, form: Form) -> Form:
        """Type the header and each line, have each page checked, and read the whole form back."""
        self.screens.context = {"customer": form.header.get("customer", "")}
        self.screens.type_form(form.header)
        self._press("check")
        self._type_lines(form.lines)
        self._go_to_page(0)
        return Form(self.screens.read_form(), tuple(self._lines()))

    def _type_lines(self, lines: Sequence[Mapping[str, str]]) -> None:
        for place, line in enumerate(lines):
            self.screens.context = {**self.screens.context, "item": line["item"], "position": str(place + 1)}
            self._go_to_page(place // self.lines_a_page)
            self.screens.type_row("lines", place % self.lines_a_page, line)
            self._press("check")

    # --- the pages of a form ----------------------------------------------------------------------------------------

    def _press(self, button: str) -> None:
        shown = self.screens.shown
        self.screens.press(button, leads_to=shown.name if shown else "order_entry")

    def _page_shown(self) -> int:
        """Which page of the lines is shown, from 0."""
        text = self.screens.read("page")["page"]
        number = "".join(each for each in text if each.isdigit())
        if not number:
            raise ValueUnreadable(field=Phrase("page"), text=text, kind=Phrase("number"))
        return int(number) - 1

    def _go_to_page(self, page: int) -> None:
        while (shown := self._page_shown()) != page:
            self._press("next_page" if page > shown else "previous_page")
            if self._page_shown() == shown:
                raise TargetNotFound(target=f"lines, {page + 1}", screen="order_entry")

    def _lines(self) -> Iterator[Row]:
        """Every line of the form, from the first page to the one that is not full."""
        page = 0
        while True:
            self._go_to_page(page)
            rows = self.screens.rows("lines")
            yield from rows
            if len(rows) < self.lines_a_page:
                return
            page += 1

    def abandon_entry(self) -> None:
        """Leave the form, whatever stands in it, without saving."""
        self.screens.open("menu")

    # --- stored orders ----------------------------------------------------------------------------------------------

    def _held(self) -> Form:
        return Form(self.screens.read_form(), tuple(self._lines()))

    def type_change(self, form: Form) -> Form:
        """Type all as if new over what stands there, and empty the rows below."""
        self.screens.see("order_change")
        for place in range(len(form.lines), len(tuple(self._lines()))):
            self._go_to_page(place // self.lines_a_page)
            self.screens.type_row("lines", place % self.lines_a_page, dict.fromkeys(form.lines[0], NOTHING))
        self._go_to_page(0)
        return self.type_order(form)

    def abandon_change(self) -> None:
        """Leave the form, which releases the lock; where it is not open, nothing is locked."""
        self.screens.open("menu")

    # --- looking ----------------------------------------------------------------------------------------------------

    def _go_to_menu(self) -> None:
        self.screens.open("menu")

    def _display(self, screens: ErpScreens, number: str) -> Form:
        screens.open("order_show")
        screens.type(number=number)
        screens.press("load", leads_to="order_show")
        header, lines = screens.read_form(), list(screens.rows("lines"))
        while not _is_last(screens.read("page")["page"]):
            screens.press("next_page", leads_to="order_show_next")
            lines.extend(screens.rows("lines"))
        return Form(header, tuple(lines))


def _is_last(page: str) -> bool:
    """Whether `Page 2 of 3` and the like is the last one."""
    numbers = [int(each) for each in page.split() if each.isdigit()]
    if len(numbers) != 2:  # noqa: PLR2004 - which page, of how many
        raise ValueUnreadable(field=Phrase("page"), text=page, kind=Phrase("number"))
    return numbers[0] == numbers[1]

"""How does a clerk enter, change and look up orders in Juniper? One method per procedure."""

from collections.abc import Iterator, Mapping, Sequence

from bots.bot import Bot
from bots.screen import ErpScreens
from bridge.errors import ErpSaid, ReadBackDiffers, ScreenUnknown, TargetNotFound, ValueUnreadable
from bridge.locale import Phrase
from bridge.model.comparisons import document_of, form_differences, listed_of
from bridge.model.documents import Document, Listed
from bridge.model.forms import Form, told
from bridge.model.lists import RECORDS, TOTALS, ListReading, list_reading, list_totals
from bridge.model.texts import write_date
from bridge.ports import Answer, Leave, LocatorHit, Search

NOTHING = ""  # a row without an item is none
Row = dict[str, str]


class Juniper(Bot):
    """Juniper 4: fields on a grid of characters, ten lines a page, a question before Save on the message line.

    A stored order is changed in a form of its own, under a lock that Save, Exit or the session's end releases.
    """

    changing = ""

    @property
    def lines_a_page(self) -> int:
        """How many lines of a form are shown at once."""
        return self.profile.screens["order_entry"].grids["lines"].page_rows

    def sign_off(self) -> None:
        """End the session, so that no licence stays taken."""
        self.screens.open("menu")
        self.screens.press("sign_off", leads_to="sign_on")

    def search(self, query: Search) -> tuple[Listed, ...]:
        """Ask the order list for all statuses and read every page of the answer."""
        with self.reading() as screens:
            return tuple(listed_of(row, self.profile) for row in self._rows(screens, query))

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

    def save(self, leave: Leave) -> Answer:
        """Press Save, answer the question, and read the number on the message line."""
        with self.screens.expecting("confirm_save", accept=True):
            self.screens.commit("save", leave)
        return self.answer_to_save(self._read_saved)

    def _read_saved(self) -> str | None:
        self.screens.see("order_saved")
        return self.screens.read_number("saved")

    def abandon_entry(self) -> None:
        """Leave the form, whatever stands in it, without saving."""
        self.screens.open("menu")

    # --- stored orders ----------------------------------------------------------------------------------------------

    def open_change(self, number: str) -> Document:
        """Go by the display into the stored order's form, which locks it; the form must show what was stored."""
        self.screens.context, self.changing = {"document": number}, number
        stored = self._open_stored(number)
        self.screens.press("change", leads_to="order_change")
        self.screens.confirm(number=number)
        held = Form(self.screens.read_form(), tuple(self._lines()))
        found = form_differences(stored.like(held), held, self.profile)
        if found:
            raise ReadBackDiffers(differences=told(found))
        return document_of(stored, self.profile)

    def _open_stored(self, number: str) -> Form:
        try:
            return self._display(self.screens, number)
        except ErpSaid as said:
            wanted = Phrase("order {number}", number=number)
            raise ScreenUnknown(erp=self.profile.name, expected=wanted, text=said.params["text"]) from said

    def type_change(self, form: Form) -> Form:
        """Type all as if new over what stands there, and empty the rows below."""
        self.screens.see("order_change")
        for place in range(len(form.lines), len(tuple(self._lines()))):
            self._go_to_page(place // self.lines_a_page)
            self.screens.type_row("lines", place % self.lines_a_page, dict.fromkeys(form.lines[0], NOTHING))
        self._go_to_page(0)
        return self.type_order(form)

    def save_change(self, leave: Leave) -> Answer:
        """Press Save on the form of that order, answer the question, and read the number on the message line."""
        self.screens.see("order_change")
        self.screens.confirm(number=self.changing)
        with self.screens.expecting("confirm_change", accept=True):
            self.screens.commit("save", leave)
        return self.answer_about(self.changing, self._read_saved)

    def abandon_change(self) -> None:
        """Leave the form, which releases the lock; where it is not open, nothing is locked."""
        self.screens.open("menu")

    def cancel_document(self, leave: Leave) -> Answer:
        """Press Void on the form of that order, answer the question, and read what is said."""
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
        header, lines = screens.read_form(), list(screens.rows("lines"))
        while not _is_last(screens.read("page")["page"]):
            screens.press("next_page", leads_to="order_show_next")
            lines.extend(screens.rows("lines"))
        return Form(header, tuple(lines))

    def locate_all(self) -> tuple[LocatorHit, ...]:
        """Open each screen that needs no order and say which locator finds each target."""
        hits: list[LocatorHit] = []
        self.screens.open("menu")
        hits.extend(self.screens.hits())
        self.open_entry("")
        hits.extend(self.screens.hits())
        with self.reading() as screens:
            screens.open("order_list")
            hits.extend(screens.hits())
        return tuple(hits)


def _is_last(page: str) -> bool:
    """Whether `Page 2 of 3` and the like is the last one."""
    numbers = [int(each) for each in page.split() if each.isdigit()]
    if len(numbers) != 2:  # noqa: PLR2004 - which page, of how many
        raise ValueUnreadable(field=Phrase("page"), text=page, kind=Phrase("number"))
    return numbers[0] == numbers[1]

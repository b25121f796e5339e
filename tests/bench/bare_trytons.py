"""What does a script type into Tryton that has no guards? Its keys and clicks, with fixed rests between them."""

import time
from typing import Final

from playwright.sync_api import Page

from bridge.model.orders import Order, OrderLine
from tests.bench.bare_granites import imported
from tests.real.tryton_hasty_scripts import ADDRESS, FORM_IS_FILLED, LINE_IS_OPEN, NUMBER_IS_AWAITED
from tests.real.tryton_servers import NAME

FORM: Final = ".form"
LINE: Final = ".window-form.in"
DATE: Final = "%m/%d/%Y"
PLACES: Final = {  # where a script's author once saw them, on a display of 1280 x 800
    "description": (720, 308),
    "reference": (1177, 308),
    "sale_date": (540, 389),
    "new_line": (1136, 503),
    "quantity": (258, 272),
    "unit_price": (326, 309),
    "add": (1138, 725),
    "quote": (1200, 715),  # with the bar below that says "Record saved."
}


class TrytonKeys:
    """A pyautogui script for Tryton's desktop client, on the empty tab of sales: keys, fixed places and fixed rests."""

    def __init__(self, rest: float = 0.3) -> None:
        self.gui = imported("pyautogui")
        self.rest = rest

    def enter(self, wanted: Order, reference: str) -> None:
        """Type the order; Save and Quote."""
        self._press("ctrl", "n", rests=3)
        self._pick(wanted.customer or "")
        day = wanted.ordered_on.strftime(DATE)
        for name, text in (("description", reference), ("reference", wanted.po_number), ("sale_date", day)):
            self._put(name, text)
        for line in wanted.lines:
            self._line(line)
        self._press("ctrl", "s", rests=2)
        self._click("quote", rests=2)

    def _line(self, line: OrderLine) -> None:
        self._click("new_line", rests=3)
        self._pick(line.item)
        self._put("quantity", str(line.quantity))
        self._put("unit_price", str(line.unit_price))
        self._click("add", rests=2)

    def _pick(self, code: str) -> None:
        """Type a code, and take the first that is offered."""
        self.gui.write(code)
        time.sleep(2 * self.rest)
        self.gui.press("down")
        self._press("enter", rests=2)

    def _put(self, name: str, text: str) -> None:
        self._click(name, rests=0)
        self.gui.hotkey("ctrl", "a")
        self.gui.write(text)
        self._press("tab")

    def _click(self, name: str, rests: int) -> None:
        self.gui.click(*PLACES[name])
        time.sleep(rests * self.rest)

    def _press(self, *keys: str, rests: int = 1) -> None:
        self.gui.hotkey(*keys)
        time.sleep(rests * self.rest)


class TrytonClicks:
    """A Playwright script for Tryton's web client that rests after each field, and waits for what it needs next."""

    def __init__(self, page: Page, url: str, rest: float = 0.3) -> None:
        self.page, self.url, self.rest = page, url, 1000 * rest
        page.set_default_timeout(15_000)

    def enter(self, wanted: Order, reference: str) -> None:
        """Type the order; Save, Quote and Confirm."""
        page = self.page
        page.goto(ADDRESS.format(url=self.url, visit=reference, name=NAME))
        page.click(".btn-toolbar button#new_")
        page.wait_for_function(FORM_IS_FILLED)
        page.wait_for_timeout(self.rest)
        self._complete(FORM, "party", wanted.customer or "")
        day = wanted.ordered_on.strftime(DATE)
        for name, text in (("reference", wanted.po_number), ("description", reference), ("sale_date", day)):
            page.fill(f"{FORM} input[name={name}]:visible", text)
            self._leave()
        for line in wanted.lines:
            self._line(line)
        page.click(".btn-toolbar button#save")
        page.wait_for_selector(".infobar :text('Record saved.')")
        for button in ("Quote", "Confirm"):
            page.click(f"{FORM} button:has-text('{button}')")
        page.wait_for_selector(f"{FORM} button:has-text('Process')")

    def _line(self, line: OrderLine) -> None:
        page = self.page
        page.click(".form-one2many-toolbar button[title=New]")
        page.wait_for_function(LINE_IS_OPEN)
        self._complete(LINE, "product", line.item)
        for name, number in (("quantity", line.quantity), ("unit_price", line.unit_price)):
            page.click(f"{LINE} input[name={name}]:visible")
            page.wait_for_function(NUMBER_IS_AWAITED.replace("quantity", name))
            page.keyboard.press("Control+a")
            page.keyboard.type(str(number))
            self._leave()
        page.click(f"{LINE} .modal-footer button[title=Add]")
        page.wait_for_selector(".window-form", state="detached")
        page.wait_for_timeout(self.rest)

    def _complete(self, where: str, name: str, text: str) -> None:
        """Type into a field and click what it offers."""
        self.page.locator(f"{where} input[name={name}]").press_sequentially(text, delay=10)
        self.page.click(f"{where} .form-many2one:has(input[name={name}]) li.completion")
        self._leave()

    def _leave(self) -> None:
        self.page.keyboard.press("Tab")
        self.page.wait_for_timeout(self.rest)

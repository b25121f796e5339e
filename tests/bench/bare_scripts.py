"""What would a plain Playwright script do? It types an order and looks it up once; it checks and proves nothing."""

from collections.abc import Callable, Sequence
from typing import Any

from playwright.sync_api import Frame, Page

Line = tuple[str, str, str]


def frame_of(page: Page, name: str) -> Frame:
    """The frame of that name, which must be there."""
    frame = page.frame(name=name)
    if frame is None:
        raise LookupError(name)
    return frame


def going(page: Page, frame: str, act: Callable[[], Any]) -> None:
    """Act, and wait until the frame has its new page."""
    with page.expect_event("framenavigated", predicate=lambda each: each.name == frame):
        act()
    frame_of(page, frame).wait_for_load_state("load")


class BareHarbour:
    """A script for Harbour."""

    def __init__(self, page: Page, url: str) -> None:
        self.page = page
        page.on("dialog", lambda dialog: dialog.accept())
        page.goto(url)
        page.fill("#txtUser", "BOT2")
        page.fill("#txtPass", "secret-bot2")
        page.click("input[name=btnOK]")
        page.frame_locator("frame[name=menu]").locator("a[href='/so/entry']").wait_for()
        page.wait_for_load_state("load")

    def enter(self, customer: str, day: str, reference: str, lines: Sequence[Line]) -> str:
        """Type the order, save it, look it up by its reference; its number."""
        going(self.page, "main", lambda: frame_of(self.page, "menu").click("a[href='/so/entry']"))
        main = frame_of(self.page, "main")
        main.fill("#txtCust", customer)
        main.fill("#txtDate", day)
        main.fill("#txtRem", reference)
        for row, (item, quantity, price) in enumerate(lines, 1):
            main.fill(f"input[name=item_{row}]", item)
            main.fill(f"input[name=qty_{row}]", quantity)
            main.fill(f"input[name=price_{row}]", price)
            going(self.page, "main", lambda: main.click("input[value=Update]"))
        going(self.page, "main", lambda: main.click("input[value=Save]"))
        going(self.page, "main", lambda: frame_of(self.page, "menu").click("a[href='/so/list']"))
        main.fill("input[name=fRem]", reference)
        going(self.page, "main", lambda: main.click("input[value=Search]"))
        return main.inner_text("#list tr.order a")


class BareSqlLedger:
    """A script for SQL-Ledger, for a user who types the customer's number."""

    MENU = 'a[href*="action={action}"][href*="level=Order%20Entry--{level}&"]'

    def __init__(self, page: Page, url: str, user: str, password: str) -> None:
        self.page = page
        page.goto(f"{url}/login.pl")
        page.fill("[name=login]", user)
        page.fill("[name=password]", password)
        page.click("input[type=submit]")
        page.frame_locator("frame[name=main_window]").locator("h1.login").wait_for()
        page.wait_for_load_state("load")

    def enter(self, customer: str, day: str, reference: str, lines: Sequence[Line]) -> str:
        """Type the order, save it, look it up by its reference; its number."""
        self._menu("add", "Sales%20Order")
        main = frame_of(self.page, "main_window")
        main.fill("[name=customer]", "")
        main.fill("[name=customernumber]", f'"{customer}"')
        main.fill("[name=transdate]", day)
        main.fill("[name=description]", reference)
        for row, (item, quantity, price) in enumerate(lines, 1):
            main.fill(f"[name=partnumber_{row}]", f'"{item}"')
            main.fill(f"[name=qty_{row}]", quantity)
            main.fill(f"[name=sellprice_{row}]", price)
            self._press("Update")
        self._press("Save")
        self._menu("search", "Reports--Sales%20Orders")
        main.fill("[name=description]", reference)
        main.check("[name=closed]")
        self._press("Continue")
        return main.inner_text("a[href*='action=edit'][href*='type=sales_order']")

    def _press(self, button: str) -> None:
        main = frame_of(self.page, "main_window")
        going(self.page, "main_window", lambda: main.click(f'input[type=submit][value="{button}"]'))

    def _menu(self, action: str, level: str) -> None:
        link = frame_of(self.page, "acc_menu").locator(self.MENU.format(action=action, level=level)).first
        going(self.page, "main_window", lambda: link.evaluate("a => a.click()"))

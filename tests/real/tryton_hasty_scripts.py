"""How does a script type sales that clicks on as soon as it can, as most scripts do? With Playwright alone.

python -m tests.real.tryton_hasty_scripts http://127.0.0.1:8000 C0002 P-30 HASTE-1 HASTE-2   a sale for each reference
"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from playwright.sync_api import Page, sync_playwright

from bots.drivers.browsers import find_browser
from bots.drivers.web_sessions import as_root
from tests.real.tryton_servers import NAME
from tests.real.tryton_webs import USER

ADDRESS: Final = "{url}/?{visit}#{name}/model/sale.sale;search_value=%5B%5B%22id%22%2C%22%3D%22%2C-1%5D%5D"
FORM_IS_FILLED: Final = "document.querySelector('.form input[name=currency]')?.value === 'GBP'"
LINE_IS_OPEN: Final = "!!document.querySelector('.window-form.in .form-many2one button[title=\"Search a record\"]')"
NUMBER_IS_AWAITED: Final = "document.activeElement.name === 'quantity' && document.activeElement.type === 'number'"
SETTLED: Final = (
    1500  # milliseconds after the form has come; from there on nothing is waited for but what is needed next
)


@contextmanager
def hasty_clerk(url: str) -> Iterator[Page]:
    """A page that is signed on."""
    with sync_playwright() as playwright:
        path = find_browser(None, headed=False).path
        browser = playwright.chromium.launch(executable_path=path, chromium_sandbox=not as_root())
        try:
            page = browser.new_page(viewport={"width": 1280, "height": 900}, locale="en-GB")
            page.goto(url)
            page.wait_for_selector("input#database:visible")
            page.fill("input#login", USER[0])
            page.keyboard.press("Enter")
            page.fill(".ask-dialog input[type=password]", USER[1])
            page.keyboard.press("Enter")
            page.wait_for_selector("#user-preferences a")
            yield page
        finally:
            browser.close()


def type_hastily(page: Page, url: str, customer: str, item: str, reference: str) -> None:
    """Type and save a sale of one line; Lines > New is clicked while the form still takes in what was typed last."""
    page.goto(ADDRESS.format(url=url, visit=reference, name=NAME))
    page.click(".btn-toolbar button#new_")
    page.wait_for_function(FORM_IS_FILLED)
    page.wait_for_timeout(SETTLED)
    _complete(page, ".form", "party", customer)
    page.fill(".form input[name=description]", reference)
    page.click(".form-one2many-toolbar button[title=New]")
    page.wait_for_function(LINE_IS_OPEN)
    _complete(page, ".window-form.in", "product", item)
    page.click(".window-form.in input[name=quantity]:visible")
    page.wait_for_function(NUMBER_IS_AWAITED)
    page.keyboard.type("3")
    page.click(".window-form.in .modal-footer button[title=Add]")
    page.wait_for_selector(".window-form", state="detached")
    page.click(".btn-toolbar button#save")
    page.wait_for_selector(".infobar :text('Record saved.')")


def _complete(page: Page, where: str, name: str, text: str) -> None:
    """Type into a field and click what it offers."""
    page.locator(f"{where} input[name={name}]").press_sequentially(text, delay=10)
    page.click(f"{where} .form-many2one:has(input[name={name}]) li.completion")


def main(url: str, customer: str, item: str, *references: str) -> None:
    """One sale after the other."""
    with hasty_clerk(url) as page:
        for reference in references:
            type_hastily(page, url, customer, item, reference)


if __name__ == "__main__":
    main(*sys.argv[1:])

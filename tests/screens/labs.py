"""Which element is found on a small page? Typed into and looked up, in one browser session for a file of tests."""

import itertools
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from playwright.sync_api import Browser

from bots.drivers.web import WebDriver
from bots.drivers.web_sessions import WebOptions
from bridge.errors import TargetAmbiguous, TargetNotFound
from bridge.model.profiles import Locator
from tests.screens.pages import ENTRY, PROFILE, page, target
from tests.screens.sites import Site, site

AMBIGUOUS = "ambiguous"
ABSENT = "absent"
TYPED = "typed by us"
CHANGED = f"""() => [...document.querySelectorAll('input, select, textarea')]
  .filter((field) => field.value === '{TYPED}').map((field) => field.id)"""


@dataclass
class Lab:
    """Puts pages before a driver; `typed` and `read` say what it made of them."""

    driver: WebDriver
    erp: Site
    paths: Iterator[str] = field(default_factory=lambda: (f"/case/{n}" for n in itertools.count()))

    def show(self, body: str) -> None:
        """A page with that body, as the entry screen."""
        path = next(self.paths)
        self.erp.page(path, page(body))
        self.driver.open(path)
        self.driver.show(ENTRY)

    def typed(self, body: str, *locators: Locator) -> str:
        """The ids of all fields that our text reached; or why none was typed into."""
        self.show(body)
        try:
            self.driver.fill([(target("it", *locators), TYPED)])
        except TargetAmbiguous:
            return AMBIGUOUS
        except TargetNotFound:
            return ABSENT
        return " ".join(self.driver.session.page("entry").evaluate(CHANGED))

    def read(self, body: str, *locators: Locator) -> str:
        """What the target shows; or why nothing is read."""
        self.show(body)
        try:
            return self.driver.read([target("it", *locators)])["it"]
        except TargetAmbiguous:
            return AMBIGUOUS
        except TargetNotFound:
            return ABSENT


@contextmanager
def laboratory(browser: Browser) -> Iterator[Lab]:
    """A lab with a site of its own."""
    with site() as erp:
        driver = WebDriver(PROFILE, erp.url, WebOptions(timeout=20.0), browser)
        try:
            yield Lab(driver, erp)
        finally:
            driver.close()

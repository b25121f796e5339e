"""Where do these tests work? In one browser for each file, in a fresh session for each test, at a site of their own."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest
from playwright.sync_api import Browser, sync_playwright

from bots.drivers.browsers import find_browser
from bots.drivers.web import WebDriver
from bots.drivers.web_sessions import ARGUMENTS, WebOptions, as_root
from bridge.model.profiles import ErpProfile
from tests.screens.pages import PROFILE
from tests.screens.sites import Site, site

Opening = Callable[..., WebDriver]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """All of these need a browser."""
    for item in items:
        if "tests/screens" in item.path.as_posix():
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One browser for a file of tests."""
    with sync_playwright() as playwright:
        path = find_browser().path
        started = playwright.chromium.launch(executable_path=path, args=list(ARGUMENTS), chromium_sandbox=not as_root())
        yield started
        started.close()


@pytest.fixture
def erp() -> Iterator[Site]:
    """A site that plays the ERP."""
    with site() as running:
        yield running


@pytest.fixture
def opening(browser: Browser) -> Iterator[Opening]:
    """Opens drivers, each in a session of its own, and ends them."""
    with ExitStack() as stack:

        def opened(address: str, profile: ErpProfile = PROFILE, **options: Any) -> WebDriver:
            driver = WebDriver(profile, address, WebOptions(**{"timeout": 20.0} | options), browser)
            stack.callback(driver.close)
            return driver

        yield opened


@pytest.fixture
def driver(erp: Site, opening: Opening) -> WebDriver:
    """A driver at the site, for the plain entry form."""
    return opening(erp.url)

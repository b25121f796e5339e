"""Doubts the cutting proxy against a real ERP, and shows what a browser does to a Save whose connection dies."""

from collections.abc import Iterator
from typing import Final, Literal

import httpx
import pytest
from playwright.sync_api import Page, sync_playwright

from bots.drivers.browsers import find_browser
from tests.real.cutting_proxies import CuttingProxy
from tests.real.sql_ledger_clerks import FormClerk
from tests.real.sql_ledger_datasets import SEATS
from tests.real.sql_ledger_fixtures import orders_with, sql_ledger
from tests.real.sql_ledger_servers import SqlLedgerServer

pytestmark = pytest.mark.real

BOT, OTHER_BOT, *_ = SEATS
SAVE: Final = b"action=Save&"
CUT_SECONDS: Final = 30.0


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SqlLedgerServer]:
    """One company for all tests of this module; each test uses references of its own."""
    with sql_ledger(tmp_path_factory.mktemp("sql-ledger")) as running:
        yield running


@pytest.fixture
def proxy(server: SqlLedgerServer) -> Iterator[CuttingProxy]:
    """A proxy in front of the ERP that forwards everything until told otherwise."""
    with CuttingProxy.running(server.port) as running:
        yield running


@pytest.fixture
def remote(proxy: CuttingProxy) -> Iterator[FormClerk]:
    """Bot Two, whose line to the ERP runs through the proxy."""
    with FormClerk(f"http://127.0.0.1:{proxy.port}/sql-ledger", OTHER_BOT) as signed_on:
        yield signed_on.sign_on()


def type_order(clerk: FormClerk, reference: str) -> None:
    """A filled form of one line, not yet saved."""
    clerk.new_order()
    clerk.fill(description=reference)
    clerk.type_lines([("P-10", "2", "")])


def test_the_proxy_forwards_and_counts_what_reached_the_server(
    server: SqlLedgerServer, proxy: CuttingProxy, remote: FormClerk
) -> None:
    """Sign-on, one Update and Save are three POSTs, one of them the Save."""
    type_order(remote, "T-PLAIN")
    remote.press("Save")

    assert len(orders_with(server, "T-PLAIN")) == 1
    assert (proxy.posts(), proxy.posts(SAVE), proxy.cuts) == (3, 1, 0)


def test_a_cut_after_the_request_leaves_an_order_nobody_was_told_of(
    server: SqlLedgerServer, proxy: CuttingProxy, remote: FormClerk
) -> None:
    """The server had answered when the client saw the reset, so the order is already there."""
    type_order(remote, "T-AFTER")
    proxy.cut_after_request(SAVE)
    with pytest.raises(httpx.ReadError):
        remote.press("Save")

    assert proxy.wait_for_cuts(1, CUT_SECONDS)
    assert len(orders_with(server, "T-AFTER")) == 1
    assert proxy.posts(SAVE) == 1


def test_a_cut_before_the_request_leaves_nothing(
    server: SqlLedgerServer, proxy: CuttingProxy, remote: FormClerk
) -> None:
    """The server never heard of it, though the client sees the very same error."""
    type_order(remote, "T-BEFORE")
    proxy.cut_before(SAVE)
    with pytest.raises(httpx.ReadError):
        remote.press("Save")

    assert proxy.wait_for_cuts(1, CUT_SECONDS)
    assert orders_with(server, "T-BEFORE") == []
    assert proxy.posts(SAVE) == 0


def test_a_cut_hits_only_the_marked_post_and_only_so_often(
    server: SqlLedgerServer, proxy: CuttingProxy, remote: FormClerk
) -> None:
    """Updates pass while a Save is awaited, and the second Save passes after the first was cut."""
    proxy.cut_before(SAVE)
    type_order(remote, "T-ONCE")
    with pytest.raises(httpx.ReadError):
        remote.press("Save")
    remote.press("Save")

    assert len(orders_with(server, "T-ONCE")) == 1
    assert (proxy.posts(SAVE), proxy.cuts) == (1, 1)


End = Literal["requestfinished", "requestfailed"]


@pytest.fixture
def page() -> Iterator[Page]:
    """A page of a real Chromium."""
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=find_browser().path, args=["--no-sandbox"])
        try:
            yield chromium.new_page()
        finally:
            chromium.close()


@pytest.mark.browser
@pytest.mark.parametrize(("cuts", "end"), [(1, "requestfinished"), (99, "requestfailed")])
def test_chromium_posts_a_save_again_by_itself(
    server: SqlLedgerServer, proxy: CuttingProxy, page: Page, cuts: int, end: End
) -> None:
    """One click, several orders: each reused connection that dies is followed by the next, whatever the page says."""
    reference = f"T-TWICE-{cuts}"
    page.goto(f"http://127.0.0.1:{proxy.port}/sql-ledger/login.pl")
    page.fill("[name=login]", BOT.login)
    page.fill("[name=password]", BOT.password)
    page.get_by_role("button", name="Login").click()
    page.frame_locator("[name=main_window]").locator("h1.login").wait_for()
    page.goto(
        f"http://127.0.0.1:{proxy.port}/sql-ledger/oe.pl?path=bin/mozilla&action=add&type=sales_order&login={BOT.full_login}"
    )
    page.fill("[name=description]", reference)
    page.fill("[name=partnumber_1]", '"P-10"')
    page.get_by_role("button", name="Update", exact=True).click()
    page.locator("[name=partnumber_2]").wait_for()
    proxy.cut_after_request(SAVE, times=cuts)
    with page.expect_event(end):
        page.get_by_role("button", name="Save", exact=True).click()

    assert proxy.posts(SAVE) >= 2
    assert len(orders_with(server, reference)) == proxy.posts(SAVE)

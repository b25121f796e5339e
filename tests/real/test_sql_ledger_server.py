"""Doubts the ERP we test against: that it is real, empty, exact, forgetful about sessions, and gone afterwards."""

import subprocess
import sys
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

import httpx
import psutil
import pytest
from playwright.sync_api import Page, sync_playwright

from bots.drivers.browsers import find_browser
from tests.real.cutting_proxies import CuttingProxy
from tests.real.sql_ledger_clerks import FormClerk
from tests.real.sql_ledger_datasets import SEATS, Customer, Item, User
from tests.real.sql_ledger_packages import SqlLedgerUnavailableError, why_not
from tests.real.sql_ledger_servers import SqlLedgerFailedError, SqlLedgerServer

pytestmark = pytest.mark.real

CACHE: Final = Path(__file__).parents[2] / ".cache" / "sql-ledger"
BOT, OTHER_BOT, TYPIST, _ANNA = SEATS
LINES: Final = (("P-20", "10", "0.40"), ("P-30", "2", "89.90"), ("P-40", "1.5", "12.345"))
SAVE: Final = b"action=Save&"
CUT_SECONDS: Final = 30.0


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SqlLedgerServer]:
    """One company for all tests of this module; each test uses references of its own."""
    if reason := why_not():
        pytest.skip(reason)
    try:
        with SqlLedgerServer.started(tmp_path_factory.mktemp("sql-ledger"), cache=CACHE) as running:
            yield running
    except SqlLedgerUnavailableError as error:
        pytest.skip(str(error))


@pytest.fixture
def clerk(server: SqlLedgerServer) -> Iterator[FormClerk]:
    """Bot One, signed on over HTTP."""
    with FormClerk(server.url, BOT) as signed_on:
        yield signed_on.sign_on()


def of(server: SqlLedgerServer, reference: str) -> list[dict[str, Any]]:
    """The orders in the database that carry a reference."""
    return [order for order in server.orders() if order["description"] == reference]


def test_a_new_company_has_no_orders(tmp_path: Path) -> None:
    """Whatever a cached template holds, the order table of a fresh server is empty."""
    if reason := why_not():
        pytest.skip(reason)
    with SqlLedgerServer.started(tmp_path, cache=CACHE) as fresh:
        assert fresh.orders() == []


def test_the_sign_on_page_is_the_real_program_of_the_announced_version(server: SqlLedgerServer) -> None:
    """The page asks for name and password and says which version answers."""
    page = httpx.get(server.sign_on_url).text

    assert "Version 3.2.6" in page
    assert "name=login" in page
    assert "type=password name=password" in page


def test_neither_server_runs_as_root(server: SqlLedgerServer) -> None:
    """PostgreSQL would refuse it, and a program with known holes deserves no rights."""
    owners = {name: psutil.Process(child.pid).uids().real for name, child in server.children.items()}

    assert set(owners) == {"apache", "postgres"}
    assert 0 not in owners.values()


def test_the_database_has_no_port(server: SqlLedgerServer) -> None:
    """Only Apache listens on TCP, on loopback, so no test meets the machine's own PostgreSQL."""
    listening = [
        (name, connection.laddr.ip, connection.laddr.port)
        for name, child in server.children.items()
        for connection in psutil.Process(child.pid).net_connections("tcp")
        if connection.status == psutil.CONN_LISTEN
    ]

    assert listening == [("apache", "127.0.0.1", server.port)]


def test_an_order_posted_as_forms_is_in_the_database_to_the_last_digit(
    server: SqlLedgerServer, clerk: FormClerk
) -> None:
    """The oracle reports header and lines as the ERP stored them, amounts as Decimal, text untouched."""
    clerk.enter_order(
        "Smith Ltd", "T-EXACT", LINES, transdate="2026-11-20", reqdate="2026-12-24", ponumber="PO 4711/b",
        notes='Say "hello" & go', intnotes="Müller 重庆",
    )  # fmt: skip

    (order,) = of(server, "T-EXACT")
    lines = [(line["position"], line["item"], line["quantity"], line["price"]) for line in order["lines"]]
    assert lines == [
        (1, "P-20", Decimal(10), Decimal("0.4")),
        (2, "P-30", Decimal(2), Decimal("89.9")),
        (3, "P-40", Decimal("1.5"), Decimal("12.345")),
    ]
    told = ("customer_number", "date", "required_by", "po_number", "notes", "internal_notes", "currency", "closed")
    assert [order[name] for name in told] == [
        "C-102", "2026-11-20", "2026-12-24", "PO 4711/b", 'Say "hello" & go', "Müller 重庆", "GBP", False,
    ]  # fmt: skip
    assert (order["net"], order["total"]) == (Decimal("202.32"), Decimal("233.79"))
    assert str(order["number"]).startswith("SO-")


def test_customers_items_and_users_can_be_added_while_it_runs(server: SqlLedgerServer) -> None:
    """What a test seeds by SQL is what a clerk can type, quotes, apostrophes and Chinese included."""
    server.dataset.add_customers([Customer("C-900", 'O\'Neill & "Söhne" 北京', currency="GBP")])
    server.dataset.add_items([Item("X-900", "Gasket 1/2\" 'blue'", Decimal("3.3333"), unit="m")])
    server.add_user(User("carla", "Carla"))

    with FormClerk(server.url, User("carla", "Carla")) as carla:
        carla.sign_on()
        carla.enter_order('O\'Neill & "Söhne" 北京', "T-SEEDED", [("X-900", "3", "")])

    (order,) = of(server, "T-SEEDED")
    (line,) = order["lines"]
    assert (order["customer_number"], order["entered_by"]) == ("C-900", "carla")
    assert (line["description"], line["price"], line["unit"]) == ("Gasket 1/2\" 'blue'", Decimal("3.3333"), "m")


def test_a_search_in_quotation_marks_is_exact(server: SqlLedgerServer) -> None:
    """Without them P-20 finds P-200 as well; a number typed in quotation marks means one record only."""
    with FormClerk(server.url, TYPIST) as typist:
        typist.sign_on().new_order()
        typist.fill(customernumber='"C-102"', partnumber_1="P-20", qty_1="1")
        typist.press("Update")
        assert "Select items" in typist.text

        typist.new_order()
        typist.fill(customernumber='"C-102"', partnumber_1='"P-20"', qty_1="1")
        typist.press("Update")
        assert (typist.value("customer"), typist.value("description_1")) == ("Smith Ltd", "Washer M8")


def test_save_answers_with_the_number_when_the_form_was_opened_from_a_list(
    server: SqlLedgerServer, clerk: FormClerk
) -> None:
    """The form goes back to the list it came from, which still filters by our reference: the answer names the order."""
    clerk.search_orders(description="T-LISTED", l_ponumber="Y")
    clerk.press("Sales Order")
    clerk.fill(description="T-LISTED")
    clerk.type_lines(LINES)
    clerk.press("Save")

    (order,) = of(server, "T-LISTED")
    assert clerk.value("ordnumber_1") == order["number"]
    assert clerk.value("rowcount") == "1"


def test_a_second_sign_on_of_one_user_ends_the_first(server: SqlLedgerServer, clerk: FormClerk) -> None:
    """One session per user: this is how an ERP session in doubt can be ended from outside."""
    clerk.new_order()
    with FormClerk(server.url, BOT) as again:
        again.sign_on()
    clerk.press("Update")

    assert clerk.text == "SQL-Ledger - Bot One - acme Session expired! Password"


def test_a_wrong_password_is_told_in_a_page_with_status_200(server: SqlLedgerServer) -> None:
    """Nothing but the words says that the sign-on failed."""
    with FormClerk(server.url, OTHER_BOT) as stranger:
        assert stranger.sign_on("guess").text.endswith("Error! Incorrect Password!")


def test_as_debian_ships_it_a_drop_down_books_on_the_wrong_customer(tmp_path: Path) -> None:
    """Without the mended text setting an umlaut customer silently becomes the first one of the list."""
    if reason := why_not():
        pytest.skip(reason)
    with SqlLedgerServer.started(tmp_path, cache=CACHE, mended_text=False) as spoilt:
        with FormClerk(spoilt.url, BOT) as clerk:
            clerk.sign_on().new_order()
            (umlaut,) = [value for value in clerk.form.options["customer"] if "GmbH" in value]
            clerk.fill(customer=umlaut)
            clerk.press("Update")
            clerk.fill(description="T-SPOILT")
            clerk.type_lines([("P-10", "1", "")])
            clerk.press("Save")
        (order,) = of(spoilt, "T-SPOILT")
        assert order["customer"] == "Acme Tools Ltd"


class HalfStarted(SqlLedgerServer):
    """A server whose Apache cannot start; it remembers what had been started by then."""

    begun: Final[list[int]] = []

    def start_apache(self) -> None:
        self.begun.append(self.children["postgres"].pid)
        self.start("apache", ["/bin/false"])
        self.wait("apache", lambda: False)


def test_a_failed_start_says_so_and_leaves_no_process(tmp_path: Path) -> None:
    """PostgreSQL was up already; it is ended and reaped like after a good run."""
    if reason := why_not():
        pytest.skip(reason)
    with pytest.raises(SqlLedgerFailedError, match="apache did not start"), HalfStarted.started(tmp_path, cache=CACHE):
        pytest.fail("it started")  # pragma: no cover

    (postgres,) = HalfStarted.begun
    assert not psutil.pid_exists(postgres)


def test_after_the_run_every_process_and_file_is_gone(tmp_path: Path) -> None:
    """CGI scripts, database backends and the folder with the company go with the server."""
    if reason := why_not():
        pytest.skip(reason)
    with SqlLedgerServer.started(tmp_path, cache=CACHE) as short:
        family = [psutil.Process(child.pid) for child in short.children.values()]
        family += [descendant for parent in family for descendant in parent.children(recursive=True)]
        room = short.room

    assert len(family) > 4
    assert psutil.wait_procs(family, timeout=10)[1] == []
    assert not room.exists()


def test_a_killed_test_run_takes_its_servers_along(tmp_path: Path) -> None:
    """Nobody is left to clean up then, so the kernel ends both servers with the thread that started them."""
    if reason := why_not():
        pytest.skip(reason)
    with subprocess.Popen(
        [sys.executable, "-c", STARTER, str(tmp_path), str(CACHE)], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        text=True, cwd=Path(__file__).parents[2],
    ) as starter:  # fmt: skip
        assert starter.stdout is not None
        servers = [psutil.Process(int(pid)) for pid in starter.stdout.readline().split()]
        starter.kill()

    assert len(servers) == 2
    assert psutil.wait_procs(servers, timeout=20)[1] == []


STARTER: Final = """
import sys
from pathlib import Path
from tests.real.sql_ledger_servers import SqlLedgerServer
with SqlLedgerServer.started(Path(sys.argv[1]), cache=Path(sys.argv[2])) as server:
    print(*(child.pid for child in server.children.values()), flush=True)
    sys.stdin.read()
"""


def test_a_machine_that_is_not_debian_is_told_so(tmp_path: Path) -> None:
    """The reason is a whole sentence, fit for a skipped test."""
    reason = why_not(debian=tmp_path / "debian_version")

    assert reason == "SQL-Ledger comes as a Debian package and this machine is not Debian."


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

    assert len(of(server, "T-PLAIN")) == 1
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
    assert len(of(server, "T-AFTER")) == 1
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
    assert of(server, "T-BEFORE") == []
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

    assert len(of(server, "T-ONCE")) == 1
    assert (proxy.posts(SAVE), proxy.cuts) == (1, 1)


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
@pytest.mark.parametrize(("cuts", "told"), [(1, "Add Sales Order"), (99, "ERR_CONNECTION_RESET")])
def test_chromium_posts_a_save_again_by_itself(
    server: SqlLedgerServer, proxy: CuttingProxy, page: Page, cuts: int, told: str
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
    page.get_by_role("button", name="Save", exact=True).click()
    page.get_by_text(told).first.wait_for()

    assert proxy.posts(SAVE) >= 2
    assert len(of(server, reference)) == proxy.posts(SAVE)

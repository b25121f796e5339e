"""Doubts the ERP we test against: that it is real, empty, exact, forgetful about sessions, and gone afterwards."""

import shutil
import subprocess
import sys
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Final

import httpx
import psutil
import pytest

from tests.real.sql_ledger_clerks import FormClerk
from tests.real.sql_ledger_datasets import SEATS, Customer, Item, User
from tests.real.sql_ledger_fixtures import CACHE, orders_with, sql_ledger
from tests.real.sql_ledger_packages import why_not
from tests.real.sql_ledger_servers import SqlLedgerFailedError, SqlLedgerServer

pytestmark = pytest.mark.real

BOT, OTHER_BOT, TYPIST, _ANNA = SEATS
LINES: Final = (("P-20", "10", "0.40"), ("P-30", "2", "89.90"), ("P-40", "1.5", "12.345"))


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SqlLedgerServer]:
    """One company for all tests of this module; each test uses references of its own."""
    with sql_ledger(tmp_path_factory.mktemp("sql-ledger")) as running:
        yield running


@pytest.fixture
def clerk(server: SqlLedgerServer) -> Iterator[FormClerk]:
    """Bot One, signed on over HTTP."""
    with FormClerk(server.url, BOT) as signed_on:
        yield signed_on.sign_on()


def test_a_new_company_has_no_orders(tmp_path: Path) -> None:
    """Whatever a cached template holds, the order table of a fresh server is empty."""
    with sql_ledger(tmp_path) as fresh:
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

    (order,) = orders_with(server, "T-EXACT")
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

    (order,) = orders_with(server, "T-SEEDED")
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

    (order,) = orders_with(server, "T-LISTED")
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
    with sql_ledger(tmp_path, mended_text=False) as spoilt:
        with FormClerk(spoilt.url, BOT) as clerk:
            clerk.sign_on().new_order()
            (umlaut,) = [value for value in clerk.form.options["customer"] if "GmbH" in value]
            clerk.fill(customer=umlaut)
            clerk.press("Update")
            clerk.fill(description="T-SPOILT")
            clerk.type_lines([("P-10", "1", "")])
            clerk.press("Save")
        (order,) = orders_with(spoilt, "T-SPOILT")
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
    with pytest.raises(SqlLedgerFailedError, match="apache did not start"), sql_ledger(tmp_path, HalfStarted):
        pytest.fail("it started")

    (postgres,) = HalfStarted.begun
    assert not psutil.pid_exists(postgres)


def test_after_the_run_every_process_and_file_is_gone(tmp_path: Path) -> None:
    """CGI scripts, database backends and the folder with the company go with the server."""
    with sql_ledger(tmp_path) as short:
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
        room, *pids = starter.stdout.readline().split()
        servers = [psutil.Process(int(pid)) for pid in pids]
        starter.kill()

    assert len(servers) == 2
    assert psutil.wait_procs(servers, timeout=20)[1] == []
    shutil.rmtree(room)


STARTER: Final = """
import sys
from pathlib import Path
from tests.real.sql_ledger_servers import SqlLedgerServer
with SqlLedgerServer.started(Path(sys.argv[1]), cache=Path(sys.argv[2])) as server:
    print(server.room, *(child.pid for child in server.children.values()), flush=True)
    sys.stdin.read()
"""


def test_a_machine_that_is_not_debian_is_told_so(tmp_path: Path) -> None:
    """The reason is a whole sentence, fit for a skipped test."""
    reason = why_not(debian=tmp_path / "debian_version")

    assert reason == "SQL-Ledger comes as a Debian package and this machine is not Debian."

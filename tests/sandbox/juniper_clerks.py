"""Who sits at Juniper's terminals? Clerks with an ssh client and a VT220, who wait for what they read."""

import asyncio
import codecs
import sqlite3
import threading
from collections.abc import Callable, Coroutine, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, TypeVar

import asyncssh
import httpx
import pyte

from sandbox.juniper.launches import Address, launched
from sandbox.juniper.options import Options

KEY = "control-key"
KEYS = {
    "ENTER": "\r",
    "TAB": "\t",
    "BACKTAB": "\x1b[Z",
    "ERASE": "\x05",
    "REPAINT": "\x0c",
    "INSERT": "\x1b[2~",
    "DELETE": "\x1b[3~",
    "HOME": "\x1b[H",
    "END": "\x1b[F",
    "LEFT": "\x1b[D",
    "RIGHT": "\x1b[C",
    "UP": "\x1b[A",
    "DOWN": "\x1b[B",
    "BACKSPACE": "\x7f",
    **{f"F{place}": f"\x1bO{letter}" for place, letter in enumerate("PQRS", start=1)},
    **{f"F{place}": f"\x1b[{code}~" for place, code in enumerate((15, 17, 18, 19, 20, 21, 23, 24), start=5)},
}
WORKING = "X SYSTEM"
T = TypeVar("T")


class Glass:
    """What a terminal shows, fed by another thread."""

    def __init__(self, encoding: str, columns: int = 80, rows: int = 24) -> None:
        self.screen = pyte.Screen(columns, rows)
        self._stream = pyte.Stream(self.screen)
        self._decoder = codecs.getincrementaldecoder(encoding)("replace")
        self._news = threading.Condition()
        self.transcript = ""
        self.closed = False
        self.lost: Exception | None = None

    def feed(self, data: bytes) -> None:
        """Paint what arrived."""
        with self._news:
            text = self._decoder.decode(data)
            self.transcript += text
            self._stream.feed(text)
            self._news.notify_all()

    def close(self, lost: Exception | None = None) -> None:
        """The line is gone, for that reason where there is one."""
        with self._news:
            self.closed, self.lost = True, lost
            self._news.notify_all()

    def until(self, condition: Callable[[], object], seconds: float = 10.0) -> None:
        """Wait until the condition holds; fails after the deadline and shows the screen."""
        with self._news:
            assert self._news.wait_for(condition, seconds), self.text()

    def row(self, number: int) -> str:
        """One row, from 1, without what surrounds it."""
        return str(self.screen.display[number - 1]).strip()

    def text(self) -> str:
        """All rows."""
        return "\n".join(line.rstrip() for line in self.screen.display)

    @property
    def bells(self) -> int:
        """How often it rang."""
        return self.transcript.count("\a")


class Clerk:
    """One terminal on an ssh connection."""

    def __init__(self, glass: Glass, channel: "asyncssh.SSHClientChannel[bytes]", erp: "Juniper") -> None:
        self.glass = glass
        self._channel = channel
        self._erp = erp

    def send(self, *keys: str) -> None:
        """Type texts and named keys, and wait for nothing."""
        data = "".join(KEYS.get(key, key) for key in keys).encode(self._erp.options.encoding, "replace")
        self._erp.loop.call_soon_threadsafe(self._channel.write, data)

    def press(self, *keys: str) -> str:
        """Type, with a key for the host at the end, wait for its answer and give the message line."""
        before = self.glass.transcript.count(WORKING)
        self.send(*keys)
        self.glass.until(lambda: self.glass.transcript.count(WORKING) > before and WORKING not in self.glass.row(24))
        return self.message

    def wait(self, text: str) -> None:
        """Until this text is on the screen."""
        self.glass.until(lambda: text in self.glass.text())

    @property
    def message(self) -> str:
        """The message line."""
        return self.glass.row(23)

    @property
    def text(self) -> str:
        """The whole screen."""
        return self.glass.text()

    def cell(self, row: int, column: int, cells: int) -> str:
        """So many cells, without fillers and blanks around what stands there."""
        return str(self.glass.screen.display[row - 1])[column - 1 : column - 1 + cells].strip(" _")

    def sign_on(self, user: str = "BOT1", password: str = "") -> str:
        """User and password."""
        self.wait("(GR-100)")
        return self.press(user, "TAB", password or f"secret-{user.lower()}", "ENTER")

    def choose(self, number: int) -> None:
        """From the main menu."""
        self.press(str(number), "ENTER")

    def typed(self, *lines: tuple[str, ...], customer: str = "C1001", external: str = "EXT-1") -> None:
        """A new form of release 4.1 with one plain line unless told otherwise, checked by Enter."""
        self.choose(1)
        self.send(customer, "TAB", external, *["TAB"] * 5)
        for item, quantity, *rest in lines or (("P-30", "2"),):
            self.send(item, "TAB", quantity, "TAB", rest[0] if rest else "", "TAB", "TAB")
        self.press("ENTER")

    def saved(self, *lines: tuple[str, ...], customer: str = "C1001", external: str = "EXT-1") -> str:
        """Type an order and save it; the message that answers."""
        self.typed(*lines, customer=customer, external=external)
        self.press("F6")
        return self.press("Y")

    def displayed(self, number: int) -> str:
        """The order on the display, from the main menu."""
        self.choose(3)
        self.press(str(number), "ENTER")
        return self.text

    def hang_up(self) -> None:
        """Drop the connection."""
        self._erp.loop.call_soon_threadsafe(self._channel.get_connection().abort)
        self.glass.until(lambda: self.glass.closed)


class _Session(asyncssh.SSHClientSession[bytes]):
    def __init__(self, glass: Glass) -> None:
        self._glass = glass

    def data_received(self, data: bytes, datatype: object) -> None:  # noqa: ARG002 - there is one kind
        self._glass.feed(data)

    def connection_lost(self, exc: Exception | None) -> None:
        self._glass.close(exc)


class Juniper:
    """A running Juniper with its books, its clerks and its control door."""

    def __init__(self, options: Options, address: Address, loop: asyncio.AbstractEventLoop) -> None:
        self.options = options
        self.address = address
        self.loop = loop
        self._connections: list[asyncssh.SSHClientConnection] = []
        self._http = httpx.Client(
            base_url=address.url, headers={"X-Control-Key": KEY}, verify=False, trust_env=False, timeout=20
        )

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """Let the loop do it, and wait."""
        return asyncio.run_coroutine_threadsafe(work, self.loop).result(timeout=20)

    def clerk(self, user: str = "", password: str = "", term: str = "vt220", size: tuple[int, int] = (80, 24)) -> Clerk:
        """A new terminal, signed on if a user is given."""
        clerk = self.run(self._connect(term, size))
        if user:
            clerk.sign_on(user, password)
            clerk.wait("(GR-110)")
        return clerk

    async def _connect(self, term: str, size: tuple[int, int]) -> Clerk:
        hosts = asyncssh.import_known_hosts(f"[127.0.0.1]:{self.address.port} {self.address.host_key}\n")
        connection = await asyncssh.connect(
            "127.0.0.1",
            self.address.port,
            username="erp",
            password="juniper",
            known_hosts=hosts,
            config=None,
            client_keys=None,
            agent_path=None,
        )
        self._connections.append(connection)
        glass = Glass(self.options.encoding, *size)
        channel, _ = await connection.create_session(
            lambda: _Session(glass), encoding=None, term_type=term, term_size=size
        )
        return Clerk(glass, channel, self)

    def rows(self, sql: str, *values: Any) -> list[dict[str, Any]]:
        """What stands in the books."""
        with closing(sqlite3.connect(self.options.database)) as db:
            db.row_factory = sqlite3.Row
            return [dict(row) for row in db.execute(sql, values)]

    def orders(self) -> list[dict[str, Any]]:
        """All orders by number."""
        return self.rows("SELECT * FROM orders ORDER BY number")

    def lines(self, number: int = 10001) -> list[tuple[str, ...]]:
        """Item, quantity, price and amount of an order's lines."""
        found = self.rows("SELECT * FROM order_lines WHERE order_number = ? ORDER BY position", number)
        return [(row["item_code"], row["quantity"], row["unit_price"], row["amount"]) for row in found]

    def control(self, path: str, wish: Any = None, method: str = "POST") -> Any:
        """Use the control door."""
        answer = self._http.request(method, f"/control/{path}", json=wish)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def put(self, **header: Any) -> int:
        """An order typed by somebody else."""
        lines = [{"item_code": "P-30", "description": "chain", "quantity": "2", "unit_price": "12.90"}]
        return int(self.control("orders", {"customer_code": "C1001", "lines": lines} | header)["number"])

    def fault(self, kind: str, **parameters: Any) -> None:
        """Order a fault."""
        self.control("faults", {"fault": kind} | parameters)

    async def close(self) -> None:
        """Close all terminals."""
        for connection in self._connections:
            connection.abort()
            await connection.wait_closed()

    def close_door(self) -> None:
        """Close the client of the control door."""
        self._http.close()


@contextmanager
def juniper(folder: Path, **settings: Any) -> Iterator[Juniper]:
    """A Juniper in this process, on a thread with a loop of its own, with its books in the folder."""
    chosen: dict[str, Any] = {"database": folder / "juniper.db", "control_key": KEY} | settings
    options = Options(**chosen)
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()

    def run(work: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(work, loop).result(timeout=30)

    try:
        serving = launched(options)
        running = Juniper(options, run(serving.__aenter__()), loop)
        try:
            yield running
        finally:
            running.close_door()
            run(running.close())
            run(serving.__aexit__(None, None, None))
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()

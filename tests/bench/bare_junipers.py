"""What does a script send to Juniper that has no guards? Raw bytes with fixed rests; it reads nothing."""

import asyncio
import threading
import time
from collections.abc import Coroutine
from typing import Any, TypeVar

import asyncssh

from bridge.model.orders import Order

T = TypeVar("T")
SECONDS = 20.0  # to connect
SAVE = "\x1b[17~"  # F6


class JuniperBytes:
    """A script for Juniper: a whole form in one write, and a rest for each key that reaches the host."""

    def __init__(self, host: str, port: int, rest: float = 0.1) -> None:
        self.rest = rest
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self._connection, self._channel = self._run(_connected(host, port))

    def sign_on(self, user: str, password: str) -> None:
        """User and password, then 1 in the menu."""
        time.sleep(5 * self.rest)
        for keys in (f"{user}\t{password}\r", "1\r"):
            self._send(keys)
            time.sleep(4 * self.rest)

    def enter(self, wanted: Order, reference: str) -> None:
        """Type the order and save it; the currency is full after three letters and goes on by itself."""
        day = wanted.ordered_on.strftime("%d/%m/%y")
        header = f"{wanted.customer}\t{reference}\t{day}\t{wanted.po_number}\t{wanted.currency}\t"
        lines = (f"{each.item}\t{each.quantity}\t{each.unit_price}\t\t" for each in wanted.lines)
        for keys in (header + "".join(lines) + SAVE, "Y"):
            self._send(keys)
            time.sleep(self.rest)

    def _send(self, keys: str) -> None:
        self._loop.call_soon_threadsafe(self._channel.write, keys.encode())

    def close(self) -> None:
        """Hang up."""
        self._run(_hung_up(self._connection))
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def _run(self, work: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(SECONDS)


async def _connected(host: str, port: int) -> tuple[Any, Any]:
    connection = await asyncssh.connect(
        host, port, username="erp", password="juniper", known_hosts=None, config=None, client_keys=None, agent_path=None
    )
    channel, _ = await connection.create_session(
        asyncssh.SSHClientSession[bytes], encoding=None, term_type="vt220", term_size=(80, 24)
    )
    return connection, channel


async def _hung_up(connection: Any) -> None:
    connection.abort()
    await connection.wait_closed()

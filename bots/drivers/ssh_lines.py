"""How does a line go to a host over ssh? Only to one whose key is known, and with nothing of the user's own set-up."""

import asyncio
import queue
import threading
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import asyncssh

from bridge.errors import ErpDown, InvalidConfig, LineLost
from bridge.locale import Phrase, fault

CONNECT_SECONDS = 30.0
SECONDS_TO_END = 5.0


@dataclass(frozen=True)
class Host:
    """Where to, as whom, and by what the host proves that it is the right one."""

    erp: str
    address: str
    password: str | None = None
    host_key: str = ""
    known_hosts: Path | None = None
    terminal: str = "xterm"
    size: tuple[int, int] = (80, 24)

    def __repr__(self) -> str:
        return f"Host({self.erp!r}, {self.address!r})"


def known_hosts(host: Host, name: str, port: int) -> Any:
    """By what that host can prove itself; raises InvalidConfig where nothing is known of it."""
    if host.host_key:
        return asyncssh.import_known_hosts(f"[{name}]:{port} {host.host_key}\n")
    if host.known_hosts is not None:
        return str(host.known_hosts)
    what = Phrase("name the host's key, or a file of known hosts: else anybody could answer for it")
    raise InvalidConfig.of([fault("terminal.host_key", what)])


class SshLine:
    """One session of one connection; a thread of its own keeps the connection."""

    def __init__(self, host: Host) -> None:
        """Connects; raises ErpDown, and InvalidConfig where the host's key is not known or not the right one."""
        self._host = host
        self._arrived: queue.SimpleQueue[bytes | None] = queue.SimpleQueue()
        self._lost: str | None = None
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        try:
            self._connection, self._channel = self._run(self._connect())
        except asyncssh.HostKeyNotVerifiable as unknown:
            self._end_loop()
            raise InvalidConfig.of([fault("terminal.host_key", Phrase("{why}", why=unknown))]) from unknown
        except (OSError, asyncssh.Error, TimeoutError) as down:
            self._end_loop()
            raise ErpDown(erp=host.erp, address=host.address) from down

    def send(self, data: bytes) -> None:
        """Send these."""
        if self._lost is not None:
            raise LineLost(erp=self._host.erp, why=self._lost)
        self._loop.call_soon_threadsafe(self._channel.write, data)

    def receive(self, seconds: float) -> bytes:
        """What has come, all of it."""
        try:
            data = self._arrived.get(timeout=seconds) if seconds > 0 else self._arrived.get_nowait()
        except queue.Empty:
            return b""
        if data is None:
            self._arrived.put(None)  # and so it stays
            raise LineLost(erp=self._host.erp, why=self._lost or "")
        return data

    def close(self) -> None:
        """End connection and thread."""
        with suppress(OSError, asyncssh.Error, TimeoutError):
            self._run(self._hang_up(), SECONDS_TO_END)
        self._end_loop()

    def feed(self, data: bytes) -> None:
        """Something has come."""
        self._arrived.put(data)

    def lose(self, why: Exception | None) -> None:
        """Nothing comes any more."""
        self._lost = str(why or Phrase("the host has ended it"))
        self._arrived.put(None)

    # --- the connection ---------------------------------------------------------------------------------------------

    async def _connect(self) -> tuple[Any, Any]:
        where = urlsplit(self._host.address)
        name, port = where.hostname or "", where.port or 22
        connection = await asyncssh.connect(
            name,
            port,
            username=unquote(where.username or ""),
            password=self._host.password,
            known_hosts=known_hosts(self._host, name, port),
            config=None,
            client_keys=None if self._host.password else (),
            agent_path=None if self._host.password else (),
            connect_timeout=CONNECT_SECONDS,
            keepalive_interval=15,
        )
        channel, _ = await connection.create_session(
            lambda: _Session(self), encoding=None, term_type=self._host.terminal, term_size=self._host.size
        )
        return connection, channel

    async def _hang_up(self) -> None:
        self._connection.abort()
        await self._connection.wait_closed()

    def _run(self, work: Any, seconds: float = CONNECT_SECONDS) -> Any:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(seconds)

    def _end_loop(self) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(5)
        if not self._thread.is_alive():
            self._loop.close()


class _Session(asyncssh.SSHClientSession[bytes]):
    def __init__(self, line: SshLine) -> None:
        self._line = line

    def data_received(self, data: bytes, datatype: object) -> None:  # noqa: ARG002 - there is one kind
        self._line.feed(data)

    def connection_lost(self, exc: Exception | None) -> None:
        self._line.lose(exc)

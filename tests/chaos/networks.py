"""How is a machine cut off from all others? Network namespaces on a bridge of this one, each on a wire of its own."""

import asyncio
import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from itertools import count
from urllib.parse import urlsplit

_nets = count(1)


def available() -> bool:
    """Whether network namespaces can be made here: Linux, root, and the program `ip`."""
    if sys.platform != "linux" or os.getuid() != 0 or shutil.which("ip") is None:
        return False
    name = f"try{os.getpid()}"
    made = subprocess.run(["ip", "netns", "add", name], capture_output=True, check=False).returncode == 0
    if made:
        _ip("netns", "del", name)
    return made


def _ip(*arguments: str) -> None:
    subprocess.run(["ip", *arguments], check=True, capture_output=True)


@dataclass(frozen=True)
class Wire:
    """A machine of its own network, and the wire that it hangs on."""

    name: str
    plug: str

    @property
    def inside(self) -> list[str]:
        """What runs a program on that machine."""
        return ["ip", "netns", "exec", self.name]

    def cut(self) -> None:
        """Nothing comes or goes any more, and nobody is told."""
        _ip("link", "set", self.plug, "down")

    def heal(self) -> None:
        """As before."""
        _ip("link", "set", self.plug, "up")


@dataclass(frozen=True)
class Network:
    """A bridge with its own address here, and the wires in it."""

    address: str
    wires: tuple[Wire, ...]


@contextmanager
def network(machines: int) -> Iterator[Network]:
    """So many machines on a bridge, which is gone afterwards."""
    mark = f"{os.getpid() % 100000}n{next(_nets)}"
    third = os.getpid() % 250
    bridge, wires = f"b{mark}", tuple(Wire(f"m{mark}x{n}", f"p{mark}x{n}") for n in range(machines))
    address = f"10.77.{third}.1"
    try:
        _ip("link", "add", bridge, "type", "bridge")
        _ip("addr", "add", f"{address}/24", "dev", bridge)
        _ip("link", "set", bridge, "up")
        for number, wire in enumerate(wires, 2):
            _ip("netns", "add", wire.name)
            _ip("link", "add", wire.plug, "type", "veth", "peer", "name", "eth0", "netns", wire.name)
            _ip("link", "set", wire.plug, "master", bridge)
            _ip("link", "set", wire.plug, "up")
            _ip("-n", wire.name, "addr", "add", f"10.77.{third}.{number}/24", "dev", "eth0")
            _ip("-n", wire.name, "link", "set", "eth0", "up")
            _ip("-n", wire.name, "link", "set", "lo", "up")
        yield Network(address, wires)
    finally:
        for wire in wires:
            with suppress(subprocess.CalledProcessError):
                _ip("netns", "del", wire.name)
        with suppress(subprocess.CalledProcessError):
            _ip("link", "del", bridge)


class Relay:
    """Lets a network reach what listens on this machine's loopback only; bytes are passed on as they are."""

    def __init__(self, address: str) -> None:
        self.address = address
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._servers: list[asyncio.Server] = []
        self._thread.start()

    def to(self, url: str) -> str:
        """The URL by which the network reaches it."""
        parts = urlsplit(url)
        assert parts.port is not None
        made = asyncio.run_coroutine_threadsafe(self._serve(parts.port), self._loop).result(30)
        return parts._replace(netloc=f"{self.address}:{made}").geturl()

    async def _serve(self, target: int) -> int:
        async def passed(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            with suppress(OSError):
                there_reader, there_writer = await asyncio.open_connection("127.0.0.1", target)
                await asyncio.gather(_pump(reader, there_writer), _pump(there_reader, writer))

        server = await asyncio.start_server(passed, self.address, 0)
        self._servers.append(server)
        port: int = server.sockets[0].getsockname()[1]
        return port

    def close(self) -> None:
        """Pass nothing on any more."""

        async def end() -> None:
            for server in self._servers:
                server.close()
            tasks = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

        asyncio.run_coroutine_threadsafe(end(), self._loop).result(30)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(30)
        self._loop.close()


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        with suppress(OSError):
            while data := await reader.read(65536):
                writer.write(data)
                await writer.drain()
    finally:
        writer.close()


@contextmanager
def relay(address: str) -> Iterator[Relay]:
    """A relay that passes on while inside."""
    passing = Relay(address)
    try:
        yield passing
    finally:
        passing.close()

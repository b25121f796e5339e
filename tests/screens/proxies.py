"""Which requests took the company's proxy? One on a real socket that writes them down and may ask for a password."""

import base64
import contextlib
import socket
from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from tests.screens.sites import CHUNK, LOOPBACK, Received, Reply, Site, requests_from


@dataclass
class Proxy(Site):
    """Forwards plain HTTP, one connection to the server for each request."""

    user: str = ""
    password: str = ""
    tunnels: bool = True
    refused: list[str] = field(default_factory=list)

    def converse(self, end: socket.socket, number: int) -> None:
        """Read, note, forward."""
        for line, headers, body in requests_from(end):
            method, target, _ = line.split(" ", 2)
            if not self.lets_in(headers.get("proxy-authorization", "")):
                self.refused.append(target)
                end.sendall(Reply("no", 407, (("Proxy-Authenticate", 'Basic realm="proxy"'),)).on_the_wire())
                continue
            with self.changed:
                self.received.append(Received(method, urlsplit(target).path, headers, body, number, fresh=False))
            if method == "CONNECT" and not self.tunnels:
                end.sendall(Reply("no tunnels here", 403).on_the_wire())
                continue
            if method == "CONNECT":
                self.tunnel(end, target)
                return
            end.sendall(fetched(method, target, headers, body))
            return

    def lets_in(self, given: str) -> bool:
        """Whether the password is right, or none is asked for."""
        wanted = base64.b64encode(f"{self.user}:{self.password}".encode()).decode()
        return not self.user or given == f"Basic {wanted}"

    def tunnel(self, end: socket.socket, target: str) -> None:
        """Everything to and fro until one of both ends closes."""
        host, _, port = target.partition(":")
        with socket.create_connection((host, int(port))) as server:
            end.sendall(b"HTTP/1.1 200 So\r\n\r\n")
            self.spawn(_pour, server, end)
            with self.changed:
                self.open_ends.add(server)
            _pour(end, server)
            with self.changed:
                self.open_ends.discard(server)


@contextlib.contextmanager
def proxy(user: str = "", password: str = "", *, tunnels: bool = True) -> Iterator[Proxy]:
    """A proxy on a free loopback port."""
    with socket.create_server((LOOPBACK, 0)) as listener:
        running = Proxy(listener, user=user, password=password, tunnels=tunnels)
        running.spawn(running.accept)
        try:
            yield running
        finally:
            running.stop()


def fetched(method: str, target: str, headers: dict[str, str], body: bytes) -> bytes:
    """The server's whole answer."""
    parts = urlsplit(target)
    path = parts._replace(scheme="", netloc="").geturl() or "/"
    kept = {name: value for name, value in headers.items() if name not in ("connection", "proxy-authorization")}
    lines = [f"{method} {path} HTTP/1.1", *(f"{name}: {value}" for name, value in kept.items()), "Connection: close"]
    with socket.create_connection((parts.hostname or LOOPBACK, parts.port or 80)) as server:
        server.sendall("\r\n".join([*lines, "", ""]).encode("latin-1") + body)
        return _answer_of(server)


def _answer_of(server: socket.socket) -> bytes:
    head, _, body = _until(server, b"", b"\r\n\r\n").partition(b"\r\n\r\n")
    lengths = [
        int(line.partition(b":")[2]) for line in head.lower().split(b"\r\n") if line.startswith(b"content-length")
    ]
    while lengths and len(body) < lengths[0]:
        body += server.recv(CHUNK)
    return head + b"\r\nConnection: close\r\n\r\n" + body


def _until(server: socket.socket, rest: bytes, mark: bytes) -> bytes:
    while mark not in rest:
        rest += server.recv(CHUNK)
    return rest


def _pour(source: socket.socket, sink: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while data := source.recv(CHUNK):
            sink.sendall(data)

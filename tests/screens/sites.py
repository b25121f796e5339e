"""What did really arrive at the server? A site on a real socket that counts every request and can die at any moment."""

import contextlib
import gzip
import socket
import ssl
import struct
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

CERTIFICATE = Path(__file__).with_name("certificates") / "server.pem"
LOOPBACK = "127.0.0.1"
DEADLINE = 20.0
CHUNK = 65536


@dataclass(frozen=True)
class Received:
    """One request as it arrived; `connection` counts the connections of the site, `fresh` is the first on its own."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes
    connection: int
    fresh: bool


@dataclass(frozen=True)
class Reply:
    """What the site answers: a body, or the connection's end instead (`cut`), after `wait` seconds."""

    body: bytes | str = b""
    status: int = 200
    headers: tuple[tuple[str, str], ...] = ()
    kind: str = "text/html; charset=utf-8"
    wait: float = 0.0
    cut: bool = False
    chunked: bool = False
    zipped: bool = False

    def on_the_wire(self, *, last: bool = False) -> bytes:
        """The bytes of the whole answer; the last one of a connection says so (RFC 9112, 9.6)."""
        body = self.body.encode() if isinstance(self.body, str) else self.body
        head = [f"HTTP/1.1 {self.status} So", f"Content-Type: {self.kind}", *(f"{n}: {v}" for n, v in self.headers)]
        if last:
            head.append("Connection: close")
        if self.zipped:
            body, head = gzip.compress(body), [*head, "Content-Encoding: gzip"]
        if self.chunked:
            head.append("Transfer-Encoding: chunked")
            parts = [body[at : at + 7] for at in range(0, len(body), 7)]
            body = b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in parts) + b"0\r\n\r\n"
        elif self.status not in (204, 304):
            head.append(f"Content-Length: {len(body)}")
        return "\r\n".join([*head, "", ""]).encode("latin-1") + body


Answering = Callable[[Received], Reply]


def not_here(_: Received) -> Reply:
    """The answer to a path that the site does not have."""
    return Reply("not here", 404)


@dataclass
class Site:
    """Answers by path (the query left out); what it does not know is 404. `secure` speaks TLS."""

    listener: socket.socket
    secure: bool = False
    answers: dict[str, Answering] = field(default_factory=dict)
    received: list[Received] = field(default_factory=list)
    changed: threading.Condition = field(default_factory=threading.Condition)
    open_ends: set[socket.socket] = field(default_factory=set)
    threads: list[threading.Thread] = field(default_factory=list)
    connections: int = 0
    ending: threading.Event = field(default_factory=threading.Event)

    @property
    def url(self) -> str:
        """Where it answers."""
        return f"http{'s' if self.secure else ''}://{LOOPBACK}:{self.listener.getsockname()[1]}"

    def page(self, path: str, body: bytes | str, **more: object) -> None:
        """Answer the path with a page."""
        self.answers[path] = lambda _: Reply(body, **more)  # type: ignore[arg-type]

    def on(self, path: str, answer: Answering) -> None:
        """Answer the path by what came."""
        self.answers[path] = answer

    def of(self, path: str = "", method: str = "POST") -> list[Received]:
        """The requests with that method, for that path or all of them."""
        with self.changed:
            return [one for one in self.received if one.method == method and (not path or one.path == path)]

    def wait_for(self, count: int, path: str, method: str = "POST") -> None:
        """Wait until so many requests came; fails after a deadline."""
        with self.changed:
            came = self.changed.wait_for(lambda: len(self._matching(path, method)) >= count, DEADLINE)
        assert came, [f"{one.method} {one.path}" for one in self.received]

    def _matching(self, path: str, method: str) -> list[Received]:
        return [one for one in self.received if (one.path, one.method) == (path, method)]

    def accept(self) -> None:
        """Serve each connection in a thread of its own until the listener is closed."""
        while True:
            try:
                end, _ = self.listener.accept()
            except OSError:
                return
            self.connections += 1
            self.spawn(self.serve, end, self.connections)

    def spawn(self, work: Callable[..., None], *given: object) -> None:
        """A thread that `stop` waits for."""
        thread = threading.Thread(target=work, args=given, daemon=True)
        self.threads.append(thread)
        thread.start()

    def serve(self, end: socket.socket, number: int) -> None:
        """One connection, request by request, until one of both ends it."""
        with contextlib.suppress(OSError, ssl.SSLError):
            if self.secure:
                end = _wrapped(end)
            with self.changed:
                self.open_ends.add(end)
            self.converse(end, number)
        with self.changed:
            self.open_ends.discard(end)
        end.close()

    def converse(self, end: socket.socket, number: int) -> None:
        """Read, note, answer."""
        for count, (line, headers, body) in enumerate(requests_from(end)):
            method, target, _ = line.split(" ", 2)
            path = urlsplit(target).path
            request = Received(method, path, headers, body, number, fresh=count == 0)
            with self.changed:
                self.received.append(request)
                self.changed.notify_all()
            reply = self.answers.get(path, not_here)(request)
            self.ending.wait(reply.wait)
            if reply.cut:
                reset(end)
                return
            last = headers.get("connection", "").lower() == "close"
            end.sendall(reply.on_the_wire(last=last))
            if last:
                return

    def stop(self) -> None:
        """End everything and wait for the threads."""
        self.ending.set()
        shut(self.listener)
        self.listener.close()
        with self.changed:
            for end in self.open_ends:
                shut(end)
        for thread in self.threads:
            thread.join(DEADLINE)


@contextlib.contextmanager
def site(*, secure: bool = False) -> Iterator[Site]:
    """A site on a free loopback port."""
    with socket.create_server((LOOPBACK, 0)) as listener:
        running = Site(listener, secure)
        running.spawn(running.accept)
        try:
            yield running
        finally:
            running.stop()


@dataclass
class Asked:
    """Leave that is given, and that notes how many requests were there when it was asked for."""

    site: Site
    path: str = "/save"
    method: str = "POST"
    before: list[int] = field(default_factory=list)

    def __call__(self) -> bool:
        """Yes."""
        self.before.append(len(self.site.of(self.path, self.method)))
        return True


def requests_from(end: socket.socket) -> Iterator[tuple[str, dict[str, str], bytes]]:
    """Whole requests: the first line, the headers with lower-case names, the body."""
    rest = b""
    while True:
        while b"\r\n\r\n" not in rest:
            more = end.recv(CHUNK)
            if not more:
                return
            rest += more
        head, rest = rest.split(b"\r\n\r\n", 1)
        line, *fields = head.decode("latin-1").split("\r\n")
        headers = {name.lower(): value.strip() for name, _, value in (one.partition(":") for one in fields)}
        length = int(headers.get("content-length", 0))
        while len(rest) < length:
            more = end.recv(CHUNK)
            if not more:
                return
            rest += more
        yield line, headers, rest[:length]
        rest = rest[length:]


def eventually(condition: Callable[[], object], seconds: float = DEADLINE) -> None:
    """Wait until the condition holds; fails after the deadline."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it never came true"
        threading.Event().wait(0.01)


def reset(end: socket.socket) -> None:
    """Close with RST instead of FIN, as a broken line does."""
    end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("hh" if sys.platform == "win32" else "ii", 1, 0))
    end.close()


def shut(end: socket.socket) -> None:
    """Wake whatever thread waits on the socket."""
    with contextlib.suppress(OSError):
        end.shutdown(socket.SHUT_RDWR)


def _wrapped(end: socket.socket) -> ssl.SSLSocket:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(CERTIFICATE)
    return context.wrap_socket(end, server_side=True)

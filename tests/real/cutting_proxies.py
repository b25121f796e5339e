"""A loopback proxy that lets a connection die around one chosen POST, as a bad network would, and counts POSTs."""

import contextlib
import enum
import re
import socket
import struct
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

CHUNK = 65536
LOOPBACK = "127.0.0.1"
SERVER_SECONDS = 60.0
"""How long the server may take for an answer nobody will see."""
STOP_SECONDS = 10.0


class Cut(enum.Enum):
    """When the connection dies."""

    BEFORE = "before the request leaves: the server never hears of it"
    AFTER = "after the server has answered: the request is done and the client does not know"


@dataclass
class CuttingProxy:
    """Forwards bytes between any HTTP/1.1 client and `target_port`; see `running`."""

    target_port: int
    listener: socket.socket
    changed: threading.Condition = field(default_factory=threading.Condition)
    forwarded: list[bytes] = field(default_factory=list)
    dropped: list[bytes] = field(default_factory=list)
    plan: tuple[Cut, bytes] | None = None
    left: int = 0
    connections: set[socket.socket] = field(default_factory=set)
    threads: list[threading.Thread] = field(default_factory=list)

    @classmethod
    @contextlib.contextmanager
    def running(cls, target_port: int) -> Iterator["CuttingProxy"]:
        """A proxy on a free loopback port, stopped with all its connections on the way out."""
        with socket.create_server((LOOPBACK, 0)) as listener:
            proxy = cls(target_port, listener)
            proxy.spawn(proxy.accept)
            try:
                yield proxy
            finally:
                proxy.stop()

    @property
    def port(self) -> int:
        """Where clients connect instead of `target_port`."""
        port: int = self.listener.getsockname()[1]
        return port

    @property
    def cuts(self) -> int:
        """Connections cut so far."""
        return len(self.dropped)

    def posts(self, marker: bytes = b"") -> int:
        """POST requests the server received so far whose head or body holds `marker`."""
        with self.changed:
            return sum(marker in request for request in self.forwarded)

    def cut_before(self, marker: bytes, times: int = 1) -> None:
        """The next `times` POSTs that hold `marker` are swallowed and their connection is reset."""
        self.arm(Cut.BEFORE, marker, times)

    def cut_after_request(self, marker: bytes, times: int = 1) -> None:
        """The next `times` POSTs that hold `marker` are answered by the server, but the client sees a reset."""
        self.arm(Cut.AFTER, marker, times)

    def arm(self, cut: Cut, marker: bytes, times: int) -> None:
        """Replaces what was planned before; `times` of 0 disarms."""
        with self.changed:
            self.plan, self.left = (cut, marker), times

    def wait_for_cuts(self, number: int, seconds: float) -> bool:
        """Whether that many connections have been cut within the time; a cut AFTER counts once it is answered."""
        with self.changed:
            return self.changed.wait_for(lambda: self.cuts >= number, seconds)

    def spawn(self, work: Callable[..., None], *words: socket.socket) -> None:
        """A thread that `stop` waits for."""
        thread = threading.Thread(target=work, args=words, daemon=True)
        self.threads.append(thread)
        thread.start()

    def accept(self) -> None:
        """Serves each client in a thread of its own until the listener is closed."""
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            self.spawn(self.serve, client)

    def serve(self, client: socket.socket) -> None:
        """One client connection and its own server connection, request by request."""
        server = socket.create_connection((LOOPBACK, self.target_port))
        with contextlib.suppress(OSError), client, server, self.known(client, server):
            self.spawn(pour, server, client)
            self.carry_requests(client, server)

    @contextlib.contextmanager
    def known(self, *ends: socket.socket) -> Iterator[None]:
        """Sockets that `stop` may shut while a thread waits on them."""
        with self.changed:
            self.connections.update(ends)
        try:
            yield
        finally:
            for end in ends:
                shut(end)
            with self.changed:
                self.connections.difference_update(ends)

    def carry_requests(self, client: socket.socket, server: socket.socket) -> None:
        """Until the client leaves or its connection is to die."""
        for request in requests_from(client):
            cut = self.fate_of(request)
            if cut is None:
                server.sendall(request)
                continue
            if cut is Cut.AFTER:
                swallow_answer(request, self.target_port)
            reset(client)
            self.note_cut(request)
            return

    def fate_of(self, request: bytes) -> Cut | None:
        """What the plan says about a request; what the server will receive is counted here."""
        with self.changed:
            cut = self.next_cut(request)
            if request.startswith(b"POST ") and cut is not Cut.BEFORE:
                self.forwarded.append(request)
            return cut

    def next_cut(self, request: bytes) -> Cut | None:
        """The planned cut if this is a POST it was meant for; uses it up."""
        if self.plan is None or not self.left or not request.startswith(b"POST "):
            return None
        cut, marker = self.plan
        if marker not in request:
            return None
        self.left -= 1
        return cut

    def note_cut(self, request: bytes) -> None:
        """Wakes whoever waits for the cut."""
        with self.changed:
            self.dropped.append(request)
            self.changed.notify_all()

    def stop(self) -> None:
        """Closes everything and waits for the threads."""
        shut(self.listener)
        self.listener.close()
        with self.changed:
            for end in self.connections:
                shut(end)
        for thread in self.threads:
            thread.join(STOP_SECONDS)


def requests_from(client: socket.socket) -> Iterator[bytes]:
    """Whole HTTP requests, head and body, one after the other on the same connection."""
    rest = b""
    while True:
        while b"\r\n\r\n" not in rest:
            more = client.recv(CHUNK)
            if not more:
                return
            rest += more
        length = rest.index(b"\r\n\r\n") + 4
        body = re.search(rb"\r\ncontent-length: *(\d+)", rest[:length], re.IGNORECASE)
        length += int(body[1]) if body else 0
        while len(rest) < length:
            more = client.recv(CHUNK)
            if not more:
                return
            rest += more
        yield rest[:length]
        rest = rest[length:]


def pour(source: socket.socket, target: socket.socket) -> None:
    """All bytes of one socket into another, the end of the stream included."""
    with contextlib.suppress(OSError):
        while data := source.recv(CHUNK):
            target.sendall(data)
    with contextlib.suppress(OSError):
        target.shutdown(socket.SHUT_WR)


def swallow_answer(request: bytes, port: int) -> None:
    """Has the server do the request and reads its whole answer, whose end shows as the server is asked to close."""
    line, fields = re.sub(rb"(?i)\r\nconnection:[^\r]*", b"", request, count=1).split(b"\r\n", 1)
    with socket.create_connection((LOOPBACK, port), timeout=SERVER_SECONDS) as server:
        server.sendall(line + b"\r\nConnection: close\r\n" + fields)
        while server.recv(CHUNK):
            pass


def reset(client: socket.socket) -> None:
    """Closes with RST instead of FIN, which is what a client sees when a line breaks."""
    on_and_zero = struct.pack("hh" if sys.platform == "win32" else "ii", 1, 0)
    client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, on_and_zero)
    client.close()


def shut(end: socket.socket) -> None:
    """Wakes whatever thread waits on the socket."""
    with contextlib.suppress(OSError):
        end.shutdown(socket.SHUT_RDWR)

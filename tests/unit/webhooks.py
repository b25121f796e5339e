"""What was a chat told? A webhook on this machine that keeps it."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


class Webhook(ThreadingHTTPServer):
    """Keeps what it was told."""

    def __init__(self, status: int) -> None:
        self.status, self.told = status, list[dict[str, Any]]()
        super().__init__(("127.0.0.1", 0), _Taking)

    @property
    def url(self) -> str:
        """Its address as a target writes it."""
        return f"json://127.0.0.1:{self.server_address[1]}/hook"


class _Taking(BaseHTTPRequestHandler):
    server: Webhook

    def do_POST(self) -> None:
        content = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.told.append(json.loads(content))
        self.send_response(self.server.status)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def webhook(status: int = 200) -> Iterator[Webhook]:
    """A webhook that answers with that status."""
    with Webhook(status) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()

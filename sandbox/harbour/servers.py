"""How do bytes reach Harbour? HTTP/1.1 with connections kept alive, which is what makes browsers send twice."""

import io
import socket
import struct
import sys
from typing import TYPE_CHECKING, Any

from werkzeug.serving import ThreadedWSGIServer, WSGIRequestHandler
from werkzeug.test import run_wsgi_app

from sandbox.harbour.gates import CUT

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

# struct linger is two shorts on Windows and two ints elsewhere
_LINGER_ZERO = struct.pack("hh" if sys.platform == "win32" else "ii", 1, 0)


class Wire(WSGIRequestHandler):
    """One connection. Werkzeug's own would close after each answer, so reading and writing are done here."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def run_wsgi(self) -> None:
        """Read one whole request, answer it in one write, keep the connection."""
        self.environ = environ = self.make_environ()
        environ["wsgi.input"] = io.BytesIO(self.rfile.read(int(self.headers.get("Content-Length") or 0)))
        environ[CUT] = self.cut
        try:
            body, status, headers = run_wsgi_app(self.server.app, environ, buffered=True)
        except ConnectionError:
            self.close_connection = True
            return
        content = b"".join(body)
        code, _, reason = status.partition(" ")
        self.send_response(int(code), reason)
        headers["Content-Length"] = str(len(content))
        for name, value in headers:
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)

    def cut(self) -> None:
        """Reset the connection now: a lingering time of zero makes closing send RST."""
        self.close_connection = True
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _LINGER_ZERO)
        # rfile still refers to the socket object, which would delay a plain close()
        socket.close(self.connection.detach())

    def log_request(self, *_: Any) -> None:
        """Quiet: the access log is written by the gate."""

    def log_error(self, *_: Any) -> None:
        """Quiet: browsers open and drop spare connections all the time."""


def listen(app: "WSGIApplication", port: int) -> ThreadedWSGIServer:
    """A server on the loopback interface; port 0 takes any free one, `server.port` tells which."""
    return ThreadedWSGIServer("127.0.0.1", port, app, Wire)

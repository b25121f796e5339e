"""How the CRM is served: a threaded server on this machine only, which keeps connections open between requests."""

import io
import threading
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from flask import Flask, Response, jsonify
from werkzeug.exceptions import HTTPException
from werkzeug.serving import WSGIRequestHandler, make_server

from sandbox.crm.controls import control_routes
from sandbox.crm.faults import CUT, FaultGate, FaultList
from sandbox.crm.problems import Problem
from sandbox.crm.routes import api_routes
from sandbox.crm.stores import OrderStore

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication, WSGIEnvironment

KEY = "sandbox-key"
CONTROL_KEY = "sandbox-control"
_GREATEST_BODY = 100_000_000
_POLL = 0.01  # seconds until `close` is noticed


class CrmServer:
    """A running CRM; use it as a context manager, or call `close`."""

    def __init__(
        self,
        database: Path,
        *,
        port: int = 0,
        key: str = KEY,
        control_key: str = CONTROL_KEY,
        echo: bool = False,
    ) -> None:
        application = crm_application(OrderStore(database, echo=echo), key=key, control_key=control_key)
        self._server = make_server("127.0.0.1", port, application, threaded=True, request_handler=KeepAliveRequest)
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(_POLL,), daemon=True)
        self._thread.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Stop taking requests; those under way are left to their daemon threads."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


def crm_application(store: OrderStore, *, key: str, control_key: str) -> "WSGIApplication":
    """The CRM as a WSGI application, behind the gate that can spoil its answers."""
    faults = FaultList()
    application = Flask("sandbox.crm")
    application.json.sort_keys = False  # type: ignore[attr-defined]  # only the default provider has it
    application.register_blueprint(api_routes(store, key))
    application.register_blueprint(control_routes(store, faults, control_key))
    application.register_error_handler(Problem, _answer_problem)
    application.register_error_handler(HTTPException, _answer_http_error)
    return FaultGate(application.wsgi_app, faults)


class KeepAliveRequest(WSGIRequestHandler):
    """Werkzeug's own request handling closes every connection; this one reads the body and keeps it open."""

    protocol_version = "HTTP/1.1"
    wbufsize = -1  # one packet per answer: a second small one would wait for the client's delayed ACK
    disable_nagle_algorithm = True

    def run_wsgi(self) -> None:
        """Answer one request whose head has been parsed."""
        length = self.headers.get("Content-Length", "0")
        if "Transfer-Encoding" in self.headers or not length.isdigit() or int(length) > _GREATEST_BODY:
            self.close_connection = True
            self._send("411 Length Required", [], b"")
            return
        if self.headers.get("Expect", "").lower() == "100-continue":
            self.wfile.write(b"HTTP/1.1 100 Continue\r\n\r\n")
            self.wfile.flush()
        environ = self.make_environ()
        environ["wsgi.input"] = io.BytesIO(self.rfile.read(int(length)))
        try:
            self._send(*_ask(self.server.app, environ), cut=environ.get(CUT, False))
        except ConnectionError:
            self.close_connection = True

    def log(self, type: str, message: str, *args: Any) -> None:  # noqa: A002  # the name is Werkzeug's
        """Say nothing: a toy in a test must not talk over the test."""

    def _send(self, status: str, headers: list[tuple[str, str]], body: bytes, *, cut: bool = False) -> None:
        code, _, phrase = status.partition(" ")
        self.send_response(int(code), phrase)
        for name, value in headers:
            if name.lower() != "content-length" or self.command == "HEAD":
                self.send_header(name, value)
        if int(code) != HTTPStatus.NO_CONTENT and self.command != "HEAD":
            self.send_header("Content-Length", str(len(body)))
        self.send_header("Connection", "close" if self.close_connection else "keep-alive")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body[: len(body) // 2] if cut else body)
        self.close_connection = self.close_connection or cut


def _ask(application: "WSGIApplication", environ: "WSGIEnvironment") -> tuple[str, list[tuple[str, str]], bytes]:
    head: list[tuple[str, list[tuple[str, str]]]] = []

    def start_response(status: str, headers: list[tuple[str, str]], _error: object = None, /) -> Any:
        head.append((status, headers))
        return lambda _data: None

    answer = application(environ, start_response)
    try:
        body = b"".join(answer)
    finally:
        close = getattr(answer, "close", None)
        if close is not None:
            close()
    status, headers = head[-1]
    return status, headers, body


def _answer_problem(problem: Problem) -> tuple[Response, int]:
    response = jsonify(problem.as_json())
    if problem.status == HTTPStatus.UNAUTHORIZED:
        response.headers["WWW-Authenticate"] = "Bearer"
    return response, problem.status


def _answer_http_error(error: HTTPException) -> tuple[Response, int]:
    status = error.code or HTTPStatus.INTERNAL_SERVER_ERROR
    code = HTTPStatus(status).phrase.lower().replace(" ", "_")
    return jsonify(Problem(status, code, error.description or code).as_json()), status

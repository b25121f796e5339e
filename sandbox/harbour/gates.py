"""What happens between the wire and the program? Connections are cut here, and requests counted."""

import io
import threading
from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl

from flask import Flask
from werkzeug.test import run_wsgi_app

from sandbox.harbour.faults import Fault, FaultBook

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

FAULTS = "harbour.faults"
CUT = "harbour.cut"  # how the wire resets its connection
RESET = "harbour.reset"  # the same for the screens, once and logged


class AccessLog:
    """One line per request, `METHOD path status`; a cut connection has the status `cut`."""

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self._lock = threading.Lock()

    def add(self, environ: "WSGIEnvironment", status: str) -> None:
        """Write the line before the client can know the answer."""
        if self._path:
            with self._lock, self._path.open("a", encoding="utf-8") as lines:
                lines.write(f"{environ['REQUEST_METHOD']} {environ['PATH_INFO']} {status}\n")


class Gate:
    """The WSGI application in front of the screens: draws the faults of a request and cuts where they say so."""

    def __init__(self, site: Flask, book: FaultBook, log: AccessLog) -> None:
        self._site = site
        self._book = book
        self._log = log

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        """Answer the request, or raise ConnectionResetError after cutting it."""
        faults = self._draw(environ)
        environ[FAULTS] = faults
        if "cut_before" in faults:
            raise self._cut(environ)
        environ[RESET] = partial(self._cut, environ)
        body, status, headers = run_wsgi_app(self._site, environ, buffered=True)
        if "cut_after" in faults or "late_commit" in faults:
            raise self._cut(environ)
        self._log.add(environ, status.split()[0])
        start_response(status, list(headers))
        return body

    def _draw(self, environ: "WSGIEnvironment") -> dict[str, Fault]:
        if environ["PATH_INFO"].startswith("/control/"):
            return {}
        return self._book.take(environ["REQUEST_METHOD"], environ["PATH_INFO"], _held(environ))

    def _cut(self, environ: "WSGIEnvironment") -> ConnectionResetError:
        cut: Callable[[], None] | None = environ.pop(CUT, None)
        if cut:
            self._log.add(environ, "cut")
            cut()
        return ConnectionResetError("cut by a fault")


def _held(environ: "WSGIEnvironment") -> set[str]:
    """The texts of the form that is sent, which whoever answers can still read."""
    content = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
    environ["wsgi.input"] = io.BytesIO(content)
    return {text for _, text in parse_qsl(content.decode("latin-1"), encoding="latin-1")}

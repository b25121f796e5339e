"""Who types into Harbour when there is no browser? Clerks who read forms and send them back like one."""

import re
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import httpx

from sandbox.harbour.launches import launched
from sandbox.harbour.options import Options

KEY = "control-key"
LINE = {"item": "P-30", "quantity": "2"}
_TYPED = ("text", "hidden", "password")
_PREFIXES = {"item": "item_", "description": "desc_", "quantity": "qty_", "price": "price_"}


class _Form(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.fields: dict[str, str] = {}
        self._select = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        name, value = values.get("name") or "", values.get("value") or ""
        if tag == "select":
            self._select = name
        elif tag == "option" and (self._select not in self.fields or "selected" in values):
            self.fields[self._select] = value
        elif tag == "input" and name and (values.get("type") in _TYPED or "checked" in values):
            self.fields[name] = value


class Page:
    """An answer as a clerk sees it."""

    def __init__(self, answer: httpx.Response) -> None:
        self.status = answer.status_code
        self.html = answer.text
        form = _Form()
        form.feed(self.html)
        self.fields = form.fields

    @property
    def error(self) -> str:
        """The red heading, or nothing."""
        found = re.search(r'<h2 class="error">(.*?)</h2>', self.html)
        return found[1] if found else ""

    @property
    def saved(self) -> int:
        """The number that was told."""
        found = re.search(r"Order (\d+) saved", self.html)
        assert found, self.html
        return int(found[1])


class Clerk:
    """One browser; cookies kept, forms sent in the encoding of the page."""

    def __init__(self, url: str, encoding: str = "cp1252") -> None:
        self._http = httpx.Client(base_url=url, follow_redirects=True, verify=False, trust_env=False, timeout=20)
        self._encoding = encoding

    def close(self) -> None:
        """Close the browser."""
        self._http.close()

    def get(self, path: str, **query: str) -> Page:
        """Follow a link."""
        return Page(self._http.get(path, params=query or None))

    def post(self, path: str, fields: dict[str, str]) -> Page:
        """Send a form."""
        body = urlencode(fields, encoding=self._encoding, errors="xmlcharrefreplace").encode("ascii")
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        return Page(self._http.post(path, content=body, headers=headers))

    def sign_on(self, user: str = "BOT1", password: str = "secret-bot1") -> Page:
        """User and password."""
        return self.post("/signon", {"txtUser": user, "txtPass": password, "selCompany": "01"})

    def typed(self, *lines: dict[str, str], start: Page | None = None, **header: str) -> dict[str, str]:
        """The fields of a form after typing header fields and lines, each line with its Update."""
        fields = (start or self.get("/so/entry")).fields | header
        for line in lines:
            row = fields["rows"]
            fields |= {f"{_PREFIXES[meaning]}{row}": text for meaning, text in line.items()}
            fields = self.post("/so/entry", fields).fields
        return fields

    def save(self, *lines: dict[str, str], **header: str) -> Page:
        """Type an order and save it; one plain line for a known customer unless told otherwise."""
        return self.post("/so/save", self.typed(*(lines or (LINE,)), start=None, **{"txtCust": "C1001"} | header))


class Harbour:
    """A running Harbour with its books and its control door."""

    def __init__(self, url: str, options: Options) -> None:
        self.url = url
        self.options = options
        self._clerks: list[Clerk] = []
        self._http = httpx.Client(
            base_url=url, headers={"X-Control-Key": KEY}, verify=False, trust_env=False, timeout=20
        )

    def clerk(self, user: str = "", password: str = "") -> Clerk:
        """A new browser, signed on if a user is given."""
        clerk = Clerk(self.url, self.options.encoding)
        self._clerks.append(clerk)
        if user:
            assert "frameset" in clerk.sign_on(user, password or f"secret-{user.lower()}").html
        return clerk

    def rows(self, sql: str, *values: Any) -> list[dict[str, Any]]:
        """What stands in the books."""
        with closing(sqlite3.connect(self.options.database)) as db:
            db.row_factory = sqlite3.Row
            return [dict(row) for row in db.execute(sql, values)]

    def change(self, sql: str, *values: Any) -> None:
        """Write into the books behind the back of the program."""
        with closing(sqlite3.connect(self.options.database)) as db, db:
            db.execute(sql, values)

    def orders(self) -> list[dict[str, Any]]:
        """All orders by number."""
        return self.rows("SELECT * FROM orders ORDER BY number")

    def control(self, path: str, wish: Any, method: str = "POST") -> Any:
        """Use the control door."""
        answer = self._http.request(method, f"/control/{path}", json=wish)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def fault(self, kind: str, **parameters: Any) -> None:
        """Order a fault."""
        self.control("faults", {"fault": kind} | parameters)

    def requests(self) -> list[str]:
        """The access log, without what came through the control door."""
        log = self.options.access_log
        lines = log.read_text("utf-8").splitlines() if log else []
        return [line for line in lines if "/control/" not in line]

    def close(self) -> None:
        """Close all browsers."""
        for clerk in self._clerks:
            clerk.close()
        self._http.close()


@contextmanager
def harbour(folder: Path, **settings: Any) -> Iterator[Harbour]:
    """A Harbour in this process, with its books in the folder."""
    paths = {"database": folder / "harbour.db", "access_log": folder / "access.log"}
    options = Options(**{"control_key": KEY} | paths | settings)
    with launched(options) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        running = Harbour(f"http://127.0.0.1:{server.port}", options)
        try:
            yield running
        finally:
            running.close()
            server.shutdown()
            thread.join()


def eventually(condition: Callable[[], object], seconds: float = 10.0) -> None:
    """Wait until the condition holds; fails after the deadline."""
    deadline = time.monotonic() + seconds
    pause = threading.Event()
    while not condition():
        assert time.monotonic() < deadline, "it never came true"
        pause.wait(0.02)

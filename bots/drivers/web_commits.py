"""How does the committing request leave exactly once, and only after leave was given?

Chromium sends a POST again by itself when a reused connection dies before the answer, so one click can save an order
twice. The request is therefore held back, sent by Playwright without any retry, and its answer handed to the page.
"""

from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlsplit

from playwright.sync_api import BrowserContext, Error, Request, Route

from bridge.model.profiles import Commit
from bridge.ports import Leave


@dataclass
class Gate:
    """Watches for one committing request.

    `sent` is how often one left, `failure` why its answer is not known, `done` whether the page has been given an end.
    """

    commit: Commit
    leave: Leave
    timeout: float
    seen: int = 0
    sent: int = 0
    failure: str | None = None
    done: bool = False

    def close_on(self, context: BrowserContext) -> Callable[[], None]:
        """Stand in the way of the context's requests; gives what opens the way again."""

        def everything(_url: str) -> bool:
            return True

        context.route(everything, self.pass_or_hold)
        return lambda: context.unroute(everything, self.pass_or_hold)

    def pass_or_hold(self, route: Route, request: Request) -> None:
        """Let other requests by; hold the committing one until leave is given, and send it once."""
        if not commits(self.commit, request):
            route.continue_()
            return
        self.seen += 1
        if self.seen > 1 or not self.leave():
            route.abort("blockedbyclient")
        else:
            self._send_once(route)
        self.done = True

    def _send_once(self, route: Route) -> None:
        self.sent += 1
        try:
            response = route.fetch(max_retries=0, max_redirects=0, timeout=self.timeout * 1000)
        except Error as error:
            self.failure = error.message.splitlines()[0]
            route.abort("connectionreset")
        else:
            route.fulfill(response=response)


def commits(commit: Commit, request: Request) -> bool:
    """Whether the request is the one that saves: its method, its path, and the marks in its body or address."""
    parts = urlsplit(request.url)
    if request.method != commit.method or not parts.path.endswith(commit.path):
        return False
    if not commit.marks:
        return True
    body = request.post_data_buffer or b""
    fields = dict(parse_qsl(body.decode("latin-1"), keep_blank_values=True)) | dict(parse_qsl(parts.query))
    return all(fields.get(name) == value for name, value in commit.marks.items())

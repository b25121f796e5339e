"""Is anything still on its way to or from the ERP? Requests that never end or that repeat themselves do not count."""

import re
import time
from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass, field

from playwright.sync_api import BrowserContext, Error, Page, Request

LONG = 10.0
REPEATS = 3
BURST = 0.25
_ENDLESS = {"eventsource", "websocket", "media", "ping"}
_STAMPS = re.compile(r"\d{10,}|0\.\d{6,}")


@dataclass
class Traffic:
    """The requests of one browser context.

    What repeats itself between two actions of ours, and not in one `BURST`, is the page's own polling; what began
    before the last action and has not ended after `LONG` seconds waits for news. Both are learned and not waited for.
    """

    under_way: dict[Request, float] = field(default_factory=dict)
    times: Counter[str] = field(default_factory=Counter)
    first: dict[str, float] = field(default_factory=dict)
    ignored: set[str] = field(default_factory=set)
    acted_at: float = 0.0
    asked: int = 0
    long: float = LONG

    def watch(self, context: BrowserContext) -> None:
        """Follow the context's requests from now on."""
        context.on("request", self._began)
        context.on("requestfinished", self._ended)
        context.on("requestfailed", self._ended)

    def acted(self) -> None:
        """Something was typed or pressed: what is sent from now on may come of it."""
        self.acted_at = time.monotonic()
        self.times.clear()
        self.first.clear()

    def quiet(self, pages: Collection[Page]) -> bool:
        """Whether no request of these windows is under way that could still change them."""
        now = time.monotonic()
        for request, began in list(self.under_way.items()):
            if began < self.acted_at and now - began > self.long:
                self.ignored.add(_key(request))
            if _gone(request):
                del self.under_way[request]
        return not any(_of(request, pages) and _key(request) not in self.ignored for request in self.under_way)

    def _began(self, request: Request) -> None:
        if request.resource_type in _ENDLESS:
            return
        self.under_way[request] = now = time.monotonic()
        if request.is_navigation_request():
            return
        key = _key(request)
        self.asked += key not in self.ignored
        self.times[key] += 1
        began = self.first.setdefault(key, now)
        if self.times[key] >= REPEATS and now - began > BURST:
            self.ignored.add(key)

    def _ended(self, request: Request) -> None:
        self.under_way.pop(request, None)


def _key(request: Request) -> str:
    """What makes two requests the same one again: all but moments and random numbers, the body included."""
    body = (request.post_data_buffer or b"").decode("latin-1")
    return _STAMPS.sub("#", f"{request.method} {request.url} {body}")


def _of(request: Request, pages: Collection[Page]) -> bool:
    try:
        return request.frame.page in pages
    except Error:
        return True  # a window so new that it is not there yet


def _gone(request: Request) -> bool:
    """Whether the frame went away; then nobody tells the end of its requests."""
    try:
        return request.frame.is_detached() or request.frame.page.is_closed()
    except Error:
        return False

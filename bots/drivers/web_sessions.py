"""How is a browser started, watched and ended? One browser, one context, some windows, no stray dialog."""

import os
import sys
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from playwright.sync_api import (
    Browser,
    BrowserContext,
    Dialog,
    Error,
    Frame,
    Page,
    Playwright,
    Request,
    sync_playwright,
)

from bots.drivers.browsers import find_browser
from bridge.errors import DialogUnexpected

LOCATING = Path(__file__).with_name("web_locating.js")
ENTRY_WINDOW = "entry"
ARGUMENTS = (
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-quic",
    "--disable-sync",
    "--no-first-run",
)


@dataclass(frozen=True)
class WebOptions:
    """How the browser is to be started; `basic_auth` is user and password where the web server itself asks."""

    browser: Path | None = None
    headed: bool = False
    width: int = 1280
    height: int = 900
    language: str = "en-GB"
    basic_auth: tuple[str, str] | None = None
    trust_any_certificate: bool = False
    proxy: str = ""
    picture_format: Literal["webp", "png"] = "webp"
    timeout: float = 30.0
    save_timeout: float = 120.0


def as_root() -> bool:
    """Chromium refuses its sandbox to root; Windows has no such user."""
    return sys.platform != "win32" and os.geteuid() == 0


@dataclass
class WebSession:
    """A signed-off browser session; everything in it ends with `close`."""

    options: WebOptions
    playwright: Playwright = field(init=False)
    browser: Browser = field(init=False)
    context: BrowserContext = field(init=False)
    pages: dict[str, Page] = field(default_factory=dict)
    in_flight: set[Request] = field(default_factory=set)
    allowed: Mapping[str, bool] = field(default_factory=dict)
    surprise: str | None = None
    front: str = ""

    def __post_init__(self) -> None:
        path = find_browser(self.options.browser).path
        self.playwright = sync_playwright().start()
        try:
            self.browser = self.playwright.chromium.launch(
                executable_path=path,
                headless=not self.options.headed,
                args=list(ARGUMENTS),
                chromium_sandbox=not as_root(),
            )
            self.context = self.browser.new_context(**self._context_options())
        except Error:
            self.playwright.stop()
            raise
        self.context.set_default_timeout(self.options.timeout * 1000)
        self.context.add_init_script(path=LOCATING)
        self.context.on("dialog", self._answer)
        self.context.on("page", self._opened)
        self.context.on("request", self._began)
        self.context.on("requestfinished", self._ended)
        self.context.on("requestfailed", self._ended)

    def _opened(self, _page: Page) -> None:
        self.front = ""  # a pop-up lies over what was in front

    def _began(self, request: Request) -> None:
        self.in_flight.add(request)

    def _ended(self, request: Request) -> None:
        self.in_flight.discard(request)

    def _context_options(self) -> dict[str, Any]:
        options: dict[str, Any] = {
            "viewport": {"width": self.options.width, "height": self.options.height},
            "locale": self.options.language,
            "ignore_https_errors": self.options.trust_any_certificate,
            "service_workers": "block",
        }
        if self.options.basic_auth:
            user, password = self.options.basic_auth
            options["http_credentials"] = {"username": user, "password": password}
        if self.options.proxy:
            options["proxy"] = {"server": self.options.proxy}
        return options

    def _answer(self, dialog: Dialog) -> None:
        """Answer a dialog we were told to expect; any other one is dismissed and stops the attempt at the next look."""
        answer = next((yes for text, yes in self.allowed.items() if text in dialog.message), None)
        if answer is None:
            self.surprise = self.surprise or dialog.message
        with suppress(Error):
            dialog.accept() if answer else dialog.dismiss()

    def page(self, name: str) -> Page:
        """The window of that name, opened when it is first asked for."""
        page = self.pages.get(name)
        if page is None or page.is_closed():
            page = self.context.new_page()
            self.pages[name] = page
            self.front = name
        return page

    def to_front(self, name: str) -> None:
        """A window behind another one draws, and so settles, about once a second: too slow to act in."""
        page = self.page(name)
        if self.front != name:
            page.bring_to_front()
            self.front = name

    def frames(self, name: str, frame: str) -> list[Frame]:
        """All frames in which a screen may stand: those of the name where there are any, pop-ups last."""
        own = self.page(name)
        others = [page for page in self.context.pages if page is not own and page not in self.pages.values()]
        frames = [found for page in (own, *others) for found in page.frames]
        return [found for found in frames if frame and found.name == frame] or frames

    def check_dialogs(self) -> None:
        """Raise DialogUnexpected where a dialog opened that nobody expected."""
        if self.surprise is not None:
            text, self.surprise = self.surprise, None
            raise DialogUnexpected(erp="the ERP", text=text)

    def close(self) -> None:
        """End the browser; a browser that is gone already is no error."""
        with suppress(Error):
            self.context.close()
        with suppress(Error):
            self.browser.close()
        self.playwright.stop()

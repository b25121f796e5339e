"""How is a browser started, watched and ended? One browser, one context, some windows, no stray dialog."""

import os
import sys
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from http import HTTPStatus
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from playwright.sync_api import (
    Browser,
    BrowserContext,
    Dialog,
    Error,
    Frame,
    Page,
    Playwright,
    Response,
    sync_playwright,
)

from bots.drivers.browsers import find_browser
from bots.drivers.web_asking import locating_script
from bots.drivers.web_traffic import Traffic
from bridge.errors import DialogUnexpected, ErpDown, SeatDied
from bridge.locale import Phrase
from bridge.model.pictures import PictureFormat

ENTRY_WINDOW = "entry"
ARRIVING = 50
ARGUMENTS = (
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-quic",
    "--disable-sync",
    "--no-first-run",
)


@dataclass(frozen=True)
class WebOptions:
    """How the browser is to be started.

    `basic_auth` is user and password where the web server itself asks, `proxy` an address that may hold a user and a
    password, `scale` how many pixels of a picture one unit of the page has. Times are seconds; `give_up_after` is how
    long a page at rest may send nothing once Save was pressed.
    """

    browser: Path | None = None
    headed: bool = False
    width: int = 1280
    height: int = 900
    scale: float = 1.0
    language: str = "en-GB"
    basic_auth: tuple[str, str] | None = None
    trust_any_certificate: bool = False
    proxy: str = ""
    picture_format: PictureFormat = "webp"
    timeout: float = 30.0
    save_timeout: float = 120.0
    give_up_after: float = 3.0


def as_root() -> bool:
    """Chromium refuses its sandbox to root; Windows has no such user."""
    return sys.platform != "win32" and os.geteuid() == 0


@dataclass
class WebSession:
    """A browser session at one ERP; everything in it ends with `close`, but for a browser that was given."""

    erp: str
    address: str
    options: WebOptions
    browser: Browser | None = None
    playwright: Playwright | None = field(default=None, init=False)
    context: BrowserContext = field(init=False)
    traffic: Traffic = field(default_factory=Traffic, init=False)
    pages: dict[str, Page] = field(default_factory=dict, init=False)
    openers: dict[Page, Page | None] = field(default_factory=dict, init=False)
    allowed: Mapping[str, bool] = field(default_factory=dict, init=False)
    surprise: str | None = field(default=None, init=False)
    front: Page | None = field(default=None, init=False)
    moving: bool = field(default=False, init=False)
    proven: bool = field(default=False, init=False)

    def __post_init__(self) -> None:
        self.browser = self.browser or self._start()
        try:
            self.context = self.browser.new_context(**self._context_options())
        except Error:
            self._end_browser()
            raise
        self.context.set_default_timeout(self.options.timeout * 1000)
        self.context.add_init_script(locating_script())
        self.context.on("dialog", self._answer)
        self.context.on("page", self._opened)
        self.traffic.watch(self.context)

    def _start(self) -> Browser:
        """A browser of our own; raises BrowserMissing, BrowserGone, or SeatDied where it does not start."""
        # Save takes Playwright's own road, which else would not know the certificates this machine trusts.
        os.environ.setdefault("NODE_USE_SYSTEM_CA", "1")
        path = find_browser(self.options.browser, headed=self.options.headed).path
        self.playwright = sync_playwright().start()
        try:
            return self.playwright.chromium.launch(
                executable_path=path,
                headless=not self.options.headed,
                args=list(ARGUMENTS),
                chromium_sandbox=not as_root(),
            )
        except Error as error:
            self.playwright.stop()
            why = Phrase("{name} does not start: {why}", name=path, why=error.message.splitlines()[0])
            raise SeatDied(erp=self.erp, why=why) from None

    def _context_options(self) -> dict[str, Any]:
        options: dict[str, Any] = {
            "viewport": {"width": self.options.width, "height": self.options.height},
            "device_scale_factor": self.options.scale,
            "locale": self.options.language,
            "ignore_https_errors": self.options.trust_any_certificate,
            "service_workers": "block",
        }
        parts = urlsplit(self.address)
        if self.options.basic_auth:
            user, password = self.options.basic_auth
            # Told at once and to this server only: a Save that is asked for a password would be sent a second time.
            given = {
                "username": user,
                "password": password,
                "origin": f"{parts.scheme}://{parts.netloc}",
                "send": "always",
            }
            options["http_credentials"] = given
        if self.options.proxy:
            options["proxy"] = _proxy(self.options.proxy)
        return options

    def _answer(self, dialog: Dialog) -> None:
        """Answer a dialog we were told to expect; any other one is dismissed and stops the attempt at the next look."""
        text = dialog.message or dialog.type
        answer = next((yes for part, yes in self.allowed.items() if part and part in text), None)
        if answer is None and dialog.type == "beforeunload" and self.moving:
            answer = True
        if answer is None:
            self.surprise = self.surprise or text
        with suppress(Error):
            dialog.accept() if answer else dialog.dismiss()

    def _opened(self, page: Page) -> None:
        self.front = None  # a pop-up lies over what was in front
        with suppress(Error):
            self.openers[page] = page.opener()

    def page(self, name: str) -> Page:
        """The window of that name, opened when it is first asked for."""
        page = self.pages.get(name)
        if page is None or page.is_closed():
            page = self.context.new_page()
            self.pages[name] = page
            self.front = page
        return page

    def to_front(self, page: Page) -> None:
        """A window behind another one draws, and so settles, about once a second: too slow to act in."""
        if self.front is not page and not page.is_closed():
            page.bring_to_front()
            self.front = page

    def windows(self, name: str) -> list[Page]:
        """The window of that name, and the pop-ups that came from it or from nobody known."""
        own = self.page(name)
        return [own, *(page for page in self.context.pages if page is not own and self._came_from(page, own))]

    def _came_from(self, page: Page, own: Page) -> bool:
        if page in self.pages.values():
            return False
        opener = self.openers.get(page)
        if opener is None or opener is own:
            return True
        return self._came_from(opener, own)

    def frames(self, name: str, frame: str) -> list[Frame]:
        """All frames in which a screen may stand: those of the name where there are any, pop-ups last."""
        frames = [found for page in self.windows(name) for found in page.frames]
        return [found for found in frames if frame and found.name == frame] or frames

    def check_dialogs(self) -> None:
        """Raise DialogUnexpected where a dialog opened that nobody expected."""
        if self.surprise is not None:
            text, self.surprise = self.surprise, None
            raise DialogUnexpected(erp=self.erp, text=text)

    def go(self, page: Page, url: str, tries: int = 20) -> Response | None:
        """Go to an address; a page that asks whether it may be left is left. Raises Playwright's Error."""
        self.moving = True
        try:
            return page.goto(url, wait_until="domcontentloaded")
        except Error as error:
            # The browser's own page about an address that failed before may still be on its way, and come between.
            if tries == 1 or "interrupted by another navigation" not in error.message:
                raise
            page.wait_for_timeout(ARRIVING)
            return self.go(page, url, tries - 1)
        finally:
            self.moving = False

    def prove_the_road(self, url: str) -> None:
        """Fetch a page once as Save will be fetched; raises ErpDown before anything is typed, not at Save.

        The browser has just been given the page, so a refusal comes from what stands between (a proxy that lets no
        tunnel through, a certificate that only the browser knows).
        """
        if self.proven:
            return
        try:
            response = self.context.request.get(url, headers={"connection": "close"})
        except Error as error:
            raise self._no_road(error.message.splitlines()[0]) from None
        if response.status >= HTTPStatus.BAD_REQUEST:
            raise self._no_road(f"{response.status} {response.status_text}")
        self.proven = True

    def _no_road(self, why: str) -> ErpDown:
        address = Phrase("{address} (by the road that Save takes: {why})", address=self.address, why=why)
        return ErpDown(erp=self.erp, address=address)

    def close(self) -> None:
        """End the browser; a browser that is gone already is no error."""
        with suppress(Error):
            self.context.close()
        self._end_browser()

    def _end_browser(self) -> None:
        if self.playwright is not None:
            if self.browser is not None:
                with suppress(Error):
                    self.browser.close()
            self.playwright.stop()


def _proxy(address: str) -> dict[str, str]:
    parts = urlsplit(address)
    if not parts.username:
        return {"server": address}
    server = parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl()
    return {"server": server, "username": unquote(parts.username), "password": unquote(parts.password or "")}

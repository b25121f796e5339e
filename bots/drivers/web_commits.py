"""How does the committing request leave exactly once, and only after leave was given?

Chromium sends a POST again by itself when a reused connection dies before the answer, so one click can save an order
twice. The request is therefore held back, sent by Playwright without any retry, on a fresh connection where the server
lets it, and its answer handed to the page. The gate stands all session long: what nobody gave leave for never passes,
whoever sends it.
"""

import json
import re
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from email import message_from_bytes
from fnmatch import fnmatchcase
from typing import Any
from urllib.parse import parse_qsl, urljoin, urlsplit

from playwright.sync_api import APIResponse, BrowserContext, Error, Frame, Request, Route

from bridge.model.profiles import Commit, ErpProfile
from bridge.ports import Leave

MOST_REDIRECTS = 5
_SAME_REQUEST_ELSEWHERE = {307, 308}
_HARMLESS = {"GET", "HEAD", "OPTIONS"}
_NO_DOCUMENT = {204, 205}
_LOST_FILE = re.compile(rb'filename="[^"]+"[^\r\n]*\r\n(?:[^\r\n]+\r\n)*\r\n\r\n--')
_PARAMETERS = re.compile(r";[^/]*")


@dataclass
class Passage:
    """One way through the gate, for one request.

    `taken` is whether that request came, `sent` whether it left, `failure` why its answer is not known, `trouble` what
    `leave` raised, `refused` what was sent in its stead, `shown` whether the answer is a page, `done` that all is over,
    `closed` that we gave up before the request came.
    """

    commit: Commit
    leave: Leave
    frame: Frame
    taken: bool = False
    sent: bool = False
    failure: str | None = None
    trouble: BaseException | None = None
    refused: str | None = None
    shown: bool = True
    done: bool = False
    closed: bool = False


@dataclass
class Gate:
    """Stands in the way of every request that could commit; `stray` is one that came without anybody pressing Save."""

    commits: tuple[Commit, ...]
    encoding: str
    timeout: float
    surprised: Callable[[], bool]
    passage: Passage | None = field(default=None, init=False)
    stray: str | None = field(default=None, init=False)

    @classmethod
    def of(cls, profile: ErpProfile, timeout: float, surprised: Callable[[], bool]) -> "Gate":
        """The gate of an ERP; `surprised` says whether a dialog came up that nobody expected."""
        commits = tuple(screen.commit for screen in profile.screens.values() if screen.commit is not None)
        return cls(commits, profile.encoding, timeout, surprised)

    def close_on(self, context: BrowserContext) -> None:
        """Stand in the way of the context's requests until it ends."""
        paths = "|".join(re.escape(commit.path) for commit in self.commits)
        if paths:
            context.route(re.compile(rf"(?:{paths})(?:;[^/?#]*)?(?:[?#]|$)"), self.pass_or_hold)

    def watch(self, context: BrowserContext, passage: Passage) -> Callable[[], None]:
        """Let the passage's request through, and until it came nothing else that could save; gives what ends watching.

        A watch that is not ended stays: what the page sends later, after we gave up, finds the gate shut.
        """
        self.passage = passage

        def everything(_url: str) -> bool:
            return True

        context.route(everything, self.pass_or_hold)
        return lambda: context.unroute(everything, self.pass_or_hold)

    def forget(self) -> None:
        """The last Save is over and something else is pressed; what was given up stays shut."""
        if self.passage is not None and not self.passage.closed:
            self.passage = None

    def pass_or_hold(self, route: Route, request: Request) -> None:
        """Let other requests by; hold the committing one until leave is given, and send it once."""
        passage = self.passage
        # A page that closes meanwhile takes its routes along.
        with suppress(Error):
            if any(commits(commit, request, self.encoding) for commit in self.commits):
                self._hold(route, request, passage)
            elif stranger := next((x for x in self.commits if is_stranger(x, request, self.encoding)), None):
                self._refuse(route, named(stranger, request, self.encoding))
            elif passage is None or passage.taken or not could_save(request, passage):
                route.fallback()
            else:
                self._refuse(route, told(request))

    def _refuse(self, route: Route, what: str) -> None:
        if self.passage is None or self.passage.taken:
            self.stray = what
        else:
            self.passage.refused = self.passage.refused or what
        route.abort("aborted")

    def _hold(self, route: Route, request: Request, passage: Passage | None) -> None:
        if passage is None:
            self.stray = told(request)
        if passage is None or not self._may_pass(passage, request):
            route.abort("aborted")
            return
        passage.taken = True
        try:
            self._send_with_leave(route, request, passage)
        except Exception as error:  # noqa: BLE001 - whatever `leave` raises is raised by the press of Save
            passage.trouble = error
            route.abort("aborted")
        finally:
            passage.done = True

    def _may_pass(self, passage: Passage, request: Request) -> bool:
        spent = passage.taken or passage.closed or self.surprised()
        return not spent and commits(passage.commit, request, self.encoding)

    def _send_with_leave(self, route: Route, request: Request, passage: Passage) -> None:
        if not whole(request):
            passage.refused = f"{told(request)} with a file, which cannot be sent"
            route.abort("aborted")
        elif not passage.leave():
            route.abort("aborted")
        else:
            self._send_once(route, request, passage)

    def _send_once(self, route: Route, request: Request, passage: Passage) -> None:
        passage.sent = True
        try:
            response = self._fetched(route, request)
            passage.shown = shows_page(request, response)
            route.fulfill(response=response)
        except Error as error:
            passage.failure = error.message.splitlines()[0]
            route.abort("connectionreset")

    def _fetched(self, route: Route, request: Request) -> APIResponse:
        """The answer; a server that asks for the same request elsewhere gets it there, once, and not by the browser."""
        url, origin = request.url, urlsplit(request.url)[:2]
        # Asks for a connection of its own: one that was kept alive may have died unseen. Of a server that does not say
        # "close" Playwright keeps it all the same; a Save over one that died is in doubt, never sent twice.
        headers = {**request.headers, "connection": "close"}
        for _ in range(MOST_REDIRECTS):
            response = route.fetch(
                url=url, headers=headers, max_retries=0, max_redirects=0, timeout=self.timeout * 1000
            )
            if response.status not in _SAME_REQUEST_ELSEWHERE:
                return response
            url = urljoin(url, response.headers.get("location", ""))
            if urlsplit(url)[:2] != origin:
                break
        raise Error(f"it was sent on to {url}")


def commits(commit: Commit, request: Request, encoding: str = "utf-8") -> bool:
    """Whether the request is the one that saves: its method, its path, and the marks in its body or address."""
    if not goes_there(commit, request):
        return False
    return not commit.marks or commit.marks.items() <= set(given(request, encoding))


def is_stranger(commit: Commit, request: Request, encoding: str) -> bool:
    """Whether the request goes where all calls go, and is neither the one that saves nor known to be harmless."""
    if not (commit.others and goes_there(commit, request)):
        return False
    calls = [value for name, value in given(request, encoding) if name in commit.others]
    known = [pattern for patterns in commit.others.values() for pattern in patterns]
    return not calls or not all(any(fnmatchcase(call, pattern) for pattern in known) for call in calls)


def named(commit: Commit, request: Request, encoding: str) -> str:
    """A call to an address of many calls, with what tells it from the others."""
    marks = [f"{name}={value}" for name, value in given(request, encoding) if name in commit.others]
    return " ".join([told(request), *marks])


def goes_there(commit: Commit, request: Request) -> bool:
    """Whether the request has the method and the path of the one that saves."""
    path = _PARAMETERS.sub("", urlsplit(request.url).path)
    return request.method == commit.method and path.endswith(commit.path)


def given(request: Request, encoding: str) -> list[tuple[str, str]]:
    """Names and values in the request's address and body."""
    query = urlsplit(request.url).query
    body, kind = request.post_data_buffer or b"", request.headers.get("content-type", "")
    return [
        *parse_qsl(query, keep_blank_values=True, encoding=encoding, errors="replace"),
        *fields(body, kind, encoding),
    ]


def fields(body: bytes, content_type: str, encoding: str) -> Iterable[tuple[str, str]]:
    """Names and values of a body, be it a form, a form in parts, or JSON (only what stands at its top)."""
    if "json" in content_type:
        with suppress(ValueError):
            content = json.loads(body)
            return [(name, str(value)) for name, value in content.items()] if isinstance(content, dict) else []
        return []
    if content_type.startswith("multipart/"):
        parts = message_from_bytes(b"Content-Type: " + content_type.encode("latin-1") + b"\r\n\r\n" + body).walk()
        return [(str(part.get_param("name", header="content-disposition")), _text(part, encoding)) for part in parts]
    return parse_qsl(body.decode("latin-1"), keep_blank_values=True, encoding=encoding, errors="replace")


def _text(part: Any, encoding: str) -> str:
    content = part.get_payload(decode=True)
    return content.decode(encoding, "replace") if isinstance(content, bytes) else ""


def told(request: Request) -> str:
    """The request in the words of a profile."""
    return f"{request.method} {urlsplit(request.url).path}"


def could_save(request: Request, passage: Passage) -> bool:
    """Whether a request that is not the committing one could store something all the same, as an updated ERP's might.

    Calls of the page's script to the committing address that lack its marks are told apart by the profile already.
    """
    if request.is_navigation_request():
        return request.method not in _HARMLESS or _frame_of(request) is passage.frame
    same_path = urlsplit(request.url).path.endswith(passage.commit.path)
    return request.method not in _HARMLESS and not (same_path and passage.commit.marks)


def whole(request: Request) -> bool:
    """Whether all of the body can be read; Playwright leaves attached files out without a word."""
    body = request.post_data_buffer or b""
    if not body and "content-type" in request.headers:
        return False
    return not _LOST_FILE.search(body)


def shows_page(request: Request, response: APIResponse) -> bool:
    """Whether the answer takes the place of the page that asked for it."""
    attached = response.headers.get("content-disposition", "").lower().startswith("attachment")
    return request.is_navigation_request() and response.status not in _NO_DOCUMENT and not attached


def _frame_of(request: Request) -> Frame | None:
    try:
        return request.frame
    except Error:
        return None

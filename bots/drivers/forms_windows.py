"""Which pages does a window hold? One page, or a set of frames with a page each, and where a link leads."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from urllib.parse import urljoin

from bots.drivers.forms_pages import Element, fields_of, plain, read_page

GOES_TO = re.compile(r"\s*(?:window\.|document\.)?location(?:\.href)?\s*=\s*'([^']*)'\s*;?\s*")


@dataclass(frozen=True)
class Wanted:
    """A request that a press makes, and the frame its answer goes to ("" is the page's own)."""

    method: str
    url: str
    fields: tuple[tuple[str, str], ...] = ()
    frame: str = ""


@dataclass(eq=False)
class Page:
    """One answer of the server, in a frame of that name; `frames` are the pages inside it."""

    url: str
    html: str
    name: str = ""
    encoding: str = "utf-8"
    frames: list["Page"] = field(default_factory=list)

    @cached_property
    def root(self) -> Element:
        """Its elements, read when first asked for."""
        return read_page(self.html)

    @property
    def text(self) -> str:
        """The beginning of what it says."""
        return plain(self.root.said)[:300]

    def all(self) -> Iterator["Page"]:
        """It and the pages inside it."""
        yield self
        for frame in self.frames:
            yield from frame.all()

    def frame_addresses(self) -> Iterator[tuple[str, str]]:
        """Name and address of each frame it asks for."""
        if "<frame" not in self.html and "<iframe" not in self.html:
            return
        for each in self.root.elements:
            if each.tag in ("frame", "iframe") and each.attributes.get("src"):
                yield each.attributes.get("name", ""), urljoin(self.url, each.attributes["src"])

    def wanted_by(self, pressed: Element) -> Wanted | None:
        """What pressing a link or a button of it asks of the server; None where only its script would know.

        Of scripts only the plainest is understood: a button that goes to an address.
        """
        target = pressed.attributes.get("target", "")
        if pressed.tag == "a" and pressed.attributes.get("href"):
            return Wanted("GET", urljoin(self.url, pressed.attributes["href"]), frame=target)
        leads = GOES_TO.fullmatch(pressed.attributes.get("onclick", ""))
        if pressed.type == "button" and leads:
            return Wanted("GET", urljoin(self.url, leads[1]))
        form = pressed.closest("form")
        if form is None or not (pressed.type in ("submit", "image") or pressed.tag == "button"):
            return None
        method = form.attributes.get("method", "get").upper()
        url = urljoin(self.url, form.attributes.get("action", "") or self.url)
        return Wanted(method, url, tuple(fields_of(form, pressed)), form.attributes.get("target", ""))


@dataclass
class Window:
    """What one window shows; None before anything was opened in it, and after its page was given up."""

    top: Page | None = None

    def pages(self, frame: str = "") -> list[Page]:
        """The pages of the frames of that name where there are any, else all."""
        found = list(self.top.all()) if self.top else []
        return [page for page in found if page.name == frame] or found if frame else found

    def put(self, page: Page, instead_of: Page | None) -> None:
        """Show a page in the place of another one, or as the whole window."""
        for outer in self.pages():
            if instead_of is not None and instead_of in outer.frames:
                page.name = instead_of.name
                outer.frames[outer.frames.index(instead_of)] = page
                return
        self.top = page

    def drop(self, page: Page) -> None:
        """Nobody knows any more what stands there."""
        self.put(Page(page.url, ""), page)

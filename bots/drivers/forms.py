"""How is a web ERP worked without a browser? Its forms are filled in memory and sent over HTTP; no script runs."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Self
from urllib.parse import urlencode, urlsplit

import httpx

from bots.drivers.forms_locating import Hit, anchored, candidates, locate, missing, rows_of
from bots.drivers.forms_pages import Element, plain
from bots.drivers.forms_pictures import capture
from bots.drivers.forms_windows import Page, Wanted, Window
from bridge.errors import (
    ErpDown,
    InvalidConfig,
    SaveUnanswered,
    ScreenUnknown,
    StopOrdered,
    TargetAmbiguous,
    TargetNotFound,
)
from bridge.locale import Phrase, fault
from bridge.model.pictures import PictureFormat
from bridge.model.profiles import ErpProfile, Grid, Screen, Target
from bridge.ports import Leave, LocatorHit, Picture, SeatPlan

Shown = tuple[Screen, Page]
ELSEWHERE = {301, 302, 303}
DEEPEST = 5


@dataclass(frozen=True)
class FormsOptions:
    """How forms are sent: seconds to wait for an answer, those for the answer to Save, and how pictures are kept."""

    timeout: float = 30.0
    save_timeout: float = 120.0
    picture_format: PictureFormat = "webp"
    trust_any_certificate: bool = False

    @classmethod
    def among(cls, given: Mapping[str, object]) -> Self:
        """Those of a plan's options that mean something without a browser."""
        return cls(**{name: given[name] for name in cls.__dataclass_fields__ if name in given})  # type: ignore[arg-type]


class FormsDriver:
    """Works the screens of a web ERP that needs no script for it; one session, one cookie jar."""

    def __init__(self, profile: ErpProfile, address: str, options: FormsOptions) -> None:
        self.profile = profile
        self.address = address.rstrip("/")
        self.options = options
        verify = not options.trust_any_certificate
        self._http = httpx.Client(timeout=options.timeout, follow_redirects=True, verify=verify, trust_env=False)
        # For Save: a connection that was kept alive may have died unseen, so each of its own is new.
        fresh = httpx.Limits(max_keepalive_connections=0)
        self._once = httpx.Client(timeout=options.save_timeout, limits=fresh, verify=verify, trust_env=False)
        self._commits = [screen.commit for screen in profile.screens.values() if screen.commit is not None]
        self._windows: dict[str, Window] = {}
        self._current: dict[str, Shown] = {}
        self._name = "entry"

    @classmethod
    def of(cls, plan: SeatPlan) -> Self:
        """The driver of a seat."""
        return cls(plan.profile, plan.address, FormsOptions.among(plan.options))

    # --- moving about -----------------------------------------------------------------------------------------------

    @property
    def _window(self) -> Window:
        return self._windows.setdefault(self._name, Window())

    def use(self, window: str) -> None:
        """Work in the window of that name from now on."""
        self._name = window

    def open(self, address: str) -> None:
        """Go to an address of the ERP in the present window; raises ErpDown."""
        self._current.pop(self._name, None)
        self._window.top = self._asked(Wanted("GET", self.address + address))

    def show(self, screen: Screen, timeout: float | None = None) -> tuple[str, ...]:  # noqa: ARG002 - answers are whole
        """Make the page that shows the screen's anchor the current one; the error texts on it.

        Raises ScreenUnknown with what stands there instead, TargetAmbiguous where two frames show it.
        """
        pages = self._window.pages(screen.frame)
        found = [page for page in pages if anchored(page.root, screen.anchor)]
        if len(found) == 1:
            self._current[self._name] = (screen, found[0])
            return tuple(self._errors(found[0]))
        if found:
            anchor = " | ".join(map(str, screen.anchor))
            raise TargetAmbiguous(target="anchor", screen=screen.name, count=len(found), locator=anchor)
        texts = [text for page in pages for text in self._errors(page)] or [page.text for page in pages if page.text]
        raise ScreenUnknown(erp=self.profile.name, expected=screen.name, text=" / ".join(texts))

    def shows(self, screen: Screen) -> bool:
        """Whether the screen's anchor is there at this moment."""
        return sum(anchored(page.root, screen.anchor) for page in self._window.pages(screen.frame)) == 1

    def _errors(self, page: Page) -> Iterator[str]:
        found = (each for locator in self.profile.errors for each in candidates(page.root, locator))
        return (text for each in found if (text := plain(each.said)))

    def expect(self, screen: Screen) -> None:
        """Every answer is a new page: nothing is to be done for it."""

    @contextmanager
    def dialogs(self, answers: Mapping[str, bool]) -> Iterator[None]:  # noqa: ARG002 - no script runs, so none opens
        """Nothing asks anything without a script; what is sent is what an accepted question would send."""
        yield

    # --- reading ----------------------------------------------------------------------------------------------------

    def _shown(self) -> Shown:
        if self._name not in self._current:
            raise ScreenUnknown(erp=self.profile.name, expected=Phrase("any screen"), text="")
        return self._current[self._name]

    def _locate(self, target: Target, within: Element | None = None, name: str = "") -> Hit:
        screen, page = self._shown()
        hit = locate(within or page.root, target.locators)
        if hit.element is None and (hit.count or not target.optional):
            raise missing(name or target.name, screen, hit)
        return hit

    def _element(self, target: Target, within: Element | None = None, name: str = "") -> Element:
        element = self._locate(target, within, name).element
        if element is None:
            raise TargetNotFound(target=name or target.name, screen=self._shown()[0].name)
        return element

    def read(self, targets: Sequence[Target]) -> dict[str, str]:
        """The texts the targets show now."""
        found = {target.name: self._locate(target).element for target in targets}
        return {name: element.shows() if element else "" for name, element in found.items()}

    def rows(self, grid: Grid) -> tuple[dict[str, str], ...]:
        """The texts of all rows of the grid that count."""
        rows = []
        for row in rows_of(self._shown()[1].root, grid.row):
            elements = {cell.name: self._element(cell, row, f"{grid.name}.{cell.name}") for cell in grid.columns}
            texts = {name: element.shows() for name, element in elements.items()}
            if not grid.skip_empty or texts[grid.skip_empty]:
                rows.append(texts)
        return tuple(rows)

    def hits(self, screen: Screen) -> tuple[LocatorHit, ...]:
        """Which locator finds each target of the current screen; a grid answers for its first row."""
        root = self._shown()[1].root
        hits = [_told(screen, name, locate(root, target.locators)) for name, target in screen.targets.items()]
        for grid in screen.grids.values():
            for row in rows_of(root, grid.row)[:1]:
                hits += [_told(screen, f"{grid.name}.{x.name}", locate(row, x.locators)) for x in grid.columns]
        return tuple(hits)

    # --- acting -----------------------------------------------------------------------------------------------------

    def fill(self, texts: Sequence[tuple[Target, str]]) -> None:
        """Replace the targets' contents, in this order."""
        for target, text in texts:
            self._put(self._element(target), target.name, text)

    def fill_row(self, grid: Grid, row: int, texts: Mapping[str, str]) -> None:
        """Replace the contents of cells in one row; -1 is the last row."""
        rows = rows_of(self._shown()[1].root, grid.row)
        if not -len(rows) <= row < len(rows):
            raise TargetNotFound(target=grid.name, screen=self._shown()[0].name)
        for column in grid.columns:
            if column.name in texts:
                name = f"{grid.name}.{column.name}"
                self._put(self._element(column, rows[row], name), name, texts[column.name])

    def _put(self, element: Element, name: str, text: str) -> None:
        frozen = {"disabled", "readonly"} & set(element.attributes)
        options = [each for each in element.elements if plain(each.said_by_option) == text]
        if frozen or not element.is_field or (element.tag == "select" and not options):
            raise TargetNotFound(target=name, screen=self._shown()[0].name)
        if element.tag == "select":
            for each in element.elements:
                each.checked = each is options[0]
        elif element.type in ("checkbox", "radio"):
            element.checked = bool(text)
        else:
            longest = element.attributes.get("maxlength", "")
            element.value = text[: int(longest)] if longest.isdigit() else text

    def press(self, target: Target, leads_to: Screen | None = None) -> None:  # noqa: ARG002 - answers are new pages
        """Press a link or a button; raises StopOrdered where that would commit, which only `commit` may."""
        page = self._shown()[1]
        wanted = self._wanted(page, target)
        path = urlsplit(wanted.url).path
        if any(wanted.method == each.method and path.endswith(each.path) for each in self._commits):
            why = Phrase("the page sent {request} although nobody pressed Save", request=f"{wanted.method} {path}")
            raise StopOrdered(person="erpbridge", why=why)
        frames = self._window.pages(wanted.frame) if wanted.frame else [page]
        del self._current[self._name]
        whole = wanted.frame in ("_top", "_parent", "_blank")
        self._window.put(self._asked(wanted, page.encoding), None if whole else frames[0])

    def _wanted(self, page: Page, target: Target) -> Wanted:
        wanted = page.wanted_by(self._element(target))
        if wanted is None:
            raise TargetNotFound(target=target.name, screen=self._shown()[0].name)
        return wanted

    def commit(self, target: Target, leave: Leave) -> None:
        """Send the form that the target commits, once and on a connection of its own, after `leave` said yes.

        Raises StopOrdered where leave was refused and nothing left, SaveUnanswered where it left and no answer came.
        A target that only a fallback finds is not pressed.
        """
        screen, page = self._shown()
        if screen.commit is None:
            raise self._misfit(screen, Phrase("it is missing"))
        if self._locate(target).position:
            raise TargetNotFound(target=target.name, screen=f"{screen.name} (only a fallback finds it)")
        wanted = self._wanted(page, target)
        if not set(screen.commit.marks.items()) <= set(wanted.fields) or wanted.method != screen.commit.method:
            raise self._misfit(screen, Phrase("Save sent {request}", request=f"{wanted.method} {wanted.url}"))
        request = self._request(Wanted(wanted.method, self.address + screen.commit.path, wanted.fields), page.encoding)
        if not leave():
            raise StopOrdered(person="erpbridge", why=Phrase("leave was not given"))
        del self._current[self._name]
        self._window.drop(page)  # a form that was sent is never sent again
        self._window.put(self._sent_once(request), self._window.pages(page.name)[0] if page.name else None)

    def _misfit(self, screen: Screen, what: Phrase) -> InvalidConfig:
        return InvalidConfig.of([fault(f"selectors/{self.profile.name}/{screen.name}.toml: commit", what)])

    # --- the wire ---------------------------------------------------------------------------------------------------

    def _request(self, wanted: Wanted, encoding: str) -> httpx.Request:
        body = urlencode(wanted.fields, encoding=encoding, errors="xmlcharrefreplace")
        if wanted.method == "GET":
            return self._http.build_request("GET", f"{wanted.url}?{body}" if body else wanted.url)
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        return self._http.build_request(wanted.method, wanted.url, content=body.encode("ascii"), headers=headers)

    def _asked(self, wanted: Wanted, encoding: str = "", depth: int = 0) -> Page:
        try:
            answer = self._http.send(self._request(wanted, encoding or self.profile.encoding))
        except httpx.HTTPError:
            raise ErpDown(erp=self.profile.name, address=self.address) from None
        return self._page(answer, depth)

    def _page(self, answer: httpx.Response, depth: int = 0) -> Page:
        page = Page(str(answer.url), answer.text, "", answer.charset_encoding or self.profile.encoding)
        for name, url in page.frame_addresses() if depth < DEEPEST else ():
            inner = self._asked(Wanted("GET", url), depth=depth + 1)
            inner.name = name
            page.frames.append(inner)
        return page

    def _sent_once(self, request: httpx.Request) -> Page:
        """The answer; where it leads elsewhere it is only fetched from there, and never sent again."""
        request.headers["Connection"] = "close"
        request.extensions["timeout"] = self._once.timeout.as_dict()
        try:
            answer = self._once.send(request, follow_redirects=False)
        except httpx.HTTPError as error:
            raise SaveUnanswered(why=f"{type(error).__name__}: {error}") from None
        self._http.cookies.extract_cookies(answer)
        if answer.status_code in ELSEWHERE and answer.next_request is not None:
            return self._asked(Wanted("GET", str(answer.next_request.url)))
        if answer.is_redirect:
            raise SaveUnanswered(why=Phrase("it was sent on to {address}", address=answer.headers.get("location", "?")))
        return self._page(answer)

    # --- pictures and the end ---------------------------------------------------------------------------------------

    def capture(self, step: str) -> Picture:
        """What the present window says, drawn as text, without its secrets."""
        shown = self._current.get(self._name)
        pages = self._window.pages()
        present = shown if shown and shown[1] in pages else None
        return capture(pages, present, step, self.profile, self.options.picture_format)

    def close(self) -> None:
        """Forget the session."""
        self._http.close()
        self._once.close()


def _told(screen: Screen, name: str, hit: Hit) -> LocatorHit:
    return LocatorHit(screen.name, name, hit.locator, hit.position, hit.count)

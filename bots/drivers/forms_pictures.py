"""What does a page say to whoever looks at the evidence, when no browser drew it? Its text, without its secrets."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from io import BytesIO

from PIL import Image, ImageDraw, ImageFont

from bots.drivers.forms_locating import candidates, locate, rows_of
from bots.drivers.forms_pages import BLOCKS, UNSAID, Element, plain
from bots.drivers.forms_windows import Page
from bots.drivers.masks import masked
from bridge.errors import CaptureRefused
from bridge.locale import Phrase
from bridge.model.pictures import PictureFormat
from bridge.model.profiles import ErpProfile, Screen, Target
from bridge.ports import Picture, Rectangle

SIZE = 12
LINE = 16
EDGE = 8
NARROWEST = 480
WIDEST = 2400
LONGEST = 15000
HIDDEN = "          "
LINE_ENDS = BLOCKS - {"td", "th"}


@dataclass
class Sheet:
    """Texts and where they are written, and the place of every element that wrote one."""

    texts: list[tuple[int, int, str]] = field(default_factory=list)
    places: dict[Element, Rectangle] = field(default_factory=dict)
    across: int = EDGE
    down: int = EDGE
    widest: int = NARROWEST

    def end_line(self) -> None:
        """Go on below, unless the line is empty."""
        if self.across > EDGE:
            self.across, self.down = EDGE, self.down + LINE

    def write(self, text: str, owner: Element, *, silent: bool = False) -> None:
        """Write a text; a silent one only takes its place."""
        wide = _wide(text)
        if self.across > EDGE and self.across + wide > WIDEST - EDGE:
            self.end_line()
        if not silent:
            self.texts.append((self.across, self.down, text))
        self.places[owner] = Rectangle(self.across, self.down, wide, LINE)
        self.across += wide + EDGE
        self.widest = min(max(self.widest, self.across), WIDEST)


@cache
def _font() -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    return ImageFont.load_default(SIZE)


def _wide(text: str) -> int:
    return min(round(_font().getlength(text)) + 1, WIDEST - 2 * EDGE)


def capture(
    pages: Iterable[Page],
    shown: tuple[Screen, Page] | None,
    step: str,
    profile: ErpProfile,
    encoding: PictureFormat,
) -> Picture:
    """The window as a picture; raises CaptureRefused where a secret of the shown screen cannot be located."""
    pages = list(pages)
    screen = shown[0].name if shown else "unknown"
    targets = dict(_targets(*shown)) if shown else {}
    secrets = {**_secrets(pages, profile), **_secrets_of(shown)}
    sheet = Sheet()
    for page in pages:
        _write(sheet, page.root, frozenset(secrets))
        sheet.end_line()
    size = (sheet.widest + EDGE, min(sheet.down + LINE + EDGE, LONGEST))
    hidden = [sheet.places[each] for each in secrets if each in sheet.places]
    return Picture(
        step=step,
        screen=screen,
        taken_at=datetime.now(UTC),
        develop=lambda: masked(_drawn(sheet, size), hidden, encoding=encoding, screen=screen),
        format=encoding,
        width=size[0],
        height=size[1],
        targets={name: sheet.places[each] for name, each in targets.items() if each in sheet.places},
        masked=tuple(sorted({*secrets.values()})),
    )


def _targets(screen: Screen, page: Page) -> Iterator[tuple[str, Element]]:
    for name, target in screen.targets.items():
        element = locate(page.root, target.locators).element
        if element is not None:
            yield name, element


def _secrets(pages: Iterable[Page], profile: ErpProfile) -> dict[Element, str]:
    """Every password box, and whatever any screen would hide, in any frame it is found in."""
    hidden: dict[Element, str] = {}
    for page in pages:
        hidden |= {each: "password" for each in page.root.elements if each.type == "password"}
        for screen in profile.screens.values():
            for target, root in _hidden_targets(screen, page):
                for locator in target.locators:
                    hidden |= dict.fromkeys(candidates(root, locator), target.name)
    return hidden


def _secrets_of(shown: tuple[Screen, Page] | None) -> dict[Element, str]:
    """The secrets of the shown screen, each of which must be there."""
    hidden: dict[Element, str] = {}
    for target, root in _hidden_targets(*shown) if shown else ():
        element = locate(root, target.locators).element
        if element is not None:
            hidden[element] = target.name
        elif not target.optional:
            why = Phrase("{name} must be hidden and cannot be located", name=target.name)
            raise CaptureRefused(screen=shown[0].name if shown else "", why=why)
    return hidden


def _hidden_targets(screen: Screen, page: Page) -> Iterator[tuple[Target, Element]]:
    yield from ((target, page.root) for target in screen.targets.values() if target.secret or target.mask)
    for grid in screen.grids.values():
        columns = [column for column in grid.columns if column.secret or column.mask]
        yield from ((column, row) for row in (rows_of(page.root, grid.row) if columns else ()) for column in columns)


def _write(sheet: Sheet, element: Element, secrets: frozenset[Element]) -> None:
    """Write an element and what is in it; nothing that stands in a secret is ever drawn."""
    if element.tag in LINE_ENDS:
        sheet.end_line()
    if element in secrets:
        sheet.write(HIDDEN, element, silent=True)
    elif element.tag in ("input", "select", "textarea", "button"):
        if element.is_seen:
            sheet.write(f"[{element.shows() or plain(element.said)}]", element)
    elif element.tag not in UNSAID:
        for each in element.inside:
            if isinstance(each, Element):
                _write(sheet, each, secrets)
            elif plain(each):
                sheet.write(plain(each), element)
    if element.tag in LINE_ENDS:
        sheet.end_line()


def _drawn(sheet: Sheet, size: tuple[int, int]) -> bytes:
    picture = Image.new("RGB", size, "white")
    brush = ImageDraw.Draw(picture)
    for left, top, text in sheet.texts:
        brush.text((left, top), text, fill="black", font=_font())
    content = BytesIO()
    picture.save(content, "BMP")
    return content.getvalue()

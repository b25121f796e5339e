"""What may be kept of what a terminal shows? Its characters, drawn and as text, without its secrets."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import cache
from io import BytesIO
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from bots.drivers.masks import masked
from bots.drivers.terminal_locating import find, row_spans
from bots.drivers.terminal_parts import Look, Span
from bridge.errors import CaptureRefused
from bridge.locale import Phrase
from bridge.model.pictures import PictureFormat
from bridge.model.profiles import ErpProfile, Screen, Target
from bridge.ports import Picture, Rectangle

WIDE, HIGH, EDGE = 8, 18, 8
BASELINE = 14
INK, PAPER = "#c8f7c8", "#101810"
HIDDEN = "*"
FONTS = (  # of fixed width, with Chinese, as the systems bring them; the first one that is there
    ("/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc", 7),
    ("/usr/share/fonts/truetype/wqy/wqy-zenhei.ttc", 1),
    ("C:/Windows/Fonts/simsun.ttc", 0),
    ("/System/Library/Fonts/PingFang.ttc", 0),
    ("/usr/share/fonts/truetype/dejavu/DejaVuSansMono.ttf", 0),
)


def capture(profile: ErpProfile, screen: Screen | None, look: Look, step: str, encoding: PictureFormat) -> Picture:
    """What is shown; raises CaptureRefused where a secret of the screen cannot be located.

    The password's field shows nothing on most hosts; where the profile calls it secret it is painted over all the same.
    """
    name = screen.name if screen else "unknown"
    secrets = dict(_secrets(screen, look)) if screen else dict(_anybodys(profile, look))
    spans = [span for found in secrets.values() for span in found]
    size = len(look.rows[0]) * WIDE + 2 * EDGE, len(look.rows) * HIGH + 2 * EDGE
    rectangles = [_rectangle(span) for span in spans]
    return Picture(
        step=step,
        screen=name,
        taken_at=datetime.now(UTC),
        develop=lambda: masked(_drawn(look, size), rectangles, encoding=encoding, screen=name),
        format=encoding,
        width=size[0],
        height=size[1],
        targets=dict(_targets(screen, look)) if screen else {},
        masked=tuple(sorted(secrets)),
        beside=_text(look, spans),
    )


def _secrets(screen: Screen, look: Look) -> Iterator[tuple[str, list[Span]]]:
    """The places of the screen's secrets, each of which must be there."""
    for target in screen.targets.values():
        if target.secret or target.mask:
            found = find(look, target)[2]
            if not found and not target.optional:
                why = Phrase("{name} must be hidden and cannot be located", name=target.name)
                raise CaptureRefused(screen=screen.name, why=why)
            yield target.name, found
    for grid in screen.grids.values():
        for column in grid.columns:
            if column.secret or column.mask:
                yield f"{grid.name}.{column.name}", list(_column(grid.name, column, screen, look))


def _column(grid: str, column: Target, screen: Screen, look: Look) -> Iterator[Span]:
    for cells in row_spans(look, screen.grids[grid]):
        if column.name not in cells:
            why = Phrase("{name} must be hidden and cannot be located", name=f"{grid}.{column.name}")
            raise CaptureRefused(screen=screen.name, why=why)
        yield cells[column.name]


def _anybodys(profile: ErpProfile, look: Look) -> Iterator[tuple[str, list[Span]]]:
    """On a screen that nobody knows: whatever any screen would hide, where it is found."""
    for screen in profile.screens.values():
        for target in screen.targets.values():
            found = find(look, target)[2] if target.secret or target.mask else []
            if found:
                yield f"{screen.name}.{target.name}", found
        if any(column.secret or column.mask for grid in screen.grids.values() for column in grid.columns):
            raise CaptureRefused(screen="unknown", why=Phrase("it may show what {screen} hides", screen=screen.name))


def _targets(screen: Screen, look: Look) -> Iterator[tuple[str, Rectangle]]:
    for target in screen.targets.values():
        found = find(look, target)[2] if target.kind != "button" else []
        if len(found) == 1:
            yield target.name, _rectangle(found[0])


def _rectangle(span: Span) -> Rectangle:
    left, top = EDGE + (span.column - 1) * WIDE, EDGE + (span.row - 1) * HIGH
    return Rectangle(left, top, span.cells * WIDE, HIGH)


def _text(look: Look, hidden: list[Span]) -> bytes:
    """The rows as they are shown, and how; JSON in UTF-8."""
    rows = [list(row) for row in look.rows]
    for span in hidden:
        for column in range(span.column - 1, min(span.column - 1 + span.cells, len(rows[span.row - 1]))):
            rows[span.row - 1][column] = HIDDEN
    said = {"rows": ["".join(row) for row in rows], "styles": list(look.styles), "cursor": list(look.cursor)}
    return json.dumps(said, ensure_ascii=False).encode()


@cache
def _font() -> ImageFont.FreeTypeFont:
    for path, index in FONTS:
        if Path(path).is_file():
            return ImageFont.truetype(path, 15, index=index)
    found = ImageFont.load_default(14)
    if not isinstance(found, ImageFont.FreeTypeFont):
        raise CaptureRefused(screen="", why=Phrase("there is no font to draw it with"))
    return found


def _drawn(look: Look, size: tuple[int, int]) -> bytes:
    picture = Image.new("RGB", size, PAPER)
    brush = ImageDraw.Draw(picture)
    for row, cells in enumerate(look.rows):
        styles = look.styles[row] if look.styles else " " * len(cells)
        for column, cell in enumerate(cells):
            _draw(brush, (EDGE + column * WIDE, EDGE + row * HIGH), cell, styles[column])
    left, top = EDGE + (look.cursor[1] - 1) * WIDE, EDGE + (look.cursor[0] - 1) * HIGH
    brush.rectangle((left, top + HIGH - 3, left + WIDE - 1, top + HIGH - 1), fill=INK)
    content = BytesIO()
    picture.save(content, "BMP")
    return content.getvalue()


def _draw(brush: ImageDraw.ImageDraw, at: tuple[int, int], cell: str, style: str) -> None:
    paper, ink = (INK, PAPER) if style == "r" else (PAPER, INK)
    if style == "r":
        brush.rectangle((at[0], at[1], at[0] + WIDE - 1, at[1] + HIGH - 1), fill=paper)
    if style == "u":
        brush.line((at[0], at[1] + HIGH - 1, at[0] + WIDE - 1, at[1] + HIGH - 1), fill=INK)
    if cell.strip() and style != "h":
        brush.text((at[0], at[1] + BASELINE), cell, fill=ink, font=_font(), anchor="ls")

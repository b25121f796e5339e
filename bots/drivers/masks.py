"""Which pixels of a capture may leave a driver? Secrets are painted over; a capture that shows nothing is none."""

import math
from collections.abc import Iterable
from io import BytesIO

from PIL import Image, ImageDraw

from bridge.errors import CaptureRefused
from bridge.locale import Phrase
from bridge.model.pictures import PictureFormat
from bridge.ports import Rectangle

PAINT = (112, 48, 160)
MARGIN = 2
LARGEST_WEBP = 16383
WEBP_EFFORT = {"method": 1, "quality": 20}  # a screen in 16 ms instead of 43, for a fourth more bytes (1280x900)
_NOISE = 8
_SAMPLE = 64  # pixels each way that mostly tell already; only where they do not, all are looked at


def masked(
    capture: bytes,
    rectangles: Iterable[Rectangle],
    *,
    scale: float = 1.0,
    encoding: PictureFormat = "webp",
    screen: str = "",
) -> bytes:
    """The capture with the rectangles painted over, lossless, and without any metadata of the capture.

    `scale` is how many pixels of the capture one unit of the rectangles has (a browser's device scale factor). Each
    rectangle is enlarged by `MARGIN` pixels and clipped. Raises CaptureRefused for a capture that cannot be read, that
    is uniform before or after painting, or that is too large for its encoding.
    """
    picture = _opened(capture, screen)
    if blank(picture):
        raise CaptureRefused(screen=screen, why=Phrase("the capture is uniform, as a locked or lost screen is"))
    brush = ImageDraw.Draw(picture)
    for rectangle in rectangles:
        _paint(brush, covering(rectangle.left, rectangle.top, rectangle.width, rectangle.height, scale), picture.size)
    if blank(picture):
        raise CaptureRefused(screen=screen, why=Phrase("nothing is left of it once its secrets are painted over"))
    return _encoded(picture, encoding, screen)


def covering(left: float, top: float, width: float, height: float, scale: float = 1.0) -> Rectangle:
    """The smallest rectangle of whole pixels that covers a box of the surface; raises ValueError for no box at all."""
    if not all(math.isfinite(value) for value in (left, top, width, height)) or min(width, height) < 0 or scale <= 0:
        raise ValueError((left, top, width, height, scale))
    start = math.floor(left * scale), math.floor(top * scale)
    end = math.ceil((left + width) * scale), math.ceil((top + height) * scale)
    return Rectangle(*start, end[0] - start[0], end[1] - start[1])


def size_of(picture: bytes) -> tuple[int, int]:
    """Width and height of an encoded picture in pixels."""
    with Image.open(BytesIO(picture)) as image:
        return image.size


def blank(picture: Image.Image) -> bool:
    """Whether a picture is of one colour, but for noise nobody sees."""
    sample = picture.resize((_SAMPLE, _SAMPLE), Image.Resampling.NEAREST)
    return _uniform(sample) and _uniform(picture)


def _uniform(picture: Image.Image) -> bool:
    return all(high - low <= _NOISE for low, high in _extrema(picture))


def _extrema(picture: Image.Image) -> list[tuple[int, int]]:
    return [band.getextrema() for band in picture.split()]  # type: ignore[misc]  # one band has one pair


def _opened(capture: bytes, screen: str) -> Image.Image:
    try:
        with Image.open(BytesIO(capture)) as image:
            opaque = image.convert("RGBA" if "transparency" in image.info else image.mode).convert("RGB")
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as fault:
        raise CaptureRefused(screen=screen, why=str(fault)) from fault
    # Pillow hands a picture's profile, texts and Exif on when it saves; only pixels may leave.
    clean = Image.new("RGB", opaque.size)
    clean.paste(opaque)
    return clean


def _paint(brush: ImageDraw.ImageDraw, rectangle: Rectangle, size: tuple[int, int]) -> None:
    left, top = rectangle.left - MARGIN, rectangle.top - MARGIN
    # Pillow paints the right and bottom edge it is given, hence one less.
    right = rectangle.left + rectangle.width + MARGIN - 1
    bottom = rectangle.top + rectangle.height + MARGIN - 1
    clipped = max(left, 0), max(top, 0), min(right, size[0] - 1), min(bottom, size[1] - 1)
    if clipped[0] <= clipped[2] and clipped[1] <= clipped[3]:
        brush.rectangle(clipped, fill=PAINT)


def _encoded(picture: Image.Image, encoding: PictureFormat, screen: str) -> bytes:
    if encoding == "webp" and max(picture.size) > LARGEST_WEBP:
        size = "{} × {}".format(*picture.size)
        raise CaptureRefused(
            screen=screen, why=Phrase("WebP takes {most} pixels, it has {size}", most=LARGEST_WEBP, size=size)
        )
    content = BytesIO()
    if encoding == "webp":
        picture.save(content, "WEBP", lossless=True, **WEBP_EFFORT)
    else:
        picture.save(content, "PNG", compress_level=6)
    return content.getvalue()

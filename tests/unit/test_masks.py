"""Does any pixel of a secret leave a driver? Looked at pixel by pixel."""

from collections.abc import Iterable
from io import BytesIO

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from bots.drivers.masks import MARGIN, PAINT, blank, covering, masked, size_of
from bridge.errors import CaptureRefused
from bridge.model.pictures import PictureFormat
from bridge.ports import Rectangle

WIDTH, HEIGHT = 60, 40
Pixels = NDArray[np.uint8]


def encoded(image: Image.Image, **options: object) -> bytes:
    """A capture as a browser or a desktop gives it."""
    content = BytesIO()
    image.save(content, "PNG", **options)
    return content.getvalue()


def noise(mode: str = "RGB", size: tuple[int, int] = (WIDTH, HEIGHT)) -> Image.Image:
    """A picture no two neighbouring pixels of which are alike, and none of which has the paint's colour."""
    values = np.random.default_rng(7).integers(0, 100, (size[1], size[0], 3), dtype=np.uint8)
    return Image.fromarray(values).convert(mode)


def pixels(content: bytes) -> Pixels:
    """What is really seen, row by row."""
    with Image.open(BytesIO(content)) as image:
        assert image.mode == "RGB"
        return np.asarray(image)


def painted(shape: tuple[int, int], boxes: Iterable[tuple[int, int, int, int]]) -> NDArray[np.bool_]:
    """Which pixels must be painted: boxes as left, top, right, bottom."""
    wanted = np.zeros(shape, dtype=bool)
    for left, top, right, bottom in boxes:
        wanted[max(top, 0) : max(bottom, 0), max(left, 0) : max(right, 0)] = True
    return wanted


@pytest.mark.parametrize("encoding", ["webp", "png"])
def test_exactly_the_rectangle_and_its_margin_are_painted(encoding: PictureFormat) -> None:
    """Every pixel inside is the paint, every pixel outside is untouched."""
    image = noise()
    shown = pixels(masked(encoded(image), [Rectangle(10, 12, 5, 3)], encoding=encoding))
    wanted = painted((HEIGHT, WIDTH), [(8, 10, 17, 17)])
    assert (shown[wanted] == PAINT).all()
    assert (shown[~wanted] == np.asarray(image)[~wanted]).all()


@settings(max_examples=80, deadline=None)
@given(
    rectangles=st.lists(
        st.builds(Rectangle, st.integers(-70, 70), st.integers(-50, 50), st.integers(0, 50), st.integers(0, 30)),
        max_size=4,
    ),
    encoding=st.sampled_from(["webp", "png"]),
)
def test_rectangles_are_clipped_to_the_picture(rectangles: list[Rectangle], encoding: PictureFormat) -> None:
    """Half outside, wholly outside or overlapping: what lies on the picture is painted, nothing else."""
    image = noise()
    boxes = [
        (r.left - MARGIN, r.top - MARGIN, r.left + r.width + MARGIN, r.top + r.height + MARGIN) for r in rectangles
    ]
    shown = pixels(masked(encoded(image), rectangles, encoding=encoding))
    wanted = painted((HEIGHT, WIDTH), boxes)
    assert (shown[wanted] == PAINT).all()
    assert (shown[~wanted] == np.asarray(image)[~wanted]).all()


@settings(max_examples=80, deadline=None)
@given(
    left=st.integers(0, 50),
    top=st.integers(0, 30),
    width=st.integers(1, 30),
    height=st.integers(1, 20),
    scale=st.sampled_from([0.5, 1.0, 1.25, 1.5, 1.75, 2.0, 3.0]),
)
def test_a_scaled_screen_is_painted_where_the_secret_is(
    left: int, top: int, width: int, height: int, scale: float
) -> None:
    """With a device scale factor no pixel the secret touches stays, and no more than the margin goes."""
    image = noise(size=(round(WIDTH * scale), round(HEIGHT * scale)))
    shown = pixels(masked(encoded(image), [Rectangle(left, top, width, height)], scale=scale, encoding="png"))
    rows, columns = np.indices(shown.shape[:2])
    touched = (columns + 1 > left * scale) & (columns < (left + width) * scale)
    touched &= (rows + 1 > top * scale) & (rows < (top + height) * scale)
    far = (columns + 1 < left * scale - MARGIN) | (columns > (left + width) * scale + MARGIN)
    far |= (rows + 1 < top * scale - MARGIN) | (rows > (top + height) * scale + MARGIN)
    assert (shown[touched] == PAINT).all()
    assert (shown[far] == np.asarray(image)[far]).all()


def test_a_box_between_pixels_is_covered_whole() -> None:
    """Browsers measure in fractions; rounding to the nearest pixel would show an edge of the secret."""
    assert covering(10.6, 4.4, 20.3, 5.0) == Rectangle(10, 4, 21, 6)
    assert covering(10, 4, 20, 5, 1.25) == Rectangle(12, 5, 26, 7)
    assert covering(-3.5, 0, 7, 1) == Rectangle(-4, 0, 8, 1)


@pytest.mark.parametrize(
    "box", [(0, 0, -1, 5, 1), (0, 0, 5, -1, 1), (0, 0, 5, 5, 0), (float("nan"), 0, 5, 5, 1), (0, 0, float("inf"), 5, 1)]
)
def test_a_box_that_is_none_is_refused(box: tuple[float, float, float, float, float]) -> None:
    """A secret that was not located is never taken for one that is nowhere."""
    with pytest.raises(ValueError, match=r"\("):
        covering(*box)


@pytest.mark.parametrize("colour", [(0, 0, 0), (255, 255, 255), (240, 240, 240)])
def test_a_uniform_capture_is_refused(colour: tuple[int, int, int]) -> None:
    """A locked, lost or minimised screen is no evidence."""
    with pytest.raises(CaptureRefused, match="Save"):
        masked(encoded(Image.new("RGB", (WIDTH, HEIGHT), colour)), [], screen="Save")


def test_noise_nobody_sees_is_uniform_and_one_word_is_not() -> None:
    """A dimmed black screen is blank; a prompt on a black terminal is not."""
    dim = Image.new("RGB", (WIDTH, HEIGHT))
    dim.paste((7, 8, 6), (5, 5, 20, 20))
    assert blank(dim)
    prompt = Image.new("RGB", (WIDTH, HEIGHT))
    prompt.putpixel((3, 3), (200, 200, 200))
    assert not blank(prompt)
    assert not blank(prompt.convert("L"))


def test_a_capture_of_which_nothing_is_left_is_refused() -> None:
    """Painted over whole, it proves nothing."""
    with pytest.raises(CaptureRefused):
        masked(encoded(noise()), [Rectangle(0, 0, WIDTH, HEIGHT)])


@pytest.mark.parametrize("content", [b"", b"no picture", encoded(noise())[:200]])
def test_a_capture_that_cannot_be_read_is_refused(content: bytes) -> None:
    """A broken capture ends in a refusal, not in a half picture."""
    with pytest.raises(CaptureRefused):
        masked(content, [])


@pytest.mark.parametrize("mode", ["RGBA", "L", "P", "LA", "1", "I;16"])
@pytest.mark.parametrize("encoding", ["webp", "png"])
def test_every_kind_of_capture_is_painted(mode: str, encoding: PictureFormat) -> None:
    """Grey, palette, transparent: the paint is opaque and the secret is gone."""
    bright = Image.fromarray(np.random.default_rng(3).integers(0, 256, (HEIGHT, WIDTH), dtype=np.uint8))
    image = bright.convert("RGBA").convert(mode) if mode == "P" else bright.convert(mode)
    if mode in {"RGBA", "LA"}:
        image.putalpha(40)
    shown = pixels(masked(encoded(image), [Rectangle(10, 10, 10, 10)], encoding=encoding))
    assert (shown[8:22, 8:22] == PAINT).all()


@pytest.mark.parametrize("encoding", ["webp", "png"])
def test_nothing_but_pixels_leaves(encoding: PictureFormat) -> None:
    """Texts, profiles and Exif of a capture may hold window titles and users."""
    texts = PngInfo()
    texts.add_text("Title", "password is hunter2")
    exif = Image.Exif()
    exif[0x010E] = "password is hunter2"
    capture = encoded(noise(), pnginfo=texts, exif=exif, icc_profile=b"hunter2" * 20)
    content = masked(capture, [], encoding=encoding)
    assert b"hunter2" in capture
    assert b"hunter2" not in content
    with Image.open(BytesIO(content)) as image:
        assert not set(image.info) - {"background", "loop", "timestamp"}


@pytest.mark.parametrize(("encoding", "begin"), [("webp", b"RIFF"), ("png", b"\x89PNG")])
def test_the_picture_is_what_it_is_called(encoding: PictureFormat, begin: bytes) -> None:
    """Format and size are those the driver hands on."""
    content = masked(encoded(noise()), [], encoding=encoding)
    assert content.startswith(begin)
    assert size_of(content) == (WIDTH, HEIGHT)


def test_a_picture_too_large_for_webp_is_refused_by_name() -> None:
    """The format has a limit; meeting it is said, not guessed at."""
    capture = encoded(noise(size=(16384, 2)))
    with pytest.raises(CaptureRefused, match="16383"):
        masked(capture, [])
    assert size_of(masked(capture, [], encoding="png")) == (16384, 2)

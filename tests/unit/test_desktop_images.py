"""Doubts where a small picture is found: everywhere it stands, and nowhere that only looks a bit like it."""

from pathlib import Path

import pytest
from PIL import Image, ImageDraw

from bots.drivers.desktop_images import Images
from bots.drivers.desktop_parts import Window
from bridge.model.profiles import Locator

cv2 = pytest.importorskip("cv2", reason="The extra ocr is not installed: it has OpenCV.")
WINDOW = Window(1, "Order", 0, 0, 300, 200)
SAVE = Locator("image", "save.png")


def button(sign: str) -> Image.Image:
    """A small button."""
    drawn = Image.new("RGB", (40, 20), "lightgrey")
    brush = ImageDraw.Draw(drawn)
    brush.rectangle((0, 0, 39, 19), outline="black")
    brush.text((8, 4), sign, fill="black")
    return drawn


def shown(*places: tuple[int, int], sign: str = "Save") -> Image.Image:
    """A window with such buttons."""
    drawn = Image.new("RGB", (300, 200), "white")
    for place in places:
        drawn.paste(button(sign), place)
    return drawn


@pytest.fixture
def images(tmp_path: Path) -> Images:
    """The pictures of a profile."""
    button("Save").save(tmp_path / "save.png")
    return Images(tmp_path)


def found(images: Images, picture: Image.Image) -> set[tuple[int, int]]:
    """Where it is found."""
    return {(spot.left, spot.top) for spot in images.spots(WINDOW, picture, SAVE) or ()}


def test_a_picture_is_found_at_each_place_where_it_stands(images: Images) -> None:
    """So that two are not taken for one; once each."""
    places = {(20, 30), (200, 150), (61, 30)}
    assert found(images, shown(*places)) == places


def test_what_only_looks_like_it_is_not_found(images: Images) -> None:
    """Another button, another size, nothing at all, and a window that is smaller than the picture."""
    assert found(images, shown((20, 30), sign="Exit")) == set()
    assert found(images, shown((20, 30)).resize((360, 240))) == set()
    assert found(images, shown()) == set()
    assert found(images, Image.new("RGB", (10, 10))) == set()

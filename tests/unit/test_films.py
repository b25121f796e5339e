"""Doubts the film of a failed attempt: what was shown on the way there, and nothing of another order."""

from dataclasses import replace
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from bots.drivers.films import MOST_FRAMES, Film
from bots.drivers.live_frames import LiveFrames, WatchedDriver
from bridge.ports import Picture
from bridge.store.evidence.folders import FolderEvidence
from bridge.store.evidence.verifications import verify_packet
from tests.fakes import FakeClock


def shot(step: str, grey: int = 0, size: tuple[int, int] = (40, 30)) -> Picture:
    """A picture with a mark of that shade in it."""
    drawn = Image.new("RGB", size, "white")
    drawn.paste((grey, grey, grey), (5, 5, 15, 15))
    content = BytesIO()
    drawn.save(content, "PNG")
    return Picture(step, "entry", datetime.now(UTC), content.getvalue, "png", *size)


def shades(film: bytes) -> list[int]:
    """The mark in each frame, roughly."""
    with Image.open(BytesIO(film)) as moving:
        found = []
        for place in range(getattr(moving, "n_frames", 1)):
            moving.seek(place)
            found.append(round(moving.convert("L").getpixel((10, 10)) / 50) * 50)  # type: ignore[operator]
        return found


@pytest.fixture
def film() -> Film:
    """An empty one."""
    return Film()


def test_trouble_shows_what_led_to_it(film: Film) -> None:
    """In its order; what did not change is one frame."""
    for grey in (0, 0, 100, 200):
        film.add(shot("live", grey).content)
    told = film.shown_with(shot("trouble", 250))
    assert shades(told.film) == [0, 100, 200]
    assert film.shown_with(shot("trouble")).film == b""


@pytest.mark.parametrize("step", ["document", "absent", "unchanged"])
def test_an_attempt_that_ended_well_leaves_no_frame_to_the_next(film: Film, step: str) -> None:
    """They are another order's; and a picture that is none of trouble has no film."""
    film.add(shot("live", 0).content)
    assert film.shown_with(shot("filled")).film == b""
    assert film.shown_with(shot(step)).film == b""
    film.add(shot("live", 100).content)
    assert shades(film.shown_with(shot("trouble")).film) == [100]


def test_frames_of_different_sizes_are_one_film(film: Film) -> None:
    """Each is whole."""
    film.add(shot("live", 0, (40, 30)).content)
    film.add(shot("live", 100, (80, 20)).content)
    told = film.shown_with(shot("trouble")).film
    with Image.open(BytesIO(told)) as moving:
        assert moving.size == (80, 30)
    assert shades(told) == [0, 100]


def test_a_film_is_not_without_end(film: Film) -> None:
    """The newest frames are kept."""
    for number in range(MOST_FRAMES + 10):
        film.add(shot("live", 200 * (number % 2), (40, 30 + number)).content)
    with Image.open(BytesIO(film.shown_with(shot("trouble")).film)) as moving:
        assert getattr(moving, "n_frames", 0) == MOST_FRAMES


def test_a_surface_that_stands_still_costs_no_frame(film: Film) -> None:
    """However often it is looked at, what led there is not pushed out."""
    film.add(shot("live", 0).content)
    for _ in range(MOST_FRAMES + 1):
        film.add(shot("live", 100).content)
    assert shades(film.shown_with(shot("trouble")).film) == [0, 100]


class Surface:
    """A driver whose picture changes with each action."""

    def __init__(self) -> None:
        self.grey = -50

    def fill(self, _: object) -> None:
        self.grey += 50

    def capture(self, step: str) -> Picture:
        return shot(step, self.grey)


@pytest.mark.parametrize("films", [True, False])
def test_a_seat_films_only_where_it_is_asked_to(tmp_path: Path, *, films: bool) -> None:
    """And needs nobody who looks on."""
    surface: Any = Surface()
    driver = WatchedDriver(surface, LiveFrames(tmp_path / "seat", Film() if films else None, between=0.0))
    for _ in range(3):
        driver.fill([])
    picture = driver.capture("trouble")
    assert (shades(picture.film) if films else picture.film) == ([0, 50, 100] if films else b"")
    assert list(tmp_path.iterdir()) == []


def test_a_film_is_kept_under_the_entry_of_its_picture(tmp_path: Path) -> None:
    """With its digest in the chain; one that is changed is named."""
    evidence = FolderEvidence(tmp_path, FakeClock())
    packet = evidence.open_packet("granite", "SB-1-X", 1)
    head = packet.add(replace(shot("trouble"), film=b"RIFF moving"), "me")
    (kept,) = tmp_path.rglob("*-trouble-film.webp")
    assert verify_packet(kept.parent, head).findings == ()
    kept.write_bytes(b"RIFF changed")
    assert kept.name in str(verify_packet(kept.parent, head).record())

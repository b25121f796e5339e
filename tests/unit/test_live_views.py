"""Doubts what is shown of a seat to who looks on: masked pictures, only changed ones, and nothing unasked."""

import os
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from bots.drivers.live_frames import LiveFrames, WatchedDriver
from bridge.errors import CaptureRefused
from bridge.ports import Picture
from bridge.store.live_views import LiveViews

SCREEN: Any = object()
LONG_AGO = 60.0


class Surface:
    """A driver that shows what it is told to show; `taken` counts its pictures."""

    def __init__(self) -> None:
        self.shown, self.taken, self.refuses, self.done = b"first", 0, False, list[str]()

    def capture(self, step: str) -> Picture:
        self.taken += 1
        if self.refuses:
            raise CaptureRefused(screen="entry", why="a secret of it has no place")
        return Picture(step, "entry", datetime.now(UTC), lambda: self.shown, "png", 1, 1)

    def __getattr__(self, name: str) -> Any:
        return lambda *_, **__: self.done.append(name)


@pytest.fixture
def surface() -> Surface:
    """A surface."""
    return Surface()


@pytest.fixture
def views(tmp_path: Path) -> LiveViews:
    """The frames of this machine."""
    return LiveViews(tmp_path / "live")


@pytest.fixture
def driver(surface: Surface, views: LiveViews) -> WatchedDriver:
    """That surface, of which a frame may be taken at any moment."""
    opened: Any = surface
    return WatchedDriver(opened, LiveFrames(views.name("granite", "BOT 1/.."), between=0.0))


def shown(views: LiveViews) -> bytes | None:
    """What whoever looks on sees."""
    view = views.latest("granite", "BOT 1/..")
    return view.content if view else None


def test_nothing_is_taken_while_nobody_looks_on(driver: WatchedDriver, surface: Surface, views: LiveViews) -> None:
    """Not even once, and the surface is worked all the same."""
    driver.fill([])
    assert (surface.taken, surface.done, shown(views)) == (0, ["fill"], None)


def test_who_looks_on_sees_what_the_last_action_led_to(
    driver: WatchedDriver, surface: Surface, views: LiveViews
) -> None:
    """After each action; the moment is that of the last change."""
    views.want("granite", "BOT 1/..")
    driver.show(SCREEN)
    assert shown(views) == b"first"
    surface.shown = b"second"
    driver.fill([])
    assert shown(views) == b"second"


def test_a_frame_that_is_like_the_last_is_not_written(
    driver: WatchedDriver, surface: Surface, views: LiveViews
) -> None:
    """So that it is known since when nothing has changed."""
    views.want("granite", "BOT 1/..")
    driver.show(SCREEN)
    before = views.latest("granite", "BOT 1/..")
    (file,) = views.name("granite", "BOT 1/..").parent.glob("*.png")
    file.unlink()
    driver.fill([])
    assert surface.taken == 2
    assert before is not None
    assert shown(views) is None


def test_frames_end_when_nobody_looks_on_any_more(driver: WatchedDriver, surface: Surface, views: LiveViews) -> None:
    """It is enough to say it no more."""
    views.want("granite", "BOT 1/..")
    (wanted,) = views.name("granite", "BOT 1/..").parent.glob("*.wanted")
    old = time.time() - LONG_AGO
    os.utime(wanted, (old, old))
    driver.fill([])
    assert surface.taken == 0


def test_what_may_not_be_seen_is_not_shown(driver: WatchedDriver, surface: Surface, views: LiveViews) -> None:
    """Nor does it stop the work."""
    views.want("granite", "BOT 1/..")
    surface.refuses = True
    driver.fill([])
    assert (surface.done, shown(views)) == (["fill"], None)


def test_nothing_is_taken_while_an_order_is_sent(driver: WatchedDriver, surface: Surface, views: LiveViews) -> None:
    """What commits is not held up by who looks on."""
    views.want("granite", "BOT 1/..")
    driver.commit(SCREEN, lambda: True)
    assert (surface.taken, surface.done) == (0, ["commit"])


def test_nothing_is_left_of_a_seat_that_ended(driver: WatchedDriver, views: LiveViews) -> None:
    """Its last frame is gone with it."""
    views.want("granite", "BOT 1/..")
    driver.show(SCREEN)
    driver.close()
    assert shown(views) is None


def test_frames_are_not_taken_more_often_than_eyes_see(surface: Surface, views: LiveViews) -> None:
    """Twice a second at most."""
    views.want("granite", "BOT1")
    opened: Any = surface
    driver = WatchedDriver(opened, LiveFrames(views.name("granite", "BOT1")))
    for _ in range(20):
        driver.fill([])
    assert surface.taken <= 2


def test_no_name_of_a_user_leads_out_of_the_folder(views: LiveViews) -> None:
    """It is text from outside, as an ERP's name is."""
    names = {views.name("../x", user) for user in ("../../etc", "a", "A", "con", "")}
    assert len(names) == 5
    assert {name.parent for name in names} == {views.name("granite", "BOT1").parent}

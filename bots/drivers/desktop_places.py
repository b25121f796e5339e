"""Where on the display is a field? Where something changes when what it holds is selected."""

import time
from collections.abc import Callable
from dataclasses import dataclass

from PIL import Image, ImageChops

from bots.drivers.desktop_parts import Window
from bridge.ports import Rectangle

SECONDS_TO_DRAW = 0.25
SECONDS_IF_BUSY = 4 * SECONDS_TO_DRAW  # the same of a program that has much else to do
SECONDS_UNCHANGED = 0.1  # less than a caret takes to blink
POLL = 0.004


@dataclass(frozen=True)
class Place:
    """A rectangle in a window, as long as that has this size."""

    window: int
    size: tuple[int, int]
    left: int
    top: int
    width: int
    height: int

    @classmethod
    def inside(cls, window: Window, box: tuple[int, int, int, int]) -> "Place":
        """Of left, top, right and bottom in pixels of the window."""
        left, top, right, bottom = box
        return cls(window.id, (window.width, window.height), left, top, right - left, bottom - top)

    def in_window(self) -> Rectangle:
        """Where it is in its window."""
        return Rectangle(self.left, self.top, self.width, self.height)

    def on_display(self, window: Window) -> Rectangle | None:
        """Where it is now; None where the window is another one, or has another size."""
        if not self.fits(window):
            return None
        return Rectangle(window.left + self.left, window.top + self.top, self.width, self.height)

    def fits(self, window: Window) -> bool:
        """Whether it is that window, and has its size."""
        return (window.id, (window.width, window.height)) == (self.window, self.size)


def changed(
    before: Image.Image, look: Callable[[], Image.Image], seconds: float = SECONDS_TO_DRAW
) -> tuple[int, int, int, int] | None:
    """The box of what changes, once it stands still; None where nothing changes in time."""
    end, last = time.monotonic() + seconds, None
    while time.monotonic() < end:
        box = ImageChops.difference(before, look()).getbbox()
        if box is not None and box == last:
            return box
        last = box
        time.sleep(POLL)
    return last


def still(look: Callable[[], Image.Image]) -> Image.Image:
    """What is to be seen once nothing has changed for a moment, or after all the time that drawing may take."""
    end, seen, since = time.monotonic() + SECONDS_IF_BUSY, look(), time.monotonic()
    while time.monotonic() < min(end, since + SECONDS_UNCHANGED):
        time.sleep(POLL)
        now = look()
        if ImageChops.difference(seen, now).getbbox() is not None:
            seen, since = now, time.monotonic()
    return seen

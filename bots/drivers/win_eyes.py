"""What does the display of this Windows session show now?"""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from PIL import Image

from bots.drivers.desktop_parts import Window


class Camera(Protocol):
    """What is used of mss.MSS: the first of its monitors is all of them together."""

    @property
    def monitors(self) -> Sequence[Mapping[str, int]]:
        """Each with left, top, width and height; left and top are below 0 where a monitor stands left or above."""
        ...

    def grab(self, monitor: dict[str, int], /) -> Any:
        """A picture of that part, with `size` and `bgra`."""
        ...

    def close(self) -> None:
        """Look no more."""
        ...


class Eyes:
    """Looks at the session's display, without a file in between."""

    def __init__(self, camera: Camera) -> None:
        self._camera = camera

    def grab(self, window: Window | None = None) -> Image.Image:
        """The display as it is now, or where that window is, in RGB; what lies outside of the display is left out."""
        whole = dict(self._camera.monitors[0])
        shot = self._camera.grab(whole if window is None else _inside(window, whole))
        return Image.frombytes("RGB", shot.size, shot.bgra, "raw", "BGRX")

    def close(self) -> None:
        """Look no more."""
        self._camera.close()


def _inside(window: Window, whole: Mapping[str, int]) -> dict[str, int]:
    """The part of the window that is on the display; one pixel of it at least."""
    right, bottom = whole["left"] + whole["width"], whole["top"] + whole["height"]
    left = min(max(window.left, whole["left"]), right - 1)
    top = min(max(window.top, whole["top"]), bottom - 1)
    width = max(min(window.left + window.width, right) - left, 1)
    height = max(min(window.top + window.height, bottom) - top, 1)
    return {"left": left, "top": top, "width": width, "height": height}

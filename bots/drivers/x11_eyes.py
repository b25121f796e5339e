"""What does this display show now?"""

import mss
from PIL import Image

from bots.drivers.desktop_parts import Window


class Eyes:
    """Looks at one display, without a file in between."""

    def __init__(self, name: str) -> None:
        """Connects to the display of that name."""
        self._screen = mss.MSS(display=name)

    def grab(self, window: Window | None = None) -> Image.Image:
        """The display as it is now, or where that window is, in RGB; what lies outside of the display is left out."""
        whole = self._screen.monitors[0]
        shot = self._screen.grab(whole if window is None else _inside(window, whole["width"], whole["height"]))
        return Image.frombytes("RGB", shot.size, shot.bgra, "raw", "BGRX")

    def close(self) -> None:
        """Leave the display."""
        self._screen.close()


def _inside(window: Window, width: int, height: int) -> dict[str, int]:
    left, top = (min(max(at, 0), most - 1) for at, most in ((window.left, width), (window.top, height)))
    right, bottom = min(window.left + window.width, width), min(window.top + window.height, height)
    return {"left": left, "top": top, "width": max(right - left, 1), "height": max(bottom - top, 1)}

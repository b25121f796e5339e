"""What does this display show now?"""

import mss
from PIL import Image


class Eyes:
    """Looks at one display, without a file in between."""

    def __init__(self, name: str) -> None:
        """Connects to the display of that name."""
        self._screen = mss.MSS(display=name)

    def grab(self) -> Image.Image:
        """The whole display as it is now, in RGB."""
        shot = self._screen.grab(self._screen.monitors[0])
        return Image.frombytes("RGB", shot.size, shot.bgra, "raw", "BGRX")

    def close(self) -> None:
        """Leave the display."""
        self._screen.close()

"""Where in a window does a small picture stand? For what has neither a name, nor a key, nor a label."""

from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from bots.drivers.desktop_parts import Window
from bots.drivers.desktop_sights import Blind, Spots
from bridge.model.profiles import Locator
from bridge.ports import Rectangle

ALIKE = 0.95  # correlation; drawn with another font, theme or scale it is another picture


class Images(Blind):
    """Finds the pictures of one folder, each at every place where the window shows something very like it."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._known: dict[str, Any] = {}

    def spots(self, window: Window, picture: Image.Image, locator: Locator) -> Spots | None:  # noqa: ARG002 - the port's
        """See Sight; raises OSError where the picture that is looked for cannot be read."""
        import cv2  # late: it takes 60 MB

        wanted, shown = self._wanted(locator.value), np.asarray(picture.convert("L"))
        high, wide = wanted.shape
        if shown.shape[0] < high or shown.shape[1] < wide:
            return []
        likeness = cv2.matchTemplate(shown, wanted, cv2.TM_CCOEFF_NORMED)
        found: list[Rectangle] = []
        while True:
            _, best, _, (left, top) = cv2.minMaxLoc(likeness)
            if not best >= ALIKE:
                return found
            found.append(Rectangle(left, top, wide, high))
            likeness[max(top - high + 1, 0) : top + high, max(left - wide + 1, 0) : left + wide] = -1.0

    def _wanted(self, name: str) -> Any:
        if name not in self._known:
            with Image.open(self._folder / name) as picture:
                self._known[name] = np.asarray(picture.convert("L"))
        return self._known[name]

"""What do scripts write down of a form when they are recorded, and where does that lead them later?"""

from collections.abc import Mapping
from dataclasses import dataclass
from importlib import import_module

from PIL import Image

from bots.drivers.desktop_labels import Labels
from bots.drivers.desktop_locating import aimed
from bots.drivers.desktop_parts import Window
from bridge.model.profiles import Target
from bridge.ports import Rectangle

THRESHOLD = 0.9
BEFORE, LABEL = 4, 90  # pixels around a picture that is cut; those left of a field show its label
Point = tuple[int, int]
Places = Mapping[str, Rectangle]


def centre(place: Rectangle) -> Point:
    """Its middle."""
    return place.left + place.width // 2, place.top + place.height // 2


def holds(place: Rectangle | None, point: Point) -> bool:
    """Whether a click there goes into the place."""
    if place is None:
        return False
    return 0 <= point[0] - place.left < place.width and 0 <= point[1] - place.top < place.height


@dataclass(frozen=True)
class Recording:
    """A form as it was seen once: the display, its window and where everything was, in pixels of the display."""

    display: Image.Image
    window: Window
    places: Places
    buttons: frozenset[str]

    def absolute(self, name: str) -> Point:
        """Where it was."""
        return centre(self.places[name])

    def relative(self, name: str, window: Window) -> Point:
        """Where it would be if it were where it was in the window."""
        left, top = centre(self.places[name])
        return left - self.window.left + window.left, top - self.window.top + window.top

    def seen(self, name: str, display: Image.Image) -> Point | None:
        """Where what was cut out looks as it did: the first place that pyautogui's `locate` takes; None without any."""
        pyscreeze, box = import_module("pyscreeze"), self._box(name)
        try:
            found = pyscreeze.locate(self.display.crop(box), display, confidence=THRESHOLD)
        except (pyscreeze.ImageNotFoundException, ValueError):  # the latter where a picture is larger than the display
            return None
        if found is None:
            return None
        left, top = centre(self.places[name])
        return int(found.left) + left - box[0], int(found.top) + top - box[1]

    def _box(self, name: str) -> tuple[int, int, int, int]:
        """A button, or a field with its label."""
        place = self.places[name]
        left = place.left - (BEFORE if name in self.buttons else LABEL)
        right, bottom = place.left + place.width + BEFORE, place.top + place.height + BEFORE
        return max(left, self.window.left), place.top - BEFORE, right, bottom


def labelled(labels: Labels, picture: Image.Image, window: Window, target: Target | None) -> Point | None:
    """Where a click goes by the first label that is read once; None without any, or where one is there twice."""
    for locator in target.locators if target else ():
        spots = labels.spots(window, picture, aimed(target, locator)) if target and locator.strategy == "label" else ()
        if len(spots or ()) == 1:
            left, top = centre((spots or ())[0])
            return window.left + left, window.top + top
    return None

"""Where do the labels of a window stand, and where the field of each? As read from the picture of the window."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from PIL import Image, ImageChops

from bots.drivers.desktop_parts import Window
from bots.drivers.desktop_sights import Blind, Sight, Sights, Spots
from bots.drivers.ocr_readings import Reading, can_read, read_picture
from bridge.model.profiles import ErpProfile, Locator
from bridge.ports import Rectangle

MARKS = " :：*.…"
KEPT = 12  # layouts of windows, the oldest goes first


@dataclass(frozen=True)
class Label:
    """A label that was read, and what it looked like."""

    text: str
    box: Rectangle
    look: Image.Image

    def is_on(self, picture: Image.Image) -> bool:
        """Whether the picture still shows it there."""
        return ImageChops.difference(self.look, picture.crop(_corners(self.box))).getbbox() is None


class Labels(Blind):
    """Reads the labels that are asked for, once for each look of a window: as long as all of them stay there."""

    def __init__(self, wanted: Iterable[str], read: Callable[[Image.Image], Sequence[Reading]] = read_picture) -> None:
        self._wanted = sorted({text for text in wanted if text}, key=len, reverse=True)
        self._read = read
        self._known: list[tuple[tuple[int, int], tuple[Label, ...]]] = []

    def spots(self, window: Window, picture: Image.Image, locator: Locator) -> Spots | None:  # noqa: ARG002 - the port's
        """Where the field of each such label is, as far as its nearest edge: beside it, or on the side that is said."""
        side = locator.side if locator.strategy == "near" else "right"
        return [_beside(label.box, side) for label in self.of(picture) if label.text == locator.value]

    def contradicts(self, picture: Image.Image, locators: Sequence[Locator], place: Rectangle) -> bool:
        """Whether labels say that this place is not that target's: they are there, and the place is not beside them."""
        named = [each for each in locators if each.strategy in ("label", "near")]
        labels = self.of(picture) if named else ()
        found = [(label, each) for each in named for label in labels if label.text == each.value]
        return bool(found) and not any(_belongs(label, each, place, labels) for label, each in found)

    def of(self, picture: Image.Image) -> tuple[Label, ...]:
        """The labels on the picture of a window."""
        for size, labels in self._known:
            if size == picture.size and all(label.is_on(picture) for label in labels):
                return labels
        labels = tuple(self._found(picture))
        self._known = [(picture.size, labels), *self._known][:KEPT] if labels else self._known
        return labels

    def _found(self, picture: Image.Image) -> Iterable[Label]:
        for reading in self._read(picture):
            text = next((each for each in self._wanted if _begins(reading.text, each)), None)
            if text is not None:
                box = _part(reading, text)
                yield Label(text, box, picture.crop(_corners(box)))


def _begins(read: str, label: str) -> bool:
    """Whether the text is that label, alone or with what stands in its field behind it."""
    bare, wanted = read.replace(" ", ""), label.replace(" ", "")
    rest = bare[len(wanted) :]
    behind = read[len(label) : len(label) + 1]
    return bare.startswith(wanted) and (not rest.strip(MARKS) or behind in (" ", *MARKS))


def _part(reading: Reading, label: str) -> Rectangle:
    """Of a text that holds more than the label, the part that is the label's."""
    share = _wide(label) / max(_wide(reading.text.rstrip(MARKS)), 1)
    width = round(reading.width * min(share, 1.0))
    return Rectangle(reading.left, reading.top, width, reading.height)


def _wide(text: str) -> int:
    return sum(1 if each.isascii() else 2 for each in text)


def _beside(box: Rectangle, side: str) -> Rectangle:
    """A small place in the field, off the label by a bit more than the height of its text."""
    off = round(box.height * 1.1)
    left, top = {
        "right": (box.left + box.width + off, box.top),
        "left": (box.left - 2 * off, box.top),
        "below": (box.left + off // 2, box.top + off),
        "above": (box.left + off // 2, box.top - off),
    }[side]
    return Rectangle(left, top, max(box.height // 2, 1), box.height)


def _belongs(label: Label, locator: Locator, place: Rectangle, labels: Sequence[Label]) -> bool:
    """Whether the place is on that side of the label, with no other label in between."""
    side = locator.side if locator.strategy == "near" else "right"
    if not _is_on_side(label.box, place, side):
        return False
    far = _distance(label.box, place, side)
    others = (each for each in labels if each is not label and _is_on_side(each.box, place, side))
    return all(_distance(each.box, place, side) >= far for each in others)


def _is_on_side(box: Rectangle, place: Rectangle, side: str) -> bool:
    if side in ("right", "left"):
        middle = place.top + place.height / 2
        level = box.top - box.height / 2 <= middle <= box.top + 1.5 * box.height
        return level and _distance(box, place, side) > -box.height
    overlap = min(box.left + box.width, place.left + place.width) - max(box.left, place.left)
    return overlap > 0 and _distance(box, place, side) > -box.height


def _distance(box: Rectangle, place: Rectangle, side: str) -> int:
    return {
        "right": place.left - (box.left + box.width),
        "left": box.left - (place.left + place.width),
        "below": place.top - (box.top + box.height),
        "above": box.top - (place.top + place.height),
    }[side]


def _corners(box: Rectangle) -> tuple[int, int, int, int]:
    return box.left, box.top, box.left + box.width, box.top + box.height


def wanted_labels(locators: Iterable[Locator]) -> set[str]:
    """The labels that these locators name."""
    return {each.value for each in locators if each.strategy in ("label", "near")}


def seeing(profile: ErpProfile, told: Sight) -> Sight:
    """What programs say themselves, and labels where the profile names any and the packages are here that read them."""
    if not {"label", "near"} & profile.strategies or not can_read():
        return told
    targets = [target for screen in profile.screens.values() for target in screen.targets.values()]
    labels = Labels(wanted_labels(locator for target in targets for locator in target.locators))
    return Sights({"accessible": told, "label": labels, "near": labels})

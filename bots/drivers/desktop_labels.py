"""Where do the labels of a window stand, and where the field of each? As read from the picture of the window."""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from PIL import Image, ImageChops

from bots.drivers.desktop_images import Images
from bots.drivers.desktop_parts import Window
from bots.drivers.desktop_sights import Blind, Sight, Sights, Spots
from bots.drivers.ocr_readings import Reading, can_read, read_picture
from bridge.errors import InvalidConfig
from bridge.locale import Phrase, fault
from bridge.model.profiles import ErpProfile, Locator
from bridge.ports import Rectangle

MARKS = " :：*.…"
KEY = re.compile(r"\s*[(（][A-Za-z0-9][)）]")  # "客户(C)": the access key of a label that does not hold its letter
READ = ("label", "near")  # the strategies that look for a text
SEEN = {*READ, "image"}  # and those that need packages which look at pictures
KEPT = 12  # layouts of windows, the oldest goes first
READINGS = 2  # of one look at most


@dataclass(frozen=True)
class Label:
    """A label that was read, and what it looked like."""

    text: str
    box: Rectangle
    look: Image.Image

    def is_on(self, picture: Image.Image) -> bool:
        """Whether the picture still shows it there."""
        return ImageChops.difference(self.look, picture.crop(_corners(self.box))).getbbox() is None


@dataclass(frozen=True)
class Look:
    """One look of a window: its labels, where any text was read, and how often it was read."""

    size: tuple[int, int]
    labels: tuple[Label, ...]
    texts: tuple[Rectangle, ...]
    times: int = 1

    def is_of(self, picture: Image.Image) -> bool:
        """Whether the picture still shows every label where it was."""
        return self.size == picture.size and all(label.is_on(picture) for label in self.labels)

    def lacks(self, texts: set[str]) -> bool:
        """Whether none of these was read, which one more look may find: it may have been drawn since."""
        return self.times < READINGS and texts.isdisjoint(label.text for label in self.labels)


class Labels(Blind):
    """Reads the labels that are asked for, once for each look of a window: as long as all of them stay there."""

    def __init__(self, wanted: Iterable[str], read: Callable[[Image.Image], Sequence[Reading]] = read_picture) -> None:
        self._wanted = sorted({text for text in wanted if text}, key=len, reverse=True)
        self._read = read
        self._known: list[Look] = []

    def spots(self, window: Window, picture: Image.Image, locator: Locator) -> Spots | None:  # noqa: ARG002 - the port's
        """Where the field of each such label is, as far as its nearest edge: beside it, or on the side that is said.

        The side "on" is that of a button: the label itself.
        """
        side = locator.side if locator.strategy == "near" or locator.side == "on" else "right"
        labels = self._look(picture, {locator.value}).labels
        return [_beside(label.box, side) for label in labels if label.text == locator.value]

    def contradicts(
        self, picture: Image.Image, target: Sequence[Locator], others: Sequence[Locator], place: Rectangle | None
    ) -> bool:
        """Whether the place is not beside the target's labels although one is there, or beside one of the others'.

        A place that nobody saw is contradicted by every label.
        """
        texts = wanted_labels(target)
        if not texts or place is None:
            return bool(texts)
        look = self._look(picture, texts)
        labels = [label.box for label in look.labels]
        own = list(_owners(look.labels, target, place, labels))
        return not any(own) if own else any(_owners(look.labels, others, place, look.texts))

    def of(self, picture: Image.Image) -> tuple[Label, ...]:
        """The labels on the picture of a window."""
        return self._look(picture, set(self._wanted)).labels

    def _look(self, picture: Image.Image, texts: set[str]) -> Look:
        known = next((look for look in self._known if look.is_of(picture)), None)
        if known is not None and not known.lacks(texts):
            return known
        look = self._read_anew(picture, known.times if known else 0)
        others = [each for each in self._known if each is not known]
        self._known = [look, *others][:KEPT] if look.labels else others
        return look

    def _read_anew(self, picture: Image.Image, times: int) -> Look:
        read = self._read(picture)
        texts = (Rectangle(each.left, each.top, each.width, each.height) for each in read)
        return Look(picture.size, tuple(self._found(picture, read)), tuple(texts), times + 1)

    def _found(self, picture: Image.Image, read: Sequence[Reading]) -> Iterable[Label]:
        for reading in read:
            text = next((each for each in self._wanted if _shown(reading.text, each)), None)
            if text is not None:
                box = _part(reading, _shown(reading.text, text) or text)
                yield Label(text, box, picture.crop(_corners(box)))


def _shown(read: str, label: str) -> str | None:
    """How the label is shown by a text that is it, alone or with what stands in its field behind it; None by others."""
    blanks = r"\s*".join(re.escape(each) for each in label if not each.isspace())
    found = re.match(blanks, read)
    if found is None:
        return None
    key = KEY.match(read, found.end())
    end = key.end() if key else found.end()
    rest = read[end:]
    return read[:end] if not rest.strip(MARKS) or rest[0] in MARKS else None


def _part(reading: Reading, shown: str) -> Rectangle:
    """Of a text that holds more than the label, the part that is the label's."""
    share = _wide(shown) / max(_wide(reading.text.rstrip(MARKS)), 1)
    width = round(reading.width * min(share, 1.0))
    return Rectangle(reading.left, reading.top, width, reading.height)


def _wide(text: str) -> int:
    return sum(1 if each.isascii() else 2 for each in text)


def _beside(box: Rectangle, side: str) -> Rectangle:
    """A small place in the field, off the label by a bit more than the height of its text; "on" it is the label."""
    if side == "on":
        return box
    off = round(box.height * 1.1)
    left, top = {
        "right": (box.left + box.width + off, box.top),
        "left": (box.left - 2 * off, box.top),
        "below": (box.left + off // 2, box.top + off),
        "above": (box.left + off // 2, box.top - off),
    }[side]
    return Rectangle(left, top, max(box.height // 2, 1), box.height)


def _belongs(label: Rectangle, locator: Locator, place: Rectangle, texts: Sequence[Rectangle]) -> bool:
    """Whether the place is on that side of the label, with no other of the texts in between."""
    side = locator.side if locator.strategy == "near" else "right"
    if not _is_on_side(label, place, side):
        return False
    far = _distance(label, place, side)
    between = (_distance(each, place, side) for each in texts if each != label and _is_on_side(each, place, side))
    return all(each >= far or each < 0 for each in between)


def _owners(
    labels: Sequence[Label], locators: Sequence[Locator], place: Rectangle, texts: Sequence[Rectangle]
) -> Iterator[bool]:
    """Of every label there is that these name: whether the place is its own, as far as no such text is in between."""
    named = [each for each in locators if each.strategy in READ]
    return (_belongs(label.box, each, place, texts) for each in named for label in labels if label.text == each.value)


def _is_on_side(box: Rectangle, place: Rectangle, side: str) -> bool:
    if side in ("right", "left"):
        middle = place.top + place.height / 2  # no more than the box: the next line begins where it ends
        return box.top <= middle <= box.top + box.height and _distance(box, place, side) > -box.height
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
    return {each.value for each in locators if each.strategy in READ}


def require_readable(profile: ErpProfile, *, labels: bool, readable: Callable[[], bool] = can_read) -> None:
    """Raises InvalidConfig where the profile names labels, they are wanted, and nothing here reads them.

    Without them an update that swaps the keys of two fields would be read back as it was typed.
    """
    if labels and SEEN & profile.strategies and not readable():
        what = Phrase(
            "texts on pictures cannot be read here, so an update that gives a field other keys would not be noticed: "
            "install {packages}, or write labels = false",
            packages="erpbridge[ocr]",
        )
        raise InvalidConfig.of([fault(f"erps.{profile.name}.desktop.labels", what)])


def seeing(profile: ErpProfile, told: Sight, *, labels: bool = True) -> Sight:
    """What programs say themselves; labels and pictures where the profile names any and they are wanted."""
    if not labels or not SEEN & profile.strategies:
        return told
    targets = [target for screen in profile.screens.values() for target in screen.targets.values()]
    read = Labels(wanted_labels(locator for target in targets for locator in target.locators))
    images = Images(profile.folder / "images") if profile.folder else Blind()
    return Sights({"accessible": told, "label": read, "near": read, "image": images})

"""What may be kept of what a desktop shows? The ERP's window and what stands before it, without its secrets."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from io import BytesIO

from PIL import Image, ImageDraw

from bots.drivers.desktop_locating import Finder
from bots.drivers.desktop_parts import Desktop, Window
from bots.drivers.desktop_watches import titled
from bots.drivers.masks import PAINT, masked
from bridge.errors import CaptureRefused
from bridge.locale import Phrase
from bridge.model.pictures import PictureFormat
from bridge.model.profiles import ErpProfile, Screen, Target
from bridge.ports import Picture, Rectangle

Box = tuple[int, int, int, int]


class Views:
    """Takes pictures of one desktop."""

    def __init__(self, profile: ErpProfile, desktop: Desktop, finder: Finder) -> None:
        self.profile, self.desktop, self.finder = profile, desktop, finder

    def capture(self, screen: Screen | None, front: Window | None, step: str, encoding: PictureFormat) -> Picture:
        """The window and all that stands before it; raises CaptureRefused where a secret of it has no known place.

        Windows of other screens that hide something are painted over wherever they are seen.
        """
        name = screen.name if screen else "unknown"
        windows = list(self._in_order())
        shown = [window for window in windows if self._may_be_seen(window, front)]
        if not shown:
            raise CaptureRefused(screen=name, why=Phrase("no window of it is open"))
        hidden = dict(self._hidden(screen, front))
        display = self.desktop.eyes.grab()
        self._veil(display, windows, {window.id for window in shown})
        box = _around(shown, display.size)
        content = BytesIO()
        display.crop(box).save(content, "BMP")
        rectangles = [_moved(each, box) for places in hidden.values() for each in places]
        return Picture(
            step=step,
            screen=name,
            taken_at=datetime.now(UTC),
            develop=lambda: masked(content.getvalue(), rectangles, encoding=encoding, screen=name),
            format=encoding,
            width=box[2] - box[0],
            height=box[3] - box[1],
            targets=dict(self._targets(screen, front, box)),
            masked=tuple(sorted(hidden)),
        )

    def _in_order(self) -> Iterator[Window]:
        """The windows that are to be seen, the lowest first."""
        by_id = {window.id: window for window in self.desktop.windows.all() if not window.is_hidden}
        return (by_id[number] for number in self.desktop.windows.stacked() if number in by_id)

    def _may_be_seen(self, window: Window, front: Window | None) -> bool:
        """The front window, and what no screen knows; where nobody knows what is in front, all that hides nothing."""
        if front is not None and window.id == front.id:
            return True
        return not self._hides(window) if front is None else not self._is_known(window)

    def _is_known(self, window: Window) -> bool:
        screens = self.profile.screens.values()
        return any(titled(window, screen.anchor) for screen in screens) and not titled(window, self.profile.errors)

    def _veil(self, display: Image.Image, windows: list[Window], shown: set[int]) -> None:
        """Paint over what other windows hide, but not over what stands before those."""
        veil = Image.new("L", display.size, 0)
        brush = ImageDraw.Draw(veil)
        for window in windows:
            secret = window.id not in shown and self._hides(window)
            brush.rectangle(_corners(window), fill=255 if secret else 0)
        display.paste(PAINT, mask=veil)

    def _hides(self, window: Window) -> bool:
        screens = (screen for screen in self.profile.screens.values() if titled(window, screen.anchor))
        return any(True for screen in screens for _ in _secrets(screen))

    def _hidden(self, screen: Screen | None, front: Window | None) -> Iterator[tuple[str, list[Rectangle]]]:
        """The places of the screen's secrets; a secret that nobody has found yet has none."""
        for target_name in _secrets(screen) if screen else ():
            places = self._places(target_name, front)
            if not places or (front is not None and (front.id, target_name.split(".")[0]) in self.finder.unread):
                why = Phrase("{name} must be hidden and cannot be located", name=target_name)
                raise CaptureRefused(screen=screen.name if screen else "", why=why)
            yield target_name, places

    def _places(self, name: str, front: Window | None) -> list[Rectangle]:
        if front is None:
            return []
        found = (place.on_display(front) for place in self.finder.places.get((front.id, name), ()))
        return [each for each in found if each is not None]

    def _targets(self, screen: Screen | None, front: Window | None, box: Box) -> Iterator[tuple[str, Rectangle]]:
        for name in screen.targets if screen else ():
            for place in self._places(name, front)[:1]:
                yield name, _moved(place, box)


def _secrets(screen: Screen) -> Iterator[str]:
    """The names of what may not be seen of a screen."""
    yield from (target.name for target in screen.targets.values() if _is_secret(target))
    for grid in screen.grids.values():
        yield from (f"{grid.name}.{column.name}" for column in grid.columns if _is_secret(column))


def _is_secret(target: Target) -> bool:
    return target.secret or target.mask


def _corners(window: Window) -> Box:
    return window.left, window.top, window.left + window.width - 1, window.top + window.height - 1


def _around(windows: Iterable[Window], size: tuple[int, int]) -> Box:
    """The box that holds all of them, as far as the display goes."""
    boxes = [_corners(window) for window in windows]
    left, top = (max(0, min(box[side] for box in boxes)) for side in (0, 1))
    right, bottom = (min(size[side - 2], max(box[side] for box in boxes) + 1) for side in (2, 3))
    return left, top, max(right, left + 1), max(bottom, top + 1)


def _moved(place: Rectangle, box: Box) -> Rectangle:
    return Rectangle(place.left - box[0], place.top - box[1], place.width, place.height)

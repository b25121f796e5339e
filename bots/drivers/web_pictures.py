"""What does the browser show, with every secret painted over before the picture leaves this process?"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from playwright.sync_api import Error, Frame, Page

from bots.drivers.masks import covering, masked, size_of
from bots.drivers.web_asking import ask
from bots.drivers.web_views import Box, Place, Survey, is_hidden, survey
from bridge.errors import CaptureRefused
from bridge.locale import Phrase
from bridge.model.pictures import PictureFormat
from bridge.model.profiles import ErpProfile, Screen
from bridge.ports import Picture, Rectangle

Shown = tuple[Screen, Frame]
TRIES = 5
PAUSE = 50


@dataclass(frozen=True)
class Drawn:
    """Places in pixels of a picture."""

    targets: dict[str, Rectangle]
    hidden: dict[str, Rectangle]


@dataclass
class Places:
    """Where things stand in a window: the targets of its screen, and whatever must be painted over.

    `silent` are frames that did not answer: what they hide is not known; `veiled` are those that show what is hidden.
    """

    targets: dict[str, Place] = field(default_factory=dict)
    hidden: dict[str, Place] = field(default_factory=dict)
    silent: list[str] = field(default_factory=list)
    veiled: list[Frame] = field(default_factory=list, compare=False)

    def scaled(self, scale: float) -> Drawn:
        """The places on a picture that has so many pixels for one unit of the window."""
        pixels = ({name: covering(*at, scale) for name, at in some.items()} for some in (self.targets, self.hidden))
        return Drawn(*pixels)


def capture(page: Page, shown: Shown | None, step: str, profile: ErpProfile, encoding: PictureFormat) -> Picture:
    """The window as a picture; raises CaptureRefused where a secret of the shown screen cannot be located.

    The places are looked up before and after the shot: a secret that moved while it was taken would be missed. A busy
    browser's shot may be one frame old, so one that has something to hide is let draw in between.
    """
    name = shown[0].name if shown else "unknown"
    try:
        before = places_in(page, shown, profile)
        for _ in range(TRIES):
            if before.hidden or _masks(profile):
                _let_draw({page.main_frame, *before.veiled})
            content = page.screenshot(type="png", animations="disabled", caret="initial")
            after = places_in(page, shown, profile)
            if after == before and not after.silent:
                scale = size_of(content)[0] / page.viewport_size["width"] if page.viewport_size else 1.0
                return picture_of(content, after.scaled(scale), name, step, encoding)
            before = after
            page.wait_for_timeout(PAUSE)
    except Error as error:
        raise CaptureRefused(screen=name, why=error.message.splitlines()[0]) from None
    raise CaptureRefused(screen=name, why=Phrase("it does not stand still or does not answer"))


def _masks(profile: ErpProfile) -> bool:
    """Whether what was shown a moment ago, and is gone by now, may have been a secret of the screens worked in."""
    screens = profile.screens.values()
    targets = (target for screen in screens for target in screen.targets.values())
    columns = (column for screen in screens for grid in screen.grids.values() for column in grid.columns)
    return any(target.mask for target in (*targets, *columns))


def _let_draw(frames: Iterable[Frame]) -> None:
    """A frame draws with the one it stands in, unless it is another site's."""
    for frame in frames:
        ask(frame, "drawn")


def places_in(page: Page, shown: Shown | None, profile: ErpProfile) -> Places:
    """All places of the window; what other screens would hide is hidden as well, in any frame it is found in."""
    places = Places()
    for number, frame in enumerate(page.frames):
        screens = [(screen, shown == (screen, frame)) for screen in profile.screens.values()]
        try:
            found = survey(frame, screens)
        except Error:
            continue  # the frame is gone
        if found is not None:
            known = len(places.hidden)
            _note(places, found, screens, number)
            places.veiled += [frame] if len(places.hidden) > known else []
        elif not frame.url.startswith("chrome-error:"):
            places.silent.append(frame.url)
    return places


def _note(places: Places, found: Survey, screens: Sequence[tuple[Screen, bool]], number: int) -> None:
    for count, password in enumerate(found.passwords):
        _add(places.hidden, f"password.{number}.{count}", found.view.place(password))
    for (screen, is_shown), targets, cells in zip(screens, found.targets, found.cells, strict=True):
        secrets: list[tuple[str, Box | None]] = [
            *((name, box) for name, box in targets.items() if is_hidden(screen.targets[name])),
            *cells,
        ]
        for name, box in secrets:
            if box is None and is_shown:
                why = Phrase("{name} must be hidden and cannot be located", name=name)
                raise CaptureRefused(screen=screen.name, why=why)
            called = name if is_shown else f"{screen.name}.{name}.{number}"
            _add(places.hidden, called, found.view.place(box) if box else None)
        for name, box in targets.items() if is_shown else ():
            _add(places.targets, name, found.view.place(box) if box else None)


def _add(places: dict[str, Place], name: str, place: Place | None) -> None:
    if place is not None:
        places[name] = place


def picture_of(content: bytes, places: "Drawn", screen: str, step: str, encoding: PictureFormat) -> Picture:
    """The capture as it may be kept."""
    width, height = size_of(content)
    return Picture(
        step=step,
        screen=screen,
        taken_at=datetime.now(UTC),
        develop=lambda: masked(content, places.hidden.values(), encoding=encoding, screen=screen),
        format=encoding,
        width=width,
        height=height,
        targets={name: place for name, place in places.targets.items() if _touches(place, width, height)},
        masked=tuple(sorted(places.hidden)),
    )


def _touches(place: Rectangle, width: int, height: int) -> bool:
    across = place.left < width and place.left + place.width > 0
    return across and place.top < height and place.top + place.height > 0

"""What does the browser show, with every secret painted over before the picture leaves this process?"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal

from playwright.sync_api import Error, Frame, Page

from bots.drivers.masks import masked, size_of
from bridge.errors import CaptureRefused
from bridge.model.profiles import ErpProfile, Screen, Target
from bridge.ports import Picture, Rectangle

Encoding = Literal["webp", "png"]


@dataclass(frozen=True)
class Shown:
    """What a window shows: its page, and the screen and frame where they are known."""

    page: Page
    screen: Screen | None
    frame: Frame | None


def capture(shown: Shown, step: str, profile: ErpProfile, picture_format: Encoding) -> Picture:
    """The window as a picture; raises CaptureRefused where a secret of the shown screen cannot be located."""
    page, screen, frame = shown.page, shown.screen, shown.frame
    name = screen.name if screen else "unknown"
    try:
        places = _places(screen, frame, profile) if screen and frame else {}
        hidden = {key: place for key, place in places.items() if _is_hidden(key, screen)} | _password_boxes(page)
        if screen is None:
            hidden |= _masks_of_all_screens(page, profile)
        content = page.screenshot(type="png", animations="disabled", caret="initial")
    except Error as error:
        raise CaptureRefused(screen=name, why=error.message.splitlines()[0]) from None
    image = masked(content, hidden.values(), encoding=picture_format, screen=name)
    width, height = size_of(image)
    return Picture(
        step=step,
        screen=name,
        taken_at=datetime.now(UTC),
        content=image,
        format=picture_format,
        width=width,
        height=height,
        targets=places,
        masked=tuple(sorted(hidden)),
    )


def _places(screen: Screen, frame: Frame, profile: ErpProfile) -> dict[str, Rectangle]:
    """Where each target stands on the picture; a secret one that cannot be found forbids the picture."""
    found = _hits(frame, screen.targets)
    left, top = _offset(frame)
    for name, target in screen.targets.items():
        if (target.secret or target.mask) and found[name]["box"] is None:
            raise CaptureRefused(screen=screen.name, why=f"{name} must be hidden and cannot be located")
    places = {name: _rectangle(hit["box"], left, top) for name, hit in found.items() if hit["box"]}
    for grid in screen.grids.values():
        names = [column.name for column in grid.columns if column.secret or column.mask]
        asked = {"row": _plain(grid.row), "columns": [_column(column) for column in grid.columns]}
        for cell in frame.evaluate("([grid, names]) => window.__erpbridge.cellBoxes(grid, names)", [asked, names]):
            if cell["box"] is None:
                raise CaptureRefused(screen=profile.name, why=f"{cell['name']} must be hidden and cannot be located")
            places[f"{grid.name}.{cell['name']}"] = _rectangle(cell["box"], left, top)
    return places


def _is_hidden(key: str, screen: Screen | None) -> bool:
    if screen is None:
        return False
    target = screen.targets.get(key)
    return "#" in key or (target is not None and (target.secret or target.mask))


def _password_boxes(page: Page) -> dict[str, Rectangle]:
    """Every password box in sight, whether a profile names it or not."""
    boxes: dict[str, Rectangle] = {}
    for frame in page.frames:
        found = _tried(frame, "() => window.__erpbridge ? window.__erpbridge.passwordBoxes() : []", None)
        if found:
            left, top = _offset(frame)
            boxes |= {f"password.{len(boxes) + n}": _rectangle(box, left, top) for n, box in enumerate(found)}
    return boxes


def _masks_of_all_screens(page: Page, profile: ErpProfile) -> dict[str, Rectangle]:
    """On a screen nobody knows: whatever any screen of the profile would hide, where it is found."""
    targets = {
        f"{screen.name}.{name}": target
        for screen in profile.screens.values()
        for name, target in screen.targets.items()
        if target.secret or target.mask
    }
    boxes: dict[str, Rectangle] = {}
    for number, frame in enumerate(page.frames):
        left, top = _offset(frame)
        for name, hit in _hits(frame, targets).items():
            if hit["box"]:
                boxes[f"{name}.{number}"] = _rectangle(hit["box"], left, top)
    return boxes


def _hits(frame: Frame, targets: Mapping[str, Target]) -> dict[str, Any]:
    asked = {name: _plain(target.locators) for name, target in targets.items()}
    found = _tried(frame, "(asked) => window.__erpbridge ? window.__erpbridge.hits(asked) : null", asked)
    return found or {name: {"box": None} for name in targets}


def _tried(frame: Frame, script: str, argument: Any) -> Any:
    try:
        return frame.evaluate(script, argument)
    except Error:
        return None


def _offset(frame: Frame) -> tuple[float, float]:
    if frame.parent_frame is None:
        return 0.0, 0.0
    box = frame.frame_element().bounding_box()
    return (box["x"], box["y"]) if box else (0.0, 0.0)


def _rectangle(box: Mapping[str, float], left: float, top: float) -> Rectangle:
    return Rectangle(round(box["left"] + left), round(box["top"] + top), round(box["width"]), round(box["height"]))


def _plain(locators: Any) -> list[dict[str, str]]:
    return [{"strategy": x.strategy, "value": x.value, "name": x.name, "side": x.side} for x in locators]


def _column(column: Target) -> dict[str, Any]:
    return {"name": column.name, "locators": _plain(column.locators)}

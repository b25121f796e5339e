"""Which screen is this? Looked for in every frame and pop-up, by what they contain."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from playwright.sync_api import Error, Frame

from bots.drivers.web_asking import ask, plain, plain_grid, plain_targets
from bridge.errors import BridgeError, ErpDown, ScreenUnknown, TargetAmbiguous, TargetNotFound
from bridge.model.profiles import ErpProfile, Screen, Target
from bridge.ports import LocatorHit


@dataclass
class Sight:
    """What was seen while a screen was looked for: the frames that show it, and what all frames show."""

    found: list[Frame] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    looks: list[dict[str, Any]] = field(default_factory=list)
    working: bool = False  # what shows it may still be at work, be it a page that was worked before or a lively one

    @property
    def at_rest(self) -> bool:
        """Whether every frame has come to an end of what it was doing."""
        return bool(self.looks) and all(look["ready"] and not look["stale"] for look in self.looks)


def look_for(screen: Screen, frames: Sequence[Frame], profile: ErpProfile, address: str) -> Sight:
    """Look for the screen in all these frames; raises ErpDown where the browser shows its own error in one."""
    sight = Sight()
    for frame in frames:
        if frame.url.startswith("chrome-error:"):
            raise ErpDown(erp=profile.name, address=address)
        look = ask(frame, "look", plain(screen.anchor), plain(profile.errors))
        if look is None:
            continue
        sight.looks.append(look)
        if look["ready"] and look["anchor"] and not look["stale"] and _is_seen(frame, look["shown"]):
            sight.found.append(frame)
            sight.working = sight.working or look["working"]
            sight.errors.extend(look["errors"])
    return sight


def _is_seen(frame: Frame, told: bool | None = None) -> bool:
    """Whether the frame itself is shown; the browser is asked where a page of another site around it did not tell."""
    if told is not None:
        return told
    try:
        return frame.parent_frame is None or (frame.frame_element().is_visible() and _is_seen(frame.parent_frame))
    except Error:
        return False


def not_found(screen: Screen, sight: Sight, erp: str) -> BridgeError:
    """Why the screen is not there: something else is, or it is there twice."""
    if sight.found:
        anchor = " | ".join(map(str, screen.anchor))
        return TargetAmbiguous(target="anchor", screen=screen.name, count=len(sight.found), locator=anchor)
    texts = [text for look in sight.looks for text in look["errors"]]
    texts = texts or [look["text"] for look in sight.looks if look["text"]]
    return ScreenUnknown(erp=erp, expected=screen.name, text=" / ".join(texts))


def missing(name: str, screen: Screen, value: dict[str, Any]) -> BridgeError:
    """Why a target is not believed to be there."""
    if value.get("count"):
        return TargetAmbiguous(target=name, screen=screen.name, count=value["count"], locator=value.get("locator"))
    return TargetNotFound(target=name, screen=screen.name)


def hits_of(frame: Frame, screen: Screen) -> Iterator[LocatorHit]:
    """Which locator finds each target; a grid answers for its first row, which only an entry form always has."""
    found = ask(frame, "hits", plain_targets(screen.targets)) or {}
    for name, target in screen.targets.items():
        yield _hit(screen, name, target, found.get(name, {}))
    for grid in screen.grids.values():
        if screen.commit is None and not ask(frame, "countRows", plain_grid(grid)):
            continue
        for column in grid.columns:
            cell = ask(frame, "cellHit", plain_grid(grid), 0, plain(column.locators)) or {}
            yield _hit(screen, f"{grid.name}.{column.name}", column, cell)


def _hit(screen: Screen, name: str, target: Target, found: dict[str, Any]) -> LocatorHit:
    position = found.get("position")
    locator = str(target.locators[position]) if position is not None else str(found.get("locator", ""))
    return LocatorHit(screen.name, name, locator, position, found.get("count", 0))

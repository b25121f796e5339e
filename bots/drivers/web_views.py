"""Where on a picture of its window does a frame's content stand, and which part of it can be seen?"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from playwright.sync_api import Error, Frame

from bots.drivers.web_asking import ask, plain_grid, plain_targets
from bridge.errors import CaptureRefused
from bridge.locale import Phrase
from bridge.model.profiles import Grid, Screen, Target

Box = Mapping[str, float]
Place = tuple[float, float, float, float]
_EVERYWHERE = (float("-inf"), float("-inf"), float("inf"), float("inf"))


@dataclass(frozen=True)
class View:
    """A frame as its window shows it, in units of the window: its origin, its zoom, and the edges of what is seen."""

    frame: Frame
    left: float = 0.0
    top: float = 0.0
    scale: float = 1.0
    seen: Place = _EVERYWHERE

    @classmethod
    def of(cls, frame: Frame) -> "View":
        """The view of a frame, however deep; raises Playwright's Error where the frame is gone."""
        if frame.parent_frame is None:
            return cls(frame)
        outer = cls.of(frame.parent_frame)
        inset: Box = frame.frame_element().evaluate("(frame) => window.__erpbridge.inset(frame)")
        left, top, right, bottom = outer.edges(inset)
        most = outer.seen
        seen = max(left, most[0]), max(top, most[1]), min(right, most[2]), min(bottom, most[3])
        return cls(frame, left, top, outer.scale * inset["scale"], seen)

    def edges(self, box: Box) -> Place:
        """Left, top, right and bottom of a box of the frame, in units of the window."""
        left, top = self.left + box["left"] * self.scale, self.top + box["top"] * self.scale
        return left, top, left + box["width"] * self.scale, top + box["height"] * self.scale

    def place(self, box: Box) -> Place | None:
        """Left, top, width and height of what can be seen of a box of the frame."""
        edges, seen = self.edges(box), self.seen
        left, top = max(edges[0], seen[0]), max(edges[1], seen[1])
        width, height = min(edges[2], seen[2]) - left, min(edges[3], seen[3]) - top
        return (left, top, width, height) if width > 0 and height > 0 else None

    def boxes(self, targets: Mapping[str, Target]) -> dict[str, Box | None]:
        """Where the targets stand in the frame; None for those that are not found."""
        found: dict[str, Any] = (targets and ask(self.frame, "hits", plain_targets(targets))) or {}
        return {name: found[name]["box"] if name in found else None for name in targets}

    def cells(self, grid: Grid) -> Iterator[tuple[str, Box | None]]:
        """Where the cells of all columns stand that must be hidden, row by row."""
        names = [column.name for column in grid.columns if column.secret or column.mask]
        if names:
            for cell in ask(self.frame, "cellBoxes", plain_grid(grid), names) or []:
                yield f"{grid.name}.{cell['name']}", cell["box"]

    def password_boxes(self) -> list[Box] | None:
        """Every password box, whether a profile names it or not; None where the frame does not answer."""
        boxes: list[Box] | None = ask(self.frame, "passwordBoxes")
        return boxes

    def secrets(self, screen: Screen) -> Iterator[tuple[str, Box | None]]:
        """Where everything stands that the screen must hide."""
        yield from self.boxes({n: t for n, t in screen.targets.items() if t.secret or t.mask}).items()
        for grid in screen.grids.values():
            yield from self.cells(grid)


def secrets_in(view: View, screen: Screen) -> dict[str, Place]:
    """What the shown screen must hide, each with its place; raises CaptureRefused where one cannot be located."""
    places: dict[str, Place] = {}
    for name, box in view.secrets(screen):
        if box is None:
            raise CaptureRefused(
                screen=screen.name, why=Phrase("{name} must be hidden and cannot be located", name=name)
            )
        if place := view.place(box):
            places[name] = place
    return places


def views(frames: list[Frame]) -> Iterator[View]:
    """The views of those frames that are there."""
    for frame in frames:
        try:
            yield View.of(frame)
        except Error:
            continue

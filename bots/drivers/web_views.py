"""Where on a picture of its window does a frame's content stand, and which part of it can be seen?"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from playwright.sync_api import Frame

from bots.drivers.web_asking import ask, plain, plain_grid, plain_targets
from bridge.model.profiles import Screen, Target

Box = Mapping[str, float]
Place = tuple[float, float, float, float]
_EVERYWHERE = (float("-inf"), float("-inf"), float("inf"), float("inf"))


@dataclass(frozen=True)
class View:
    """A frame as its window shows it, in units of the window: its origin, its zoom, and the edges of what is seen."""

    left: float = 0.0
    top: float = 0.0
    scale: float = 1.0
    seen: Place = _EVERYWHERE

    @classmethod
    def through(cls, insets: Sequence[Box]) -> "View":
        """The view of a frame that stands in these, the outermost first."""
        view = cls()
        for inset in insets:
            view = view.of_frame(inset)
        return view

    def of_frame(self, inset: Box) -> "View":
        """The view of a frame that begins there."""
        left, top, right, bottom = self.edges(inset)
        most = self.seen
        seen = max(left, most[0]), max(top, most[1]), min(right, most[2]), min(bottom, most[3])
        return View(left, top, self.scale * inset["scale"], seen)

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


@dataclass(frozen=True)
class Survey:
    """What a frame answered about itself: every password box, and the boxes of what was asked for, screen by screen.

    A box is None where its target is not found; a cell's name is "lines.price#2".
    """

    view: View
    passwords: Sequence[Box]
    targets: Sequence[Mapping[str, Box | None]]
    cells: Sequence[Sequence[tuple[str, Box | None]]]


def survey(frame: Frame, screens: Sequence[tuple[Screen, bool]]) -> Survey | None:
    """Ask a frame for the secrets of these screens, and for all targets where so told; None where it does not answer.

    Raises Playwright's Error where the frame is gone.
    """
    answer = ask(frame, "survey", [_question(screen, whole=whole) for screen, whole in screens])
    insets = answer["insets"] if answer else None
    if insets is None:
        insets = list(_insets(frame))  # also tells whether the frame is gone
    if answer is None:
        return None
    found = answer["screens"]
    return Survey(
        View.through(insets),
        answer["passwords"],
        [each["targets"] for each in found],
        [[(cell["name"], cell["box"]) for cell in each["cells"]] for each in found],
    )


def is_hidden(target: Target) -> bool:
    """Whether a picture must not show it."""
    return target.secret or target.mask


def _question(screen: Screen, *, whole: bool) -> dict[str, Any]:
    wanted = {name: target for name, target in screen.targets.items() if whole or is_hidden(target)}
    grids = []
    for grid in screen.grids.values():
        columns = [{"name": x.name, "locators": plain(x.locators)} for x in grid.columns if is_hidden(x)]
        if columns:
            grids.append({"name": grid.name, "grid": plain_grid(grid), "columns": columns})
    return {"targets": plain_targets(wanted), "grids": grids}


def _insets(frame: Frame) -> Iterator[Box]:
    """The insets of a frame by way of the browser, where a page of another site does not tell."""
    if frame.parent_frame is not None:
        yield from _insets(frame.parent_frame)
        inset: Box = frame.frame_element().evaluate("(frame) => window.__erpbridge.inset(frame)")
        yield inset

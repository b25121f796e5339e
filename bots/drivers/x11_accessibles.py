"""What does a window show that its program names itself? Fields by their labels, buttons, tables, and what they hold.

Of what is in a window nothing is remembered: a field of a form of 270 things is found in some 15 ms.
"""

from collections.abc import Sequence
from dataclasses import replace

from PIL import Image

from bots.drivers.desktop_parts import Window, Windows
from bots.drivers.desktop_sights import Spots
from bots.drivers.x11_trees import FOCUSED, SELECTED, SENSITIVE, Thing, Tree
from bridge.model.profiles import Locator
from bridge.ports import Rectangle

FRAME = 120  # pixels that a window manager's frame adds to a window at most, on all sides together
PRESSED = frozenset({"push button", "toggle button", "menu item", "check box"})
TABLES = frozenset({"table", "tree table"})
Box = tuple[int, int, int, int, int]
ANY = "*"
AND = " / "  # between the parts of a title


class Accessibles:
    """Finds what has that name, or a label of that name, and the role that narrows it; `*` is any name.

    What is hidden is not there, nor is a button that cannot be pressed.
    """

    def __init__(self, tree: Tree, tops: "Tops") -> None:
        self._tree, self._tops = tree, tops

    def spots(self, window: Window, picture: Image.Image, locator: Locator) -> Spots | None:  # noqa: ARG002 - the port's
        """See Sight."""
        inside = (each for each in self._tree.places(self._found(window, locator)) if each.width > 0)
        return [Rectangle(at.left - window.left, at.top - window.top, at.width, at.height) for at in inside]

    def text(self, window: Window, locator: Locator) -> str | None:
        """See Sight; None also where not exactly one thing is found."""
        found = self._found(window, locator)
        return self._tree.texts(found)[0] if len(found) == 1 else None

    def table(self, window: Window, locator: Locator) -> Sequence[Sequence[str]] | None:
        """See Sight; None also where not exactly one table is found."""
        found = self._found(window, locator)
        return self._tree.table(found[0]) if len(found) == 1 else None

    def has_keyboard(self, window: Window, locator: Locator) -> bool | None:
        """See Sight."""
        found = self._found(window, locator)
        return bool(self._tree.states(found)[0] >> FOCUSED & 1) if len(found) == 1 else None

    def _found(self, window: Window, locator: Locator) -> list[Thing]:
        top = self._tops.of(window)
        if top is None:
            return []
        wanted = self._tree.within(top, [locator.name] if locator.name else [], *_needed(locator.name))
        if locator.value == ANY:
            return wanted
        called = _called(self._tree, wanted, locator.value)
        labels = _called(self._tree, self._tree.within(top, ["label"]), locator.value)
        return called + [each for each in self._tree.named_by(labels) if each in set(wanted) - set(called)]


def _needed(role: str) -> tuple[int, ...]:
    """The states without which it is not there: a button that is grey cannot be pressed."""
    return (SENSITIVE,) if role in PRESSED else ()


def _called(tree: Tree, things: Sequence[Thing], name: str) -> list[Thing]:
    return [thing for thing, called in zip(things, tree.names(things), strict=True) if called == name]


class TitledWindows:
    """The windows of a display, each with more of a title than it has: the tab that is shown, the text of a message."""

    def __init__(self, windows: Windows, tree: Tree, tops: "Tops") -> None:
        self._windows, self._tree, self._tops = windows, tree, tops

    def all(self) -> tuple[Window, ...]:
        """See Windows; a window without a title that does not say yet what it is, is left out."""
        titled = (self._titled(each) for each in self._windows.all())
        return tuple(each for each in titled if each.title)

    def _titled(self, window: Window) -> Window:
        top = self._tops.of(window)
        if top is None:
            return window
        if window.title:
            parts = [window.title, *self._tree.names(self._tree.within(top, ["page tab"], SELECTED))[:1]]
        else:
            parts = self._tree.names([top, *self._tree.within(top, ["label"])])
        return replace(window, title=AND.join(" ".join(part.split()) for part in parts if part))

    def ids(self) -> Sequence[int]:
        """See Windows."""
        return self._windows.ids()

    def active(self) -> int | None:
        """See Windows."""
        return self._windows.active()

    def answers(self, window: int, seconds: float) -> bool:
        """See Windows."""
        return self._windows.answers(window, seconds)

    def stacked(self) -> Sequence[int]:
        """See Windows."""
        return self._windows.stacked()

    def activate(self, window: int) -> None:
        """See Windows."""
        self._windows.activate(window)

    def size(self) -> tuple[int, int]:
        """See Windows."""
        return self._windows.size()

    def close(self) -> None:
        """See Windows."""
        self._windows.close()


class Tops:
    """Which accessible window is which window of the display; remembered as long as both are where they were."""

    def __init__(self, tree: Tree) -> None:
        self._tree = tree
        self._known: dict[Box, Thing] = {}

    def of(self, window: Window) -> Thing | None:
        """The one that stands where the window stands, but for its frame; None while there is none."""
        box = (window.id, window.left, window.top, window.width, window.height)
        known = self._known.get(box)
        if known is None or not self._tree.names([known])[0]:
            known = self._nearest(window)
            self._known = {each: top for each, top in self._known.items() if each[0] != window.id}
            if known is not None:
                self._known[box] = known
        return known

    def _nearest(self, window: Window) -> Thing | None:
        tops = self._tree.tops()
        found = zip(self._tree.places(tops), self._tree.names(tops), tops, strict=True)
        near = [(_apart(place, window), not window.title.startswith(name), top) for place, name, top in found]
        return min((each for each in near if each[0] <= FRAME), key=lambda each: each[:2], default=(0, False, None))[2]


def _apart(place: Rectangle, window: Window) -> int:
    """By how many pixels the two differ, on all four sides together."""
    right, bottom = place.left + place.width, place.top + place.height
    sides = (place.left - window.left, place.top - window.top)
    return sum(map(abs, (*sides, right - window.left - window.width, bottom - window.top - window.height)))

"""What does a program on Windows say itself about what it shows? By UI Automation, where its controls know of it.

https://learn.microsoft.com/en-us/windows/win32/winauto/uiauto-controlpatternsoverview
"""

from collections.abc import Callable, Iterable, Sequence
from typing import Protocol

from PIL import Image

from bots.drivers.desktop_parts import Window
from bots.drivers.desktop_sights import Blind, Spots
from bots.drivers.win_doors import Edges
from bridge.model.profiles import Locator
from bridge.ports import Rectangle


class Element(Protocol):
    """One element of the tree; what it does not support is None."""

    @property
    def identity(self) -> str:
        """AutomationId: the name its programmer gave it, the same in every language."""
        ...

    @property
    def name(self) -> str:
        """Name: how people call it."""
        ...

    @property
    def role(self) -> str:
        """ControlType: Edit, Button, DataGrid and so on."""
        ...

    @property
    def edges(self) -> Edges | None:
        """BoundingRectangle in pixels of the display; None while it is not to be seen (IsOffscreen)."""
        ...

    @property
    def is_secret(self) -> bool:
        """IsPassword."""
        ...

    @property
    def has_keyboard(self) -> bool:
        """HasKeyboardFocus."""
        ...

    def value(self) -> str | None:
        """ValuePattern: what it holds."""
        ...

    def text(self) -> str | None:
        """TextPattern: the text of its document, all of it."""
        ...

    def headings(self) -> Sequence[str] | None:
        """TablePattern: the names of its column headers."""
        ...

    def size(self) -> tuple[int, int] | None:
        """GridPattern: rows and columns."""
        ...

    def cell(self, row: int, column: int) -> "Element | None":
        """GridPattern: the element there, from 0; None for one that is not made until somebody scrolls there."""
        ...


Tree = Callable[[int], Iterable[Element] | None]


class UiaSight(Blind):
    """The strategy `accessible`: AutomationId or name, narrowed by the control type.

    `tree` gives all elements of a window; None where its program tells of none.
    """

    def __init__(self, tree: Tree) -> None:
        self._tree = tree

    def spots(self, window: Window, picture: Image.Image, locator: Locator) -> Spots | None:  # noqa: ARG002 - the port's
        """Where the elements are that the locator means and that can be seen."""
        elements = self._tree(window.id)
        if elements is None:
            return None
        found = (element.edges for element in elements if _is_meant(element, locator))
        return tuple(
            Rectangle(left - window.left, top - window.top, right - left, bottom - top)
            for left, top, right, bottom in filter(None, found)
        )

    def text(self, window: Window, locator: Locator) -> str | None:
        """What it holds; None for a secret, and where not exactly one element is meant."""
        element = self._one(window, locator)
        return None if element is None else _held(element)

    def has_keyboard(self, window: Window, locator: Locator) -> bool | None:
        """Whether it has the keyboard; None where not exactly one element is meant."""
        element = self._one(window, locator)
        return None if element is None else element.has_keyboard

    def table(self, window: Window, locator: Locator) -> Sequence[Sequence[str]] | None:
        """Headings and rows; None where a cell or a heading does not say what it holds: a part of a table is none."""
        element = self._one(window, locator)
        size, headings = (element.size(), element.headings()) if element is not None else (None, None)
        if element is None or size is None or headings is None or len(headings) != size[1]:
            return None
        rows = [[_cell(element, row, column) for column in range(size[1])] for row in range(size[0])]
        whole = [[text for text in row if text is not None] for row in rows]
        return (tuple(headings), *map(tuple, whole)) if all(len(row) == size[1] for row in whole) else None

    def _one(self, window: Window, locator: Locator) -> Element | None:
        found = [element for element in self._tree(window.id) or () if _is_meant(element, locator)]
        return found[0] if len(found) == 1 else None


def _is_meant(element: Element, locator: Locator) -> bool:
    role = locator.name.lower()
    return locator.value in (element.identity, element.name) and role in ("", element.role.lower())


def _held(element: Element) -> str | None:
    if element.is_secret:
        return None
    value = element.value()
    return element.text() if value is None else value


def _cell(grid: Element, row: int, column: int) -> str | None:
    """What a cell holds; one without a value of its own is called after it."""
    found = grid.cell(row, column)
    if found is None or found.is_secret:
        return None
    held = _held(found)
    return found.name if held is None else held

"""How is UI Automation asked on Windows? By pywinauto, which is there only where Windows is."""

import importlib
from collections.abc import Iterator, Sequence
from typing import Any

from bots.drivers.win_doors import Edges


def elements(window: int) -> "Iterator[UiaElement] | None":
    """All elements of the window; None where it tells of none."""
    info = importlib.import_module("pywinauto.uia_element_info")
    found = info.UIAElementInfo(window).descendants()
    return (UiaElement(each.element) for each in found) if found else None


class UiaElement:
    """One IUIAutomationElement; see Element.

    https://learn.microsoft.com/en-us/windows/win32/api/uiautomationclient/nn-uiautomationclient-iuiautomationelement
    """

    def __init__(self, element: Any) -> None:
        self._element = element
        self._defines = importlib.import_module("pywinauto.uia_defines")

    @property
    def identity(self) -> str:
        """See Element."""
        return str(self._element.CurrentAutomationId or "")

    @property
    def name(self) -> str:
        """See Element."""
        return str(self._element.CurrentName or "")

    @property
    def role(self) -> str:
        """See Element; the number's name as pywinauto knows it."""
        known = self._defines.IUIA().known_control_type_ids
        return str(known.get(self._element.CurrentControlType, ""))

    @property
    def edges(self) -> Edges | None:
        """See Element."""
        if self._element.CurrentIsOffscreen:
            return None
        found = self._element.CurrentBoundingRectangle
        return found.left, found.top, found.right, found.bottom

    @property
    def is_secret(self) -> bool:
        """See Element."""
        return bool(self._element.CurrentIsPassword)

    @property
    def has_keyboard(self) -> bool:
        """See Element."""
        return bool(self._element.CurrentHasKeyboardFocus)

    def value(self) -> str | None:
        """See Element."""
        pattern = self._pattern("Value")
        return None if pattern is None else str(pattern.CurrentValue or "")

    def text(self) -> str | None:
        """See Element."""
        pattern = self._pattern("Text")
        return None if pattern is None else str(pattern.DocumentRange.GetText(-1))

    def headings(self) -> Sequence[str] | None:
        """See Element."""
        pattern = self._pattern("Table")
        if pattern is None:
            return None
        found = pattern.GetCurrentColumnHeaders()
        return [str(found.GetElement(place).CurrentName or "") for place in range(found.Length)]

    def size(self) -> tuple[int, int] | None:
        """See Element."""
        pattern = self._pattern("Grid")
        return None if pattern is None else (int(pattern.CurrentRowCount), int(pattern.CurrentColumnCount))

    def cell(self, row: int, column: int) -> "UiaElement | None":
        """See Element."""
        pattern = self._pattern("Grid")
        found = None if pattern is None else pattern.GetItem(row, column)
        return UiaElement(found) if found else None

    def _pattern(self, name: str) -> Any:
        """The pattern, None where the element does not support it."""
        try:
            return self._defines.get_elem_interface(self._element, name)
        except self._defines.NoPatternInterfaceError:
            return None

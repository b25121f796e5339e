"""What can be found in a window by looking at it, or by asking its program what it shows?"""

from collections.abc import Mapping, Sequence
from typing import Protocol

from PIL import Image

from bots.drivers.desktop_parts import Window
from bridge.model.profiles import Locator
from bridge.ports import Rectangle

Spots = Sequence[Rectangle]


class Sight(Protocol):
    """Finds in a window what no keys lead to; places are in pixels of the window."""

    def spots(self, window: Window, picture: Image.Image, locator: Locator) -> Spots | None:
        """Every place that the locator means; None where nothing can be found in this way here."""
        ...

    def text(self, window: Window, locator: Locator) -> str | None:
        """What is shown there, as its program says itself; None where it says nothing, and has to be copied."""
        ...

    def has_keyboard(self, window: Window, locator: Locator) -> bool | None:
        """Whether what is there gets the keys; None where its program does not say."""
        ...

    def table(self, window: Window, locator: Locator) -> Sequence[Sequence[str]] | None:
        """Headings and rows of the table there, as its program says itself; None where it says nothing."""
        ...

    def contradicts(
        self, picture: Image.Image, target: Sequence[Locator], others: Sequence[Locator], place: Rectangle | None
    ) -> bool:
        """Whether the place in the window's picture is not seen to be the target's; None is one that nobody saw."""
        ...


class Blind:
    """Finds nothing."""

    def spots(self, window: Window, picture: Image.Image, locator: Locator) -> Spots | None:  # noqa: ARG002 - the port's
        """Nothing can be found."""
        return None

    def text(self, window: Window, locator: Locator) -> str | None:  # noqa: ARG002 - the port's
        """Nothing is said."""
        return None

    def has_keyboard(self, window: Window, locator: Locator) -> bool | None:  # noqa: ARG002 - the port's
        """Nothing is said."""
        return None

    def table(self, window: Window, locator: Locator) -> Sequence[Sequence[str]] | None:  # noqa: ARG002 - the port's
        """Nothing is said."""
        return None

    def contradicts(
        self,
        picture: Image.Image,  # noqa: ARG002 - the port's
        target: Sequence[Locator],  # noqa: ARG002 - the port's
        others: Sequence[Locator],  # noqa: ARG002 - the port's
        place: Rectangle | None,  # noqa: ARG002 - the port's
    ) -> bool:
        """Nothing is seen."""
        return False


class Sights:
    """One way of finding for each strategy; the others find nothing."""

    def __init__(self, by_strategy: Mapping[str, Sight]) -> None:
        self._by_strategy = by_strategy

    def _of(self, locator: Locator) -> Sight:
        return self._by_strategy.get(locator.strategy, Blind())

    def spots(self, window: Window, picture: Image.Image, locator: Locator) -> Spots | None:
        """See Sight."""
        return self._of(locator).spots(window, picture, locator)

    def text(self, window: Window, locator: Locator) -> str | None:
        """See Sight."""
        return self._of(locator).text(window, locator)

    def has_keyboard(self, window: Window, locator: Locator) -> bool | None:
        """See Sight."""
        return self._of(locator).has_keyboard(window, locator)

    def table(self, window: Window, locator: Locator) -> Sequence[Sequence[str]] | None:
        """See Sight."""
        return self._of(locator).table(window, locator)

    def contradicts(
        self, picture: Image.Image, target: Sequence[Locator], others: Sequence[Locator], place: Rectangle | None
    ) -> bool:
        """See Sight."""
        ways = {id(way): way for way in self._by_strategy.values()}.values()
        return any(way.contradicts(picture, target, others, place) for way in ways)

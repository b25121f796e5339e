"""How is a screen driven, in whatever technology?"""

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Protocol

from bridge.model.profiles import Grid, Screen, Target
from bridge.ports.erps import Leave, LocatorHit, Picture


class ScreenDriver(Protocol):
    """Works one surface: finds targets by their locators, reads, types and presses. It knows no order and no clerk."""

    def use(self, window: str) -> None:
        """Work in the window of that name from now on; it is opened when first used."""
        ...

    def open(self, address: str) -> None:
        """Go to an address of the ERP; raises ErpDown."""
        ...

    def show(self, screen: Screen, timeout: float | None = None) -> tuple[str, ...]:
        """Wait until the screen's anchor is there and make it the current one; the error texts on it.

        Raises ScreenUnknown with the text of what has come to rest instead.
        """
        ...

    def shows(self, screen: Screen) -> bool:
        """Whether the screen's anchor is there at this moment; what is current stays so."""
        ...

    def dialogs(self, answers: Mapping[str, bool]) -> AbstractContextManager[None]:
        """Expect dialogs with these texts and accept or dismiss them, while inside; any other one stops the attempt."""
        ...

    def fill(self, texts: Sequence[tuple[Target, str]]) -> None:
        """Replace the contents of targets with these texts, in this order."""
        ...

    def fill_row(self, grid: Grid, row: int, texts: Mapping[str, str]) -> None:
        """Replace the contents of one row's cells; rows count from 0, -1 is the last."""
        ...

    def read(self, targets: Sequence[Target]) -> Mapping[str, str]:
        """The texts the targets show now; raises TargetNotFound or TargetAmbiguous."""
        ...

    def rows(self, grid: Grid) -> Sequence[Mapping[str, str]]:
        """The texts of all rows of a grid that count."""
        ...

    def press(self, target: Target, leads_to: Screen | None = None) -> None:
        """Press a target once the screen has come to rest; what it leads to is a new screen, even if it looks alike."""
        ...

    def expect(self, screen: Screen) -> None:
        """The screen shown next is a new page, even where it looks like the one that is there."""
        ...

    def commit(self, target: Target, leave: Leave) -> None:
        """Press the target whose request commits; it is held back until `leave` says yes and is sent once.

        Raises StopOrdered where leave was refused and nothing left, SaveUnanswered where it left and no answer came.
        """
        ...

    def capture(self, step: str) -> Picture:
        """A masked picture of the surface; raises CaptureRefused."""
        ...

    def hits(self, screen: Screen) -> Sequence[LocatorHit]:
        """Which locator finds each target of the screen that is shown now."""
        ...

    def close(self) -> None:
        """End the session and all its processes."""
        ...

"""Doubts the look at the windows after each action: what takes the keyboard is named, what is on its way awaited."""

from collections.abc import Sequence
from typing import Any

import pytest

from bots.drivers.desktop_parts import Window
from bots.drivers.desktop_watches import Watch
from bridge.errors import DialogUnexpected, KeyboardTaken, ProgramGone
from tests.samples import granite

FORM = Window(1, "Sales Order Entry (SO-210)", 0, 0, 800, 400)
MAIN = Window(2, "Granite Business System (GR-110) - Release 5.1", 0, 0, 500, 200)
BACKUP = Window(3, "Backup", 0, 0, 100, 100)
Moment = tuple[Sequence[Window], int | None]


class Display:
    """Shows one moment after the other, and then the last one; `program` runs as long as any window is open."""

    def __init__(self, *moments: Moment) -> None:
        self.moments = list(moments)
        self.windows = self.program = self

    def all(self) -> Sequence[Window]:
        return self.moments[0][0]

    def active(self) -> int | None:
        _, active = self.moments.pop(0) if len(self.moments) > 1 else self.moments[0]
        return active

    def runs(self) -> bool:
        return bool(self.moments[0][0])


def checked(*moments: Moment) -> None:
    """The look at the form, while this happens."""
    display: Any = Display(*moments)
    hands: Any = None
    Watch(granite(), display, hands, 1.0).check(FORM)


def test_a_form_that_has_the_keyboard_is_undisturbed() -> None:
    """Also where the keyboard comes back to it a moment later, as when a window behind it was closed."""
    checked(([MAIN, FORM], 1))
    checked(([MAIN, FORM], None), ([MAIN, FORM], 77), ([MAIN, FORM], 1))


def test_a_window_that_is_on_its_way_is_awaited_and_named() -> None:
    """The keyboard is with nobody until it is there."""
    with pytest.raises(DialogUnexpected, match="Backup"):
        checked(([MAIN, FORM], None), ([MAIN, FORM], 3), ([MAIN, FORM, BACKUP], 3))


def test_another_window_of_the_erp_with_the_keyboard_is_named() -> None:
    """At once: it is open and no stranger."""
    with pytest.raises(KeyboardTaken, match="GR-110"):
        checked(([MAIN, FORM], 2), ([MAIN, FORM], 1))


def test_a_keyboard_that_stays_with_nobody_is_told() -> None:
    """It is not waited for without end."""
    with pytest.raises(KeyboardTaken):
        checked(([MAIN, FORM], None))


def test_a_form_that_is_gone_is_named() -> None:
    """With its program or without."""
    for windows in ([MAIN], []):
        with pytest.raises(ProgramGone):
            checked((windows, None))

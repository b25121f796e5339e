"""Doubts where a field is said to be: where something changes and stays so, in a window that is the same one still."""

from collections.abc import Callable, Sequence

from PIL import Image

from bots.drivers.desktop_parts import Window
from bots.drivers.desktop_places import Place, changed, still
from bridge.ports import Rectangle

BLANK, FIELD, BOTH = (Image.new("L", (100, 50)) for _ in range(3))
FIELD.paste(255, (10, 10, 40, 20))
BOTH.paste(255, (10, 10, 90, 40))


def moments(pictures: Sequence[Image.Image], times: int = 3) -> Callable[[], Image.Image]:
    """Each of these so many times, and then the last one."""
    shown = [picture for picture in pictures for _ in range(times)]
    return lambda: shown.pop(0) if len(shown) > 1 else shown[0]


def test_what_is_still_being_drawn_is_awaited() -> None:
    """The look is taken once nothing has changed for a moment."""
    assert still(moments([BLANK, BOTH, FIELD])) is not None
    assert still(moments([BLANK, BOTH, FIELD])).getbbox() == FIELD.getbbox()


def test_what_never_stands_still_is_not_awaited_without_end() -> None:
    """As a clock in a window, or a bar that moves."""
    assert still(moments([BLANK, FIELD] * 2000, times=1)).size == (100, 50)


def test_a_field_is_where_something_changes() -> None:
    """Once the change stands; nowhere where nothing does."""
    assert changed(BLANK, moments([BLANK, FIELD])) == (10, 10, 40, 20)
    assert changed(BLANK, moments([BLANK])) is None


def test_a_place_is_lost_with_its_window() -> None:
    """Another one, or the same in another size, may have it anywhere; one that was moved has it where it went."""
    window = Window(1, "Order", 200, 100, 300, 200)
    place = Place.inside(window, (10, 20, 40, 30))
    assert place.in_window() == Rectangle(10, 20, 30, 10)
    assert place.on_display(Window(1, "Order", 0, 0, 300, 200)) == Rectangle(10, 20, 30, 10)
    assert place.on_display(window) == Rectangle(210, 120, 30, 10)
    assert place.on_display(Window(2, "Order", 200, 100, 300, 200)) is None
    assert place.on_display(Window(1, "Order", 200, 100, 301, 200)) is None

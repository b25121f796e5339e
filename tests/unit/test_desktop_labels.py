"""Doubts where a field is, as told by its label: beside it, in its line, and never beside another one."""

from collections.abc import Sequence
from dataclasses import replace

import pytest
from PIL import Image, ImageDraw

from bots.drivers.desktop_labels import Labels, require_readable, seeing
from bots.drivers.desktop_locating import aimed
from bots.drivers.desktop_parts import Window
from bots.drivers.desktop_sights import Blind
from bots.drivers.ocr_readings import Reading
from bridge.errors import InvalidConfig
from bridge.model.profiles import Locator, Target
from bridge.ports import Rectangle
from bridge.store.selector_files import load_profile
from tests.samples import ROOT, granite

WINDOW = Window(1, "Order", 0, 0, 400, 200)
READ = (
    Reading("Customer", 10, 10, 80, 16),
    Reading("Your Ref:", 10, 40, 70, 16),
    Reading("External No. C1003", 200, 40, 140, 16),
    Reading("Remarks", 10, 70, 70, 16),
)
LABELS = ("Customer", "Your Ref", "External No.", "Remarks")


class Reader:
    """Reads the same on every picture, and counts."""

    def __init__(self, found: Sequence[Reading] = READ) -> None:
        self.found, self.times = found, 0

    def __call__(self, _: Image.Image) -> Sequence[Reading]:
        self.times += 1
        return self.found


def picture(moved: int = 0) -> Image.Image:
    """A window in which something stands where each label was read."""
    drawn = Image.new("RGB", (400, 200), "white")
    brush = ImageDraw.Draw(drawn)
    for reading in READ:
        brush.rectangle((reading.left + moved, reading.top, reading.left + moved + 9, reading.top + 9), fill="black")
    return drawn


def label(text: str) -> Locator:
    """A locator by that label."""
    return Locator("label", text)


def test_the_field_is_right_of_its_label_in_its_line() -> None:
    """Off the label by a bit more than the height of its text; also where its content was read with it."""
    labels = Labels(LABELS, Reader())
    (customer,) = labels.spots(WINDOW, picture(), label("Customer")) or ()
    assert customer.left > 90
    assert (customer.top, customer.height) == (10, 16)
    (external,) = labels.spots(WINDOW, picture(), label("External No.")) or ()
    assert 200 + 80 < external.left < 200 + 140


@pytest.mark.parametrize(
    ("read", "is_shown"),
    [
        ("客户(C)", True),
        ("客户（C）:", True),
        ("客户 (C) C1003", True),
        ("客户", True),
        ("客户名称", False),
        ("客户(C)名称", False),
        ("大客户", False),
    ],
)
def test_a_label_is_known_with_the_access_key_that_stands_behind_it(read: str, *, is_shown: bool) -> None:
    """As programs write it whose labels do not hold the letter; and never as a part of a longer word."""
    (box, *_) = READ
    labels = Labels(["客户"], Reader([replace(box, text=read)])).of(picture())
    assert [each.text for each in labels] == (["客户"] if is_shown else [])


def test_the_label_of_a_button_stands_on_it() -> None:
    """Beside it is another button: whoever presses there presses that one, or nothing."""
    button = Target("your_ref", (label("Your Ref"),), kind="button")
    labels = Labels(LABELS, Reader())
    (box,) = labels.spots(WINDOW, picture(), aimed(button, label("Your Ref"))) or ()
    assert box == Rectangle(10, 40, box.width, 16)
    (beside,) = labels.spots(WINDOW, picture(), aimed(replace(button, kind="text"), label("Your Ref"))) or ()
    assert beside.left > box.left + box.width


def test_what_is_not_there_or_there_twice_is_told() -> None:
    """Nobody is sent to a field whose label was not read, and whoever finds two is told of two."""
    twice = Reader((*READ, Reading("Customer", 10, 100, 80, 16)))
    assert Labels((*LABELS, "Terms"), Reader()).spots(WINDOW, picture(), label("Terms")) == []
    assert len(Labels(LABELS, twice).spots(WINDOW, picture(), label("Customer")) or ()) == 2


def test_a_field_beside_another_label_is_contradicted() -> None:
    """The keys of one field may lead to its neighbour after an update: the labels tell."""
    labels, beside_ref = Labels(LABELS, Reader()), Rectangle(95, 41, 60, 14)
    assert not labels.contradicts(picture(), [label("Your Ref")], [label("Remarks")], beside_ref)
    assert labels.contradicts(picture(), [label("Remarks")], [], beside_ref)
    assert labels.contradicts(picture(), [label("Your Ref")], [], Rectangle(330, 41, 40, 14))


DENSE = (  # as read of a form whose lines are 30 pixels apart: what is read of each reaches into the next one
    Reading("Customer", 17, 12, 95, 28),
    Reading("Order Date", 8, 42, 104, 28),
    Reading("Your Ref", 26, 70, 88, 32),
    Reading("Remarks", 23, 100, 89, 32),
)


@pytest.mark.parametrize("line", range(len(DENSE)))
@pytest.mark.parametrize("named", range(len(DENSE)))
def test_a_field_belongs_to_the_label_of_its_own_line_however_dense_the_lines_are(line: int, named: int) -> None:
    """What ends a little further right in the line above or below is not in between, and has no field in this line."""
    labels, place = Labels([each.text for each in DENSE], Reader(DENSE)), Rectangle(118, 19 + 30 * line, 77, 17)
    others = [label(each.text) for each in DENSE if each is not DENSE[named]]
    assert labels.contradicts(picture(), [label(DENSE[named].text)], others, place) == (line != named)


def test_a_field_whose_label_is_gone_may_not_stand_beside_that_of_another_field() -> None:
    """A label that was renamed contradicts nothing by itself; nor do labels that are nobody's."""
    labels, beside_ref = Labels(LABELS, Reader()), Rectangle(95, 41, 60, 14)
    assert labels.contradicts(picture(), [label("Terms")], [label("Your Ref")], beside_ref)
    assert not labels.contradicts(picture(), [label("Terms")], [label("Customer")], beside_ref)
    assert not labels.contradicts(picture(), [Locator("keys", "alt+y")], [label("Your Ref")], beside_ref)


def test_a_profile_with_labels_is_not_worked_where_nobody_can_read_them() -> None:
    """Unless somebody says that it may be; one without labels needs none."""
    with pytest.raises(InvalidConfig, match="labels = false"):
        require_readable(granite(), labels=True, readable=lambda: False)
    require_readable(granite(), labels=False, readable=lambda: False)
    require_readable(granite(), labels=True, readable=lambda: True)
    assert isinstance(seeing(granite(), Blind(), labels=False), Blind)
    desktop = load_profile(ROOT / "selectors" / "tryton_desktop")
    require_readable(desktop, labels=True, readable=lambda: False)


def test_a_window_is_read_once_for_each_of_its_looks() -> None:
    """As long as every label is where it was, nothing is read again; once one has moved, all is."""
    reader = Reader()
    labels = Labels(LABELS, reader)
    for _ in range(3):
        labels.of(picture())
    assert reader.times == 1
    labels.of(picture(moved=5))
    assert reader.times == 2


def test_a_field_that_nobody_saw_is_beside_no_label() -> None:
    """A program too slow to show what is selected is not trusted; without labels there is nothing to ask."""
    labels = Labels(LABELS, Reader())
    assert labels.contradicts(picture(), [Locator("keys", "alt+y"), label("Your Ref")], [], None)
    assert not labels.contradicts(picture(), [Locator("keys", "alt+y")], [label("Your Ref")], None)


def test_a_look_that_lacks_the_label_asked_for_is_read_once_more() -> None:
    """The window may have been drawn since; a label that is not there then is not read for again and again."""
    reader = Reader(READ[:1])
    labels, beside_ref = Labels((*LABELS, "Terms"), reader), Rectangle(95, 41, 60, 14)
    assert len(labels.of(picture())) == 1
    reader.found = READ
    assert labels.contradicts(picture(), [label("Remarks")], [], beside_ref)
    assert reader.times == 2
    for _ in range(3):
        assert labels.spots(WINDOW, picture(), label("Terms")) == []
    assert reader.times == 2

"""Doubts where the keys of a desktop led: a field is believed where it is seen to be, and only there."""

import math
from typing import Any

import pytest
from PIL import Image

from bots.drivers.desktop_labels import Labels
from bots.drivers.desktop_locating import Finder
from bots.drivers.desktop_parts import Window
from bots.drivers.ocr_readings import Reading
from bridge.errors import TargetElsewhere
from tests.samples import granite

FORM = Window(1, "Sales Order Entry (SO-210)", 0, 0, 400, 200)
SCREEN = "order_entry"
FIELDS = {"Your Ref": 40, "Remarks": 70}  # labels, and how far down their fields are


class Program:
    """A form whose keys lead to the field of one label, late to draw what is selected as often as is said."""

    def __init__(self, leads_to: str, *, late: float = 0) -> None:
        self.leads_to, self.late, self.selected = leads_to, late, False
        self.keys = self.eyes = self.hands = self
        self.profile = granite()

    def press(self, *keys: str) -> None:
        self.selected = keys == ("shift", "end")
        self.late -= self.selected

    def done(self) -> None: ...

    def copied(self, *_: object) -> str:
        return "PO-4711"

    def grab(self, _: Window) -> Image.Image:
        drawn = Image.new("RGB", (400, 200), "white")
        drawn.paste("black", (10, FIELDS["Your Ref"], 30, FIELDS["Your Ref"] + 10))
        drawn.paste("black", (10, FIELDS["Remarks"], 30, FIELDS["Remarks"] + 10))
        if self.selected and self.late < 0:
            top = FIELDS[self.leads_to]
            drawn.paste("blue", (95, top, 155, top + 14))
        return drawn


def read(_: Image.Image) -> list[Reading]:
    """The labels, where the program draws them."""
    return [Reading(text, 10, top, 70, 16) for text, top in FIELDS.items()]


def read_of(program: Any) -> str:
    """What Your Ref is read to hold, and believed."""
    return again(Finder(program, program, Labels(FIELDS, read)))


def again(finder: Finder) -> str:
    """The same by whoever has read before."""
    text = finder.copied(FORM, granite().screens[SCREEN].targets["your_ref"], SCREEN)
    finder.tell_elsewhere(SCREEN)
    return text


def test_a_field_is_believed_beside_its_own_label_only() -> None:
    """What the keys of Your Ref bring to the front may be Remarks."""
    assert read_of(Program("Your Ref")) == "PO-4711"
    with pytest.raises(TargetElsewhere):
        read_of(Program("Remarks"))


def test_a_program_that_draws_late_is_awaited() -> None:
    """What was not to be seen in the usual time is looked at again, with more patience."""
    assert read_of(Program("Your Ref", late=1)) == "PO-4711"


def test_a_field_that_is_never_seen_is_not_believed() -> None:
    """Whoever took it for the right one would let swapped fields pass on a machine that stalls."""
    with pytest.raises(TargetElsewhere, match="your_ref"):
        read_of(Program("Your Ref", late=math.inf))


def test_where_a_field_stood_before_says_nothing_of_where_the_keys_lead_now() -> None:
    """Each reading is believed for itself."""
    program: Any = Program("Your Ref")
    finder = Finder(program, program, Labels(FIELDS, read))
    assert again(finder) == "PO-4711"
    program.late = math.inf
    with pytest.raises(TargetElsewhere):
        again(finder)

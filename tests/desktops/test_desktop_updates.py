"""Doubts the desktop bot after an update of the ERP: a field with other keys is noticed, and found by its label."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from bots.drivers.ocr_readings import can_read
from bridge.errors import TargetElsewhere
from bridge.model.comparisons import document_differences, form_differences, form_of
from bridge.model.forms import Form
from bridge.model.mapping import CrossReferences
from tests.contracts.granite_worlds import GraniteWorld, granite_world
from tests.samples import line, order

pytestmark = [
    pytest.mark.desktop,
    pytest.mark.skipif(not can_read(), reason="The extra ocr is not installed: it reads labels."),
]

NONE = CrossReferences()
WANTED = replace(order(po_number="PO-4711"), remarks="Leave at the gate", lines=(line(),))


@pytest.fixture(scope="module")
def updated(tmp_path_factory: pytest.TempPathFactory) -> Iterator[GraniteWorld]:
    """Granite 5.2, in which Your Ref and Remarks have each other's access key; the profile knows 5.1."""
    with granite_world(tmp_path_factory.mktemp("updated"), options=["--release", "5.2"], reads=True) as ready:
        yield ready


def typed(world: GraniteWorld, reference: str) -> tuple[Form, Form]:
    """What was to be typed, and what the form is read to show."""
    form = form_of(WANTED, reference, world.profile, NONE)
    world.granite.open_entry(reference)
    world.granite.screens.type_form(form.header)
    for place, texts in enumerate(form.lines):
        world.granite.screens.type_row("lines", place, texts)
    return form, Form(world.granite.screens.read_form(), world.granite.screens.rows("lines"))


def test_swapped_access_keys_are_noticed_before_save_and_survived_the_next_time(updated: GraniteWorld) -> None:
    """By keys alone both fields would be read back as they were typed, each in the other's place.

    What was found in another's place is looked for by its label from then on: the order is stored right.
    """
    with pytest.raises(TargetElsewhere, match="your_ref, remarks"):
        typed(updated, "GU-8-X")
    updated.granite.abandon_entry()
    form, shown = typed(updated, "GU-9-X")
    assert form_differences(form, shown, updated.profile) == ()
    answer = updated.bot.save(lambda: True)
    assert answer.number is not None
    document = updated.bot.read_document(answer.number)
    assert document_differences(WANTED, "GU-9-X", document, updated.profile, NONE) == ()
    assert updated.books.rows("SELECT po_number, remarks FROM orders") == [("PO-4711", "Leave at the gate")]

"""Is the field beside a caption found in every layout, and is none taken that may belong to somebody else?"""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from tests.screens.labs import ABSENT, AMBIGUOUS, Lab, laboratory
from tests.screens.pages import css, near


@pytest.fixture(scope="module")
def lab(browser: Browser) -> Iterator[Lab]:
    """One session for all pages of this file."""
    with laboratory(browser) as ready:
        yield ready


R = '<input id="right">'
W = '<input id="wrong">'
AT = '<div style="position:absolute;left:{}px;top:{}px">{}</div>'


def cells(*rows: str) -> str:
    """A table; cells are separated by |."""
    split = ("".join(f"<td>{cell}</td>" for cell in row.split("|")) for row in rows)
    return "<table>" + "".join(f"<tr>{row}</tr>" for row in split) + "</table>"


def places(**things: tuple[int, int]) -> str:
    """A free layout: captions and boxes at their places; a name in capitals is a caption."""
    made = {"right": R, "wrong": W, "CAPTION": "Remarks", "OTHER": "Other"}
    return "".join(AT.format(left, top + 100, made[name]) for name, (left, top) in things.items())


IN_TABLES = {
    "right": ("right", cells(f"Remarks|{R}|Other|{W}")),
    "right past a blank cell": ("right", cells(f"Remarks||{R}|Other|{W}")),
    "right past a colon of its own": ("right", cells(f"Remarks|:|{R}|Other|{W}")),
    "right with a button": ("right", cells(f'Remarks|{R} <input type="button" value="...">|Other|{W}')),
    "right with a unit": ("right", cells(f"Remarks|{R} days|Other|{W}")),
    "right with a sign before": ("right", cells(f"Remarks|€ {R}|Other|{W}")),
    "left": ("left", cells(f"{W}|Other|{R}|Remarks")),
    "below": ("below", cells("Remarks|Other", f"{R}|{W}", "Third|Fourth")),
    "above": ("above", cells("Third|Fourth", f"{R}|{W}", "Remarks|Other")),
    "below wide cells": ("below", cells("Other|Remarks", f"{W}|x|{R}").replace("<td>Other", "<td colspan=2>Other")),
    "its own cell": ("right", cells(f"<b>Remarks</b> {R}|<b>Other</b> {W}")),
    "its own cell, below": ("below", cells(f"<b>Remarks</b><br>{R}|<b>Other</b><br>{W}")),
    "a caption in a box of its own": ("right", cells(f"<table><tr><td>Remarks</td></tr></table>|{R}|Other|{W}")),
    "a choice": ("right", cells(f'Remarks|<select id="right"><option>typed by us</select>|Other|{W}')),
    "a caption that is its label": ("right", cells(f'<label for="right">Remarks</label>|{R}|Other|{W}')),
    "a header cell": ("right", cells(f"Remarks|{R}").replace("<td>Remarks</td>", "<th>Remarks</th>")),
}  # fmt: skip


@pytest.mark.parametrize(("side", "body"), IN_TABLES.values(), ids=IN_TABLES)
def test_a_field_in_a_table_is_found_on_its_side(lab: Lab, side: str, body: str) -> None:
    """Tables are how old forms are laid out."""
    if 'select id="right"' in body:
        lab.show(body)
        assert lab.read(body, near("Remarks", side)) == "typed by us"
    else:
        assert lab.typed(body, near("Remarks", side)) == "right"


FREE = {
    "right": ("right", places(CAPTION=(0, 0), right=(100, 0), OTHER=(300, 0), wrong=(400, 0))),
    "right, a little lower": ("right", places(CAPTION=(0, 0), right=(100, 5), wrong=(100, 40))),
    "left": ("left", places(right=(0, 0), CAPTION=(200, 0), OTHER=(300, 0), wrong=(400, 0))),
    "below": ("below", places(CAPTION=(0, 0), right=(0, 25), OTHER=(0, 60), wrong=(0, 85))),
    "above": ("above", places(right=(0, 0), CAPTION=(0, 30), wrong=(0, 60), OTHER=(0, 90))),
    "in one line": ("right", f"<p><span>Remarks</span> {R} <span>Other</span> {W}</p>"),
    "in blocks": ("below", f"<div>Remarks</div><div>{R}</div><div>Other</div><div>{W}</div>"),
}


@pytest.mark.parametrize(("side", "body"), FREE.values(), ids=FREE)
def test_a_field_in_a_free_layout_is_found_on_its_side(lab: Lab, side: str, body: str) -> None:
    """Newer forms are laid out by place."""
    assert lab.typed(body, near("Remarks", side)) == "right"


FOREIGN = {
    "another caption's field comes first": ("right", cells(f"Remarks|Other|{W}"), ABSENT),
    "the next cell begins with another caption": ("right", cells(f"Remarks|No. {W}"), ABSENT),
    "the next cell's field is labelled": ("right", cells(f"Remarks|<label>Other {W}</label>"), ABSENT),
    "the field is another label's": ("right", cells(f'Remarks|{W}|<label for="wrong">Other</label>'), AMBIGUOUS),
    "a field in its own cell and in the next": ("right", cells(f"<b>Remarks</b> {W}|{R}"), AMBIGUOUS),
    "its own cell holds the field of the other side": ("right", cells(f"{R} <b>Remarks</b>|{W}"), ABSENT),
    "the row ends": ("right", cells("Other|Remarks", f"{W}|"), ABSENT),
    "nothing below": ("below", cells(f"Remarks|{W}"), ABSENT),
    "a caption between, in a free layout": ("right", places(CAPTION=(0, 0), OTHER=(80, 0), wrong=(160, 0)), ABSENT),
    "too far away": ("right", places(CAPTION=(0, 0), wrong=(700, 0)), ABSENT),
    "on another line": ("right", places(CAPTION=(0, 0), wrong=(100, 30)), ABSENT),
    "in another column": ("below", places(CAPTION=(0, 0), wrong=(200, 25)), ABSENT),
    "a second field without a caption": ("right", cells(f"Remarks|{W}|{R}"), AMBIGUOUS),
    "a second field in the same cell": ("right", cells(f"Remarks|{W}{R}"), AMBIGUOUS),
    "a second field past a blank cell": ("right", cells(f"Remarks|{W}||{R}"), AMBIGUOUS),
    "a second field in its own cell": ("right", cells(f"<b>Remarks</b>{W}{R}"), AMBIGUOUS),
    "a second field in a free layout": ("right", places(CAPTION=(0, 0), wrong=(80, 0), right=(250, 0)), AMBIGUOUS),
    "a column of fields below": ("below", cells("Remarks|Other", f"{W}|", f"{R}|"), AMBIGUOUS),
    "the caption twice": ("right", cells(f"Remarks|{R}", f"Remarks|{W}"), AMBIGUOUS),
}  # fmt: skip


@pytest.mark.parametrize(("side", "body", "outcome"), FOREIGN.values(), ids=FOREIGN)
def test_a_field_that_may_be_somebody_elses_is_not_taken(lab: Lab, side: str, body: str, outcome: str) -> None:
    """An inserted field, a moved caption, a form without captions: nothing is typed anywhere."""
    assert lab.typed(body, near("Remarks", side)) == outcome


def test_an_inserted_field_is_passed_over_where_another_locator_knows(lab: Lab) -> None:
    """The caption cannot tell the two fields apart, the selector can."""
    assert lab.typed(cells(f"Remarks|{W}|{R}"), near("Remarks"), css("#right")) == "right"


def test_a_caption_beside_another_labels_field_contradicts_the_selector(lab: Lab) -> None:
    """The ids were swapped: the selector finds one field, the caption stands beside one that another label claims."""
    body = cells('Remarks|<input id="wrong">|<label for="wrong">Customer</label>|<input id="right">')
    assert lab.typed(body, near("Remarks"), css("#right")) == AMBIGUOUS


def test_a_field_moved_away_from_its_caption_is_not_believed(lab: Lab) -> None:
    """Beside the caption stands another field now, and the selector still finds the old one: a person must look."""
    assert lab.typed(cells(f"Remarks|{W}|Other|{R}"), near("Remarks"), css("#right")) == AMBIGUOUS


SHOWN = {
    "a value": (cells("Status|Open|Terms|30"), "Open"),
    "a value past a colon": (cells("Status|:|Open|Terms|30"), "Open"),
    "an empty value with an id": (cells("Status|<span id=v></span>|Terms|30"), ""),
    "an empty value at the end": (cells("Status|&nbsp;"), ""),
    "an empty value, or is it": (cells("Status||Terms|30"), AMBIGUOUS),
    "a value in bold": (cells("<b>Status</b>|<b>Open</b>"), "Open"),
    "a read-only box": (cells('Status|<input readonly value="Open">|Terms|30'), "Open"),
}


@pytest.mark.parametrize(("body", "shown"), SHOWN.values(), ids=SHOWN)
def test_the_value_beside_a_caption_is_read(lab: Lab, body: str, shown: str) -> None:
    """A display shows its values in cells; the next caption is no value."""
    assert lab.read(body, near("Status")) == shown

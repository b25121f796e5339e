"""Doubts that a selector file which its surface cannot follow is refused when it is loaded, and says where."""

import shutil
from pathlib import Path

import pytest

from bridge.errors import InvalidConfig
from bridge.store.selector_files import load_profile
from tests.samples import ROOT

CUSTOMER = '[{ label = "Customer" }, { label = "客户" }]'
KEYED = '[{ keys = "alt+c" }, { label = "Customer" }, { label = "客户" }]'
SPOILT = {
    "a place behind a label": ("juniper", CUSTOMER, '[{ label = "Customer" }, { cell = "3,19,8" }]', "by cell"),
    "a field's number behind a label": ("juniper", CUSTOMER, '[{ field = "1" }, { label = "Customer" }]', "by field"),
    "a cell without its length": ("juniper", '{ cell = "19,2,8" }', '{ cell = "19,2" }', "row, column and how many"),
    "a cell from zero": ("juniper", '{ cell = "19,2,8" }', '{ cell = "0,2,8" }', "no number from 1"),
    "a key that there is not": ("juniper", '{ keys = "f6" }', '{ keys = "f66" }', "'f66' are no keys"),
    "a way of the web": ("juniper", CUSTOMER, '[{ css = "#customer" }]', "css does not exist on the surface terminal"),
    "nothing at all": ("juniper", CUSTOMER, '[{ label = " " }]', "label is empty"),
    "two ways in one": ("juniper", CUSTOMER, '[{ label = "Customer", text = "Customer" }]', "exactly one strategy"),
    "what commits is not there": ("juniper", '{ target = "save" }', '{ target = "store" }', "no target 'store'"),
    "what commits is a field": ("granite", '{ target = "save" }', '{ target = "remarks" }', "commits is a button"),
    "another target over its keys": ("granite", 'keys = "alt+c"', 'keys = "tab alt+s"', "those of save, which commits"),
    "a picture that is not there": ("granite", KEYED, '[{ image = "customer.png" }]', "no picture 'customer.png'"),
    "a side that there is not": ("granite", KEYED, '[{ near = "Customer", side = "under" }]', "'under' is none of"),
}


@pytest.mark.parametrize("name", SPOILT)
def test_what_a_surface_cannot_follow_is_refused_with_its_place(name: str, tmp_path: Path) -> None:
    """All of it before anybody signs on."""
    erp, old, new, told = SPOILT[name]
    folder = Path(shutil.copytree(ROOT / "selectors" / erp, tmp_path / erp))
    file = folder / "order_entry.toml"
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new), encoding="utf-8")
    with pytest.raises(InvalidConfig) as refused:
        load_profile(folder)
    assert "order_entry.toml" in str(refused.value)
    assert told in str(refused.value)


def test_a_habit_that_nobody_has_is_refused(tmp_path: Path) -> None:
    """A misspelt one would be its usual keys."""
    folder = Path(shutil.copytree(ROOT / "selectors" / "juniper", tmp_path / "juniper"))
    file = folder / "erp.toml"
    file.write_text(file.read_text(encoding="utf-8").replace("erase_field =", "erase_fields ="), encoding="utf-8")
    with pytest.raises(InvalidConfig, match=r"keys\.erase_fields"):
        load_profile(folder)

"""May a desktop program open a screen by itself, and say on the screen that it has answered?"""

import shutil
from pathlib import Path

import pytest

from bridge.errors import InvalidConfig
from bridge.store.selector_files import load_profile
from tests.samples import ROOT


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The selector files of Tryton's desktop client, to be spoiled."""
    return Path(shutil.copytree(ROOT / "selectors" / "tryton_desktop", tmp_path / "tryton_desktop"))


def spoil(path: Path, old: str, new: str) -> None:
    """Put something else there."""
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def test_an_address_of_the_program_is_no_key(folder: Path) -> None:
    """It begins with a stroke; what does not is keys, and is refused where it is none."""
    assert load_profile(folder).screens["order_blank"].address.startswith("/model/")
    spoil(folder / "order_blank.toml", '"/model/', '"model/')
    with pytest.raises(InvalidConfig, match=r"order_blank\.toml: address"):
        load_profile(folder)


def test_what_answers_save_is_a_target_of_its_screen(folder: Path) -> None:
    """Else it would never answer."""
    commit = load_profile(folder).screens["order_entry"].commit
    assert commit is not None
    assert commit.answered == "outcome"
    spoil(folder / "order_entry.toml", 'answered = "outcome"', 'answered = "result"')
    with pytest.raises(InvalidConfig, match=r"order_entry\.toml: commit\.answered"):
        load_profile(folder)


def test_a_profile_knows_by_which_strategies_it_finds(folder: Path) -> None:
    """A seat gets a message bus only where it is asked for."""
    assert "accessible" in load_profile(folder).strategies
    assert "accessible" not in load_profile(ROOT / "selectors" / "granite").strategies

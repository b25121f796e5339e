"""Doubts how the tests are shared out: nothing is left to a longer level by a name that does not exist any more."""

import ast
from pathlib import Path

import pytest

from tests.lengths import LONG, STEPS, SWEEP, left_to

TESTS = Path(__file__).parents[1]
LENT = {"real/test_tryton_web.py": "contracts/test_erp_bots.py"}  # its tests are another file's


def defined(file: str) -> set[str]:
    """The tests of a file."""
    tree = ast.parse((TESTS / file).read_text(encoding="utf-8"))
    found = {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}
    return found | (defined(LENT[file]) if file in LENT else set())


@pytest.mark.parametrize("step", STEPS)
def test_every_test_that_is_kept_is_there(step: str) -> None:
    """A test that was renamed would be left to the longer level unseen."""
    for about, names in STEPS[step].items():
        missing = {name.partition("[")[0] for name in names} - defined(about.partition("[")[0])
        assert not missing, about


def test_a_test_is_left_to_the_longer_level_unless_it_is_named() -> None:
    """By its own name or that of one of its forms; a file may be named for some of its forms only."""
    kills = "chaos/test_kills.py"
    assert left_to(kills, "test_a_seat_may_be_killed_at_any_moment") == LONG
    assert left_to(kills, "test_the_whole_bridge_may_be_killed_at_any_step[one half]") is None
    assert left_to(kills, "test_the_whole_bridge_may_be_killed_at_any_step[the other half]") == LONG
    entries = "contracts/test_erp_bots.py"
    assert left_to(entries, "test_every_page_is_read[granite]") == SWEEP
    assert left_to(entries, "test_every_page_is_read[harbour]") is None
    assert left_to("unit/test_locale.py", "test_anything") is None

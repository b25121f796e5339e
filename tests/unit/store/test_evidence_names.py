"""Can a text from outside ever become a path?"""

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.store.evidence.names import FILE, FOLDER, erp_folder, file_name, number_in, packet_folder
from tests.unit.store.evidence_samples import picture, store, verdict_of

NASTY = [
    "..",
    "../../etc/passwd",
    "C:\\x",
    "CON",
    "con",
    "nul",
    "COM1",
    "a/b",
    "订单",
    "",
    " ",
    "x" * 300,
    "\ud800",
    "a.b",
    "A\n",
]


@pytest.mark.parametrize("text", NASTY)
def test_a_nasty_text_becomes_one_harmless_folder(tmp_path: Path, text: str) -> None:
    """No separator, no dot, no device of Windows, nothing outside ASCII, nothing long."""
    for name in (erp_folder(text), packet_folder(text, 1), file_name(1, text, "webp")):
        assert re.fullmatch(r"[A-Za-z0-9_-]{1,80}(\.webp)?", name)
        assert name.upper() not in {"CON", "NUL", "COM1"}
    packet = store(tmp_path).open_packet(text, text, 3)
    packet.add(picture(1, text), "w")
    assert not verdict_of(tmp_path / packet.path, packet.head, packet.path).findings
    assert len(list(tmp_path.iterdir())) == 1


@given(st.text(), st.text())
def test_two_texts_never_share_a_folder(one: str, other: str) -> None:
    """The evidence of two orders never meets, also where the file system folds case."""
    assert (packet_folder(one, 1).lower() == packet_folder(other, 1).lower()) == (one == other)
    assert (erp_folder(one).lower() == erp_folder(other).lower()) == (one == other)


@given(st.integers(1, 999_999_999), st.text())
def test_our_files_are_recognised(number: int, step: str) -> None:
    """What the store writes, the verifier knows as its own."""
    name = file_name(number, step, "png")
    assert FILE.fullmatch(name)
    assert number_in(name) == number
    assert FOLDER.fullmatch(packet_folder(step, number))


@pytest.mark.parametrize(
    "name", ["../0001-a.webp", "0001-a.exe", "1-a.webp", "0001-A.webp", "0001-a.webp\n", "0001-.png"]
)
def test_a_name_that_leads_elsewhere_is_not_ours(name: str) -> None:
    """A manifest cannot make the verifier read other files."""
    assert number_in(name) is None

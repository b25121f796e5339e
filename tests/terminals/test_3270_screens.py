"""Doubts what is read of a 3270: where its fields are, what is hidden, when its host has answered."""

from collections.abc import Sequence

import pytest

from bots.drivers.s3270_programs import Answer, Host, Status, host_of
from bots.drivers.terminal_parts import Span
from bots.drivers.tn3270_terminals import Tn3270Terminal
from bridge.errors import LineLost, TextUntypable

FREE, LOCKED, REFUSED, CUT = (
    f"{state} I 2 24 80 1 3 0x0 0.000" for state in ("U F U C(h)", "L F U C(h)", "E F U C(h)", "L U U N")
)
BLANK = "00"


def hexed(text: str) -> str:
    """As ReadBuffer says it."""
    return " ".join(each.encode().hex() for each in text)


SCREEN = (
    f"SF(c0=e4,42=f1) {hexed('User')} SF(c0=c4) SA(41=f4) {hexed('BO')} {BLANK} SF(c0=f4) GE(41) e4b8ad -",
    f"SF(c0=4d,41=f4) {hexed('secret')} SF(c0=6c) {hexed('gone')} SF(c0=c4)",
    f"{hexed('on')} SF(c0=e4) {' '.join([BLANK] * 10)}",
)


class Told:
    """An emulator that shows this; what it is told to do is written down."""

    erp = "basalt"

    def __init__(self, screen: Sequence[str] = SCREEN, *states: str) -> None:
        self.screen, self.states = tuple(screen), list(states)
        self.status = Status.read(FREE)
        self.done: list[tuple[str, ...]] = []
        self.comes = False

    def do(self, action: str, *words: str, seconds: float = 0.0) -> Answer:  # noqa: ARG002 - the port's
        self.done.append((action, *words))
        if self.states:
            self.status = Status.read(self.states.pop(0))
        if action == "Wait":
            return Answer(self.comes, ())
        if action == "MoveCursor1":
            self.status = Status(self.status.is_locked, self.status.is_connected, (int(words[0]), int(words[1])))
        return Answer(True, self.screen if action == "ReadBuffer" else ())

    def close(self) -> None:
        self.done.append(("close",))


def test_fields_are_where_the_host_says_that_something_can_be_typed() -> None:
    """An attribute takes a cell itself, goes on in the next row, and how a character looks takes none."""
    look = Tn3270Terminal(Told(), "cp037").look()
    assert look.fields == (Span(1, 7, 3), Span(2, 2, 6), Span(3, 1, 2))
    assert look.line(1) == " User BO  A中"
    assert look.text(Span(3, 1, 2)) == "on"


def test_what_is_not_to_be_seen_is_not_read() -> None:
    """Neither a password that is being typed nor what the host hides itself; both are marked as hidden."""
    look = Tn3270Terminal(Told(), "cp037").look()
    assert look.line(2).strip() == ""
    assert look.styles[1] == " hhhhhh hhhh "


def test_a_locked_keyboard_is_told() -> None:
    """While the host works, and where a key was refused."""
    for state in (LOCKED, REFUSED):
        terminal = Tn3270Terminal(Told(SCREEN, state), "cp037")
        terminal.look()
        assert terminal.is_locked()


def test_a_host_has_answered_once_it_takes_keys_again() -> None:
    """Also where it shows what it showed before."""
    told = Told()
    terminal = Tn3270Terminal(told, "cp037")
    before = terminal.look().heard
    told.states = [LOCKED, LOCKED]
    terminal.press(("enter",))
    assert terminal.look().heard == before
    told.states = [FREE]
    assert terminal.look().heard == before + 1
    assert terminal.look().heard == before + 1


def test_a_line_that_ended_is_named() -> None:
    """Whatever is still on the screen."""
    with pytest.raises(LineLost):
        Tn3270Terminal(Told(SCREEN, CUT), "cp037").look()


def test_no_more_is_typed_than_the_field_holds() -> None:
    """From where the cursor is; nothing where there is no field, and nothing that the host has no code for."""
    told = Told()
    terminal = Tn3270Terminal(told, "cp037")
    terminal.look()
    terminal.go_to(Span(1, 8, 2), 1.0)
    terminal.write("ABCD")
    terminal.go_to(Span(1, 2, 2), 1.0)
    terminal.write("ABCD")
    terminal.go_to(Span(1, 7, 3), 1.0)
    with pytest.raises(TextUntypable, match="𠮷"):
        terminal.write("𠮷")
    assert [words for words in told.done if words[0] == "String"] == [("String", "AB")]


def test_what_a_3270_has_no_key_for_is_not_pressed() -> None:
    """The keys it has are those of c3270."""
    told = Told()
    terminal = Tn3270Terminal(told, "cp037")
    for chord in (("f24",), ("alt", "1"), ("shift", "tab"), ("ctrl", "u")):
        terminal.press(chord)
    assert told.done == [("PF", "24"), ("PA", "1"), ("BackTab",), ("DeleteField",)]
    with pytest.raises(ValueError, match=r"ctrl\+q"):
        terminal.press(("ctrl", "q"))


@pytest.mark.parametrize(
    ("address", "told"),
    [
        ("tn3270s://erp.example", "L:erp.example:992"),
        ("tn3270s://erp.example:1992/LU12", "L:LU12@erp.example:1992"),
        ("tn3270://[::1]:3270", "[::1]:3270"),
    ],
)
def test_an_address_is_told_to_the_emulator_in_its_own_way(address: str, told: str) -> None:
    """With TLS unless the address says otherwise."""
    assert host_of("basalt", address, "cp037").address == told
    assert Host("basalt", "h", 1).is_secure

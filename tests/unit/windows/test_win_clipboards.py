"""Does the Windows half know who fetched a text from the clipboard, and who put one there?"""

import pytest

from bots.drivers.win_clipboards import PRIVATE
from bots.drivers.win_doors import RENDER_ALL, UNICODE_TEXT
from bridge.errors import ClipboardTaken
from tests.unit.windows.desktops import STRANGER, Seat, seat


@pytest.fixture
def worked() -> Seat:
    """A seat with its program at work."""
    return seat()


@pytest.fixture
def other(worked: Seat) -> int:
    """A window of another program, which looks at every clipboard."""
    number = worked.machine.open_window("History", STRANGER, 30, visible=False)
    assert worked.machine.front == worked.form.window
    return number


def test_histories_and_clouds_are_told_to_leave_it_alone(worked: Seat) -> None:
    """By the kinds that Microsoft gave names for it; the text itself is only promised."""
    worked.desktop.clipboard.offer("重庆")
    board = worked.machine.board.held
    assert {board[worked.machine.register(name)] for name in PRIVATE} == {bytes(4)}
    assert board[UNICODE_TEXT] is None


def test_who_only_looks_on_has_not_fetched_it(worked: Seat, other: int) -> None:
    """A history or a remote desktop that reads our text is not the ERP; nor is one that does not say who it is."""
    clipboard, machine = worked.desktop.clipboard, worked.machine
    for reader in (other, None):
        clipboard.offer("重庆")
        machine.listening = True
        assert machine.paste(reader) == "重庆"
        machine.listening = False
        assert not clipboard.was_fetched(0.02)


def test_what_another_program_put_there_is_never_read_as_the_erps(worked: Seat, other: int) -> None:
    """It is named instead: a field is not empty because its text was replaced on the way."""
    clipboard, machine = worked.desktop.clipboard, worked.machine
    clipboard.offer("")
    machine.listening = True
    assert machine.copy(worked.form.window, "of the field")
    assert machine.copy(other, "of a person")
    assert clipboard.was_taken(1.0)
    with pytest.raises(ClipboardTaken):
        clipboard.read(1.0)
    assert not machine.board.is_open


def test_a_clipboard_that_another_program_keeps_is_told(worked: Seat, other: int) -> None:
    """After a while; nothing was typed by then."""
    assert worked.machine.open(other)
    with pytest.raises(ClipboardTaken):
        worked.desktop.clipboard.read(0.02)


def test_what_is_not_ours_need_not_be_released(worked: Seat, other: int) -> None:
    """Whoever keeps the clipboard open keeps nobody from going on then."""
    worked.machine.board.owner = other
    assert worked.machine.open(other)
    worked.desktop.clipboard.release()
    assert worked.machine.board.owner == other


def test_something_that_is_no_text_is_none(worked: Seat) -> None:
    """A picture was copied."""
    machine = worked.machine
    worked.desktop.clipboard.offer("")
    machine.listening = True
    assert machine.copy(worked.form.window, "")
    machine.board.held = {8: b"picture"}
    assert worked.desktop.clipboard.was_taken(1.0)
    assert worked.desktop.clipboard.read(1.0) is None


def test_what_the_erp_copied_is_left_alone_at_the_end(worked: Seat) -> None:
    """Only what is ours is taken away; and at the very end nothing is left behind for the system to keep."""
    machine = worked.machine
    worked.desktop.clipboard.offer("ours")
    machine.listening = True
    assert machine.copy(worked.form.window, "theirs")
    worked.desktop.clipboard.release()
    assert machine.paste(worked.form.window) == "theirs"
    worked.desktop.clipboard.offer("ours")
    (hear,) = machine.heard.values()
    hear(RENDER_ALL, 0)
    assert machine.board.held[UNICODE_TEXT] is None
    worked.desktop.close()
    assert machine.heard == {}
    assert UNICODE_TEXT not in machine.board.held

"""Does the Windows half see the ERP's windows, all of them and no others, and know when its program is done?"""

import pytest

from bots.drivers.win_doors import CHILD
from bots.drivers.win_structures import CallFailedError
from bots.drivers.win_windows import MEANINGLESS, Windows
from bridge.errors import OperatorStopped, SessionUnfit
from tests.unit.windows.desktops import PROCESS, STRANGER, Seat, seat


@pytest.fixture
def worked() -> Seat:
    """A seat with its program at work."""
    return seat()


def titles(worked: Seat) -> list[str]:
    """What is seen."""
    return [window.title for window in worked.desktop.windows.all()]


# --- which windows --------------------------------------------------------------------------------------------------


def test_windows_of_others_are_not_the_erps(worked: Seat) -> None:
    """Neither the shell's nor what pops up."""
    worked.machine.open_window("Update available", STRANGER, 30)
    assert titles(worked) == ["Lab"]
    worked.machine.open_window("Print", STRANGER, 30, owner=worked.form.window)
    assert titles(worked) == ["Lab", "Print"]


@pytest.mark.parametrize(
    "odd",
    [
        {"title": "", "style": 0},
        {"title": "hint", "style": CHILD},
        {"title": "Old", "visible": False},
        {"title": "Parked", "cloaked": True},
    ],
    ids=["menu", "list that drops down", "hidden", "cloaked"],
)
def test_what_people_do_not_call_a_window_is_none(worked: Seat, odd: dict[str, object]) -> None:
    """Though for Windows it is one."""
    title = str(odd.pop("title"))
    worked.machine.open_window(title, PROCESS, worked.form.thread, **odd)
    assert titles(worked) == ["Lab"]


def test_what_keeps_its_owner_from_input_is_a_window_whatever_it_looks_like(worked: Seat) -> None:
    """A question without frame and title stops the hands like any other."""
    owner = worked.form.window
    worked.machine.windows[owner].enabled = False
    odd = worked.machine.open_window("", PROCESS, worked.form.thread, style=0, owner=owner)
    assert worked.desktop.windows.ids() == (owner, odd)


def test_an_owner_that_nobody_sees_is_stood_before_by_none(worked: Seat) -> None:
    """Some toolkits have a hidden window that owns all others: the first one that can be seen counts."""
    machine, thread = worked.machine, worked.form.thread
    hidden = machine.open_window("Application", PROCESS, thread, visible=False)
    entry = machine.open_window("Entry", PROCESS, thread, owner=hidden)
    between = machine.open_window("", PROCESS, thread, style=0, owner=entry)
    message = machine.open_window("Message", PROCESS, thread, owner=between)
    seen = {window.id: window.stands_before for window in worked.desktop.windows.all()}
    assert (seen[entry], seen[message]) == (None, entry)


def test_windows_keep_the_order_in_which_they_came(worked: Seat) -> None:
    """Whatever is clicked to the front; those that come at once are told the owner first."""
    machine, windows = worked.machine, worked.desktop.windows
    machine.set_foreground(machine.stack[-1])
    first = machine.open_window("Entry", PROCESS, worked.form.thread)
    message = machine.open_window("Message", PROCESS, worked.form.thread, owner=first)
    assert windows.ids() == (worked.form.window, first, message)
    machine.set_foreground(worked.form.window)
    assert windows.ids() == (worked.form.window, first, message)
    assert windows.stacked() == (first, message, worked.form.window)
    machine.close_window(first)
    assert windows.ids() == (worked.form.window, message)


def test_what_is_seen_of_a_window_is_where_it_is(worked: Seat) -> None:
    """Without the borders that nobody sees; minimised, it says so."""
    worked.machine.windows[worked.form.window].minimised = True
    (window,) = worked.desktop.windows.all()
    assert (window.left, window.width, window.height, window.is_hidden) == (107, 586, 393, True)


def test_a_window_that_cannot_be_placed_counts_as_the_topmost(worked: Seat) -> None:
    """A chain that breaks off never lets one that hides something be forgotten."""
    lost = worked.machine.open_window("Prices", PROCESS, worked.form.thread)
    worked.machine.stack.remove(lost)
    assert worked.desktop.windows.stacked() == (worked.form.window, lost)


# --- the keyboard ---------------------------------------------------------------------------------------------------


def test_a_refused_foreground_is_asked_for_together_with_who_has_it(worked: Seat) -> None:
    """And nothing stays shared afterwards; a minimised window is shown first."""
    machine = worked.machine
    machine.open_window("Other", STRANGER, 30)
    machine.lets_us_front = False
    machine.windows[worked.form.window].minimised = True
    worked.desktop.windows.activate(worked.form.window)
    assert worked.desktop.windows.active() == worked.form.window
    assert not machine.windows[worked.form.window].minimised
    assert machine.attached == set()


def test_nothing_is_shared_with_a_program_that_hangs(worked: Seat) -> None:
    """We would hang with it; that the window has no keyboard is seen by whoever asked."""
    machine = worked.machine
    other = machine.open_window("Other", STRANGER, 30)
    machine.lets_us_front, machine.threads[30].frozen = False, True
    worked.desktop.windows.activate(worked.form.window)
    assert worked.desktop.windows.active() == other


def test_an_old_key_is_not_taken_for_the_new_one(worked: Seat) -> None:
    """What was typed after a program froze is not done when it has only worked off what was typed before."""
    windows, machine, form = worked.desktop.windows, worked.machine, worked.form
    thread = machine.threads[form.thread]
    thread.busy = True
    assert not windows.answers(form.window, 0.02)
    assert not windows.answers(form.window, 0.02)
    assert len(thread.queue) == 2  # down and up, once: nothing piles up before a program that hangs
    worked.desktop.keys.write("after")
    thread.busy = False
    assert windows.answers(form.window, 5.0)
    assert form.held == "after"
    assert machine.attached == set()


def test_after_another_window_was_asked_for_another_key_is_sent(worked: Seat) -> None:
    """The one that may still be on its way proves nothing any more."""
    windows, machine, form = worked.desktop.windows, worked.machine, worked.form
    thread = machine.threads[form.thread]
    thread.busy = True
    assert not windows.answers(form.window, 0.02)
    windows.activate(form.window)
    assert machine.attached == set()
    thread.busy = False
    worked.desktop.keys.write("x" * 20)
    assert windows.answers(form.window, 5.0)
    assert form.held == "x" * 20
    assert set(thread.toggled) <= set(MEANINGLESS)


def test_where_another_program_has_the_keyboard_no_key_is_sent_to_it(worked: Seat) -> None:
    """Ours answers, as nothing that was typed can be with it."""
    worked.machine.open_window("Other", STRANGER, 30)
    assert worked.desktop.windows.answers(worked.form.window, 1.0)
    assert not worked.machine.threads[30].queue


def test_while_nobody_has_the_keyboard_nothing_is_proved(worked: Seat) -> None:
    """It comes back to somebody, or the time is over."""
    worked.machine.front = None
    assert not worked.desktop.windows.answers(worked.form.window, 0.02)


def test_where_no_key_is_taken_nobody_answers(worked: Seat) -> None:
    """As in a session that was locked meanwhile; and a thread that cannot be shared with proves nothing either."""
    worked.machine.takes_input = False
    assert not worked.desktop.windows.answers(worked.form.window, 0.02)
    assert worked.machine.attached == set()
    worked.machine.takes_input = True
    foreign = worked.machine
    windows = Windows(_Unshared(foreign), foreign, worked.desktop.program.holds, foreign.pump)  # type: ignore[arg-type]
    assert not windows.answers(worked.form.window, 0.02)


class _Unshared:
    """A machine that refuses to share input, as between two desktops."""

    def __init__(self, machine: object) -> None:
        self._machine = machine

    def __getattr__(self, name: str) -> object:
        return getattr(self._machine, name)

    def attach(self, ours: int, theirs: int, *, on: bool) -> bool:  # noqa: ARG002 - the door's
        return False


# --- keys -----------------------------------------------------------------------------------------------------------


def test_characters_beyond_the_basic_plane_are_sent_as_two_units(worked: Seat) -> None:
    """Each down and up."""
    worked.desktop.keys.write("a𠮷")
    sent = [(event.unit, event.flags) for event in worked.machine.threads[worked.form.thread].queue if event]  # type: ignore[union-attr]
    assert sent == [(unit, flags) for unit in (0x61, 0xD842, 0xDFB7) for flags in (4, 6)]


def test_a_text_that_is_not_taken_whole_is_an_error(worked: Seat) -> None:
    """The field is read before anything goes on."""
    worked.machine.takes_input = False
    with pytest.raises(CallFailedError, match="0 of 2"):
        worked.desktop.keys.write("a")
    assert CallFailedError in worked.desktop.lost


def test_a_person_stops_the_hands_before_a_text(worked: Seat) -> None:
    """And within a long one."""
    worked.gui.stopped = True
    with pytest.raises(OperatorStopped):
        worked.desktop.keys.write("a")
    assert not worked.machine.threads[worked.form.thread].queue


def test_every_text_can_be_typed_whatever_the_keyboard(worked: Seat) -> None:
    """Characters are sent, not keys: neither layout nor Caps Lock changes them."""
    assert worked.desktop.layout.types("重庆 𠮷")
    assert not worked.desktop.layout.caps_lock()


def test_another_layout_than_at_first_is_noticed(worked: Seat) -> None:
    """Keys that have names would be those of the one before."""
    assert not worked.desktop.layout.has_changed()
    worked.machine.language = 0x04070407
    assert worked.desktop.layout.has_changed()


def test_no_process_of_another_program_is_held(worked: Seat) -> None:
    """Only what is in the job."""
    assert worked.desktop.program.holds(PROCESS)
    assert not worked.desktop.program.holds(STRANGER)


def test_a_session_that_cannot_be_worked_is_refused_before_anything_is_started() -> None:
    """With the reason, in the words of the check."""
    from bots.drivers.win_desktops import require_session
    from tests.unit.windows.sessions import FakeSession

    for unfit in (FakeSession(session=0, console=0), FakeSession(state=4), FakeSession(desktop=None)):
        with pytest.raises(SessionUnfit):
            require_session(unfit.findings().values())
    require_session(FakeSession(remote=True, screen_saver=True).findings().values())

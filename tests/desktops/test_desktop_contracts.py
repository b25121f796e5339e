"""Do both halves of the desktop driver keep the same promises? X11 on a real display, Windows on one that is none."""

from collections.abc import Callable
from dataclasses import dataclass

import pytest

from bots.drivers.desktop_hands import Hands
from bots.drivers.desktop_parts import Clipboard, Keys, Window, Windows
from tests.desktops.lab_programs import QUESTION, TITLE
from tests.desktops.labs import PATIENT, Lab
from tests.sandbox.harbour_clerks import eventually
from tests.unit.windows.desktops import seat

SELECT = (("home",), ("shift", "end"))
TEXTS = (
    "",
    "C-0001",
    "".join(map(chr, range(ord(" "), ord("~") + 1))).strip(),
    '<>|\\"@#yz-/_',
    "重庆某科技有限责任公司 Müller",
    "𠮷野家 𪚥",
    "x" * 300,
    "行" * 300,
)


@dataclass
class World:
    """A program with one field that has the keyboard, as a driver works it; `held` is what the program itself says."""

    keys: Keys
    clipboard: Clipboard
    windows: Windows
    hands: Hands
    window: int
    held: Callable[[], str]
    freeze: Callable[[], None]
    thaw: Callable[[], None]

    def press(self, *chords: tuple[str, ...]) -> None:
        """Press these, one after the other."""
        for chord in chords:
            self.keys.press(*chord)

    def named(self, title: str) -> Window:
        """The window of that title, once it is there."""
        eventually(lambda: [each for each in self.windows.all() if each.title == title])
        return next(each for each in self.windows.all() if each.title == title)


def _on_x11(lab: Lab) -> World:
    return World(
        lab.keys, lab.clipboard, lab.windows, lab.hands, lab.window.id, lab.held, freeze=lab.freeze, thaw=lab.thaw
    )


def _on_windows() -> World:
    worked = seat()
    desktop, form = worked.desktop, worked.form

    def is_frozen(frozen: bool) -> Callable[[], None]:
        return lambda: setattr(worked.machine.threads[form.thread], "frozen", frozen)

    def has_done() -> bool:
        return desktop.windows.answers(form.window, 1.0)

    hands = Hands(desktop.keys, desktop.clipboard, desktop.layout, PATIENT, has_done=has_done)
    parts = (desktop.keys, desktop.clipboard, desktop.windows, hands, form.window)
    return World(*parts, lambda: form.held, is_frozen(frozen=True), is_frozen(frozen=False))


@pytest.fixture(params=[pytest.param("x11", marks=pytest.mark.desktop), "windows"])
def world(request: pytest.FixtureRequest) -> World:
    """A desktop of each kind."""
    return _on_windows() if request.param == "windows" else _on_x11(request.getfixturevalue("field"))


@pytest.mark.parametrize("text", TEXTS, ids=range(len(TEXTS)))
def test_a_text_arrives_as_it_was_meant(world: World, text: str) -> None:
    """By what the program itself says and by what is read of it; what was there before is gone."""
    world.hands.put("before")
    world.hands.put(text)
    assert (world.hands.shown(), world.held()) == (text, text)


def test_what_was_pasted_is_said_to_be_fetched(world: World) -> None:
    """And is there."""
    world.clipboard.offer("重庆 𠮷")
    world.press(("ctrl", "v"))
    assert world.clipboard.was_fetched(5.0)
    eventually(lambda: world.held() == "重庆 𠮷")


def test_nothing_is_said_to_be_fetched_that_was_not(world: World) -> None:
    """Neither at once nor after a while, also where another text was before."""
    world.clipboard.offer("one")
    world.press(("ctrl", "v"))
    assert world.clipboard.was_fetched(5.0)
    world.clipboard.offer("two")
    assert not world.clipboard.was_fetched(0.2)
    assert world.held() == "one"


def test_a_frozen_program_fetches_nothing_later(world: World) -> None:
    """What was offered in vain is not there any more once it wakes up."""
    world.freeze()
    world.clipboard.offer("重庆")
    world.press(("ctrl", "v"))
    assert not world.clipboard.was_fetched(0.2)
    world.clipboard.release()
    world.thaw()
    assert world.windows.answers(world.window, 5.0)
    assert world.held() == ""


def test_what_is_copied_is_noticed_and_read(world: World) -> None:
    """Not before, and as it is."""
    world.hands.put("Müller 𠮷")
    world.clipboard.offer("")
    assert not world.clipboard.was_taken(0.1)
    world.press(*SELECT, ("ctrl", "c"))
    assert world.clipboard.was_taken(5.0)
    assert world.clipboard.read(5.0) == "Müller 𠮷"


def test_nothing_of_ours_is_left(world: World) -> None:
    """Once it is released nobody can paste it."""
    world.clipboard.offer("重庆")
    world.clipboard.release()
    assert world.clipboard.read(0.5) is None
    world.press(("ctrl", "v"))
    assert world.windows.answers(world.window, 5.0)
    assert world.held() == ""


def test_a_text_that_is_too_long_is_refused(world: World) -> None:
    """No field takes it."""
    with pytest.raises(ValueError, match="60001"):
        world.clipboard.offer("x" * 60_001)


def test_a_program_answers_once_it_has_done_all_that_was_typed(world: World) -> None:
    """Whoever has its answer need wait for nothing more."""
    for number in range(20):
        world.press(*SELECT, ("delete",))
        world.keys.write(f"order-{number:02}")
        assert world.windows.answers(world.window, 5.0)
        assert world.held() == f"order-{number:02}"


def test_a_frozen_program_does_not_answer(world: World) -> None:
    """Until it goes on; then it does, and what was typed meanwhile is there."""
    world.freeze()
    world.keys.write("meanwhile")
    assert not world.windows.answers(world.window, 0.1)
    assert not world.windows.answers(world.window, 0.1)
    world.thaw()
    assert world.windows.answers(world.window, 5.0)
    assert world.held() == "meanwhile"


def test_a_window_has_the_keyboard_once_it_was_given_to_it(world: World) -> None:
    """It is said by the system, not assumed."""
    world.windows.activate(world.window)
    eventually(lambda: world.windows.active() == world.window)


def test_a_window_stands_on_the_display_with_its_title(world: World) -> None:
    """Alone, and before no other one."""
    (window,) = world.windows.all()
    width, height = world.windows.size()
    assert (window.id, window.title, window.stands_before, window.is_hidden) == (world.window, TITLE, None, False)
    assert 0 <= window.left < window.left + window.width <= width
    assert 0 <= window.top < window.top + window.height <= height


def test_a_new_question_stands_before_its_owner(world: World) -> None:
    """It is a window of its own, the newest and the topmost one, and has the keyboard."""
    world.press(("f2",))
    question = world.named(QUESTION)
    assert question.stands_before == world.window
    assert list(world.windows.ids()) == [world.window, question.id]
    eventually(lambda: world.windows.active() == question.id)
    eventually(lambda: list(world.windows.stacked()) == [world.window, question.id])

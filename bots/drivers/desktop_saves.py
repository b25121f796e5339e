"""How does an order leave a desktop? By one press, once leave was given, and by the answers that were expected."""

import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from bots.drivers.desktop_parts import Window
from bots.drivers.desktop_watches import POLL
from bridge.errors import BridgeError, ProgramGone, SaveUnanswered, StopOrdered, TargetNotFound
from bridge.locale import Phrase
from bridge.model.chords import chords
from bridge.model.profiles import Screen, Target
from bridge.ports import Leave

if TYPE_CHECKING:
    from bots.drivers.desktop import DesktopDriver


def save(driver: "DesktopDriver", screen: Screen, window: Window, target: Target, leave: Leave) -> None:
    """See DesktopDriver.commit."""
    locator = target.locators[0]
    if locator.strategy != "keys":
        raise TargetNotFound(target=target.name, screen=screen.name)
    driver.guard.look()
    driver.watch.done(window.id)
    driver.watch.check(window)
    before = _answer_on(driver, screen, window)
    if not leave():
        raise StopOrdered(person="erpbridge", why=Phrase("leave was not given"))
    try:
        for chord in chords(locator.value):
            driver.desktop.keys.press(*chord)
        _see_through(driver, lambda: _answer_on(driver, screen, window) != before)
    except BridgeError as error:
        raise SaveUnanswered(why=error.phrase) from error
    except driver.desktop.lost as lost:
        raise SaveUnanswered(why=f"{type(lost).__name__}: {lost}") from lost


def _answer_on(driver: "DesktopDriver", screen: Screen, window: Window) -> str:
    """What the screen itself tells of an answer; "" where it tells of none."""
    if screen.commit is None or not screen.commit.answered:
        return ""
    now = next((each for each in driver.desktop.windows.all() if each.id == window.id), None)
    return driver.finder.told(now, screen.targets[screen.commit.answered], screen.name) or "" if now else ""


def _see_through(driver: "DesktopDriver", is_answered: Callable[[], bool]) -> None:
    """Answer the questions that are expected, up to the first message that is none of them, or to another answer."""
    answered: set[int] = set()
    end = time.monotonic() + driver.options.save_timeout
    while time.monotonic() < end:
        for message in driver.watch.messages():
            if message.id in answered:
                continue
            habit = _answer(driver, driver.watch.text(message))
            if habit is None:
                return
            driver.watch.answer(message, habit)
            answered.add(message.id)
        if driver.watch.strangers() or is_answered():
            return
        if not driver.desktop.program.runs():
            raise ProgramGone(erp=driver.profile.name, window=driver.watch.titles())
        time.sleep(POLL)
    raise SaveUnanswered(
        why=Phrase("the program showed nothing for {seconds} seconds", seconds=f"{driver.options.save_timeout:g}")
    )


def _answer(driver: "DesktopDriver", text: str) -> str | None:
    expected = next((accept for part, accept in driver.allowed.items() if part in text), None)
    return None if expected is None else "yes" if expected else "no"

"""How do hands work a page? They find what they were told to, let the page come to rest, and touch nothing else."""

import itertools
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from playwright.sync_api import ElementHandle, Error, Frame
from playwright.sync_api import TimeoutError as PlaywrightTimeout

from bots.drivers.web_asking import ask, elements, plain
from bots.drivers.web_commits import Gate
from bots.drivers.web_screens import missing
from bots.drivers.web_sessions import ENTRY_WINDOW, WebSession
from bridge.errors import BridgeError, ScreenUnknown, StopOrdered, TargetNotFound, TimedOut
from bridge.locale import Phrase
from bridge.model.profiles import ErpProfile, Screen, Target

POLLS = (2, 4, 8, 15)  # milliseconds between two looks: most pages answer at once, and a slow one is not pestered
QUIET = 100  # milliseconds a lively form must keep still after it was typed into; Tryton redraws itself within 60
REDRAWS = 3  # a field may have been redrawn and then, entered, give its place to the box in which numbers are typed
TEXT_BOX = """(element) => {
  if (!element.isConnected || window.__erpbridge.changed()) return 'changed';
  if (element.disabled || element.readOnly || !element.matches(window.__erpbridge.textbox)) return 'other';
  element.focus();
  element.select();
  if (!window.__erpbridge.visible(element)) return 'changed';
  return document.activeElement === element ? 'marked' : 'other';
}"""
UNCOVERED = """(element) => {
  element.scrollIntoView({ block: 'nearest', inline: 'nearest' });
  const box = element.getBoundingClientRect();
  const top = document.elementFromPoint(box.left + box.width / 2, box.top + box.height / 2);
  return !element.disabled && !!top && (top === element || element.contains(top));
}"""


@dataclass(frozen=True)
class Wish:
    """One element that is wanted: the question that finds it, and what is to be typed into it."""

    question: str
    given: tuple[Any, ...]
    target: Target
    name: str
    text: str = ""


def wish_for(target: Target, text: str = "") -> Wish:
    """The wish for a target of the screen."""
    return Wish("element", (plain(target.locators),), target, target.name, text)


@dataclass
class Hands:
    """Work the present window; `current` is the screen of each window and the frame it stands in."""

    profile: ErpProfile
    session: WebSession
    gate: Gate
    timeout: float
    window: str = ENTRY_WINDOW
    current: dict[str, tuple[Screen, Frame]] = field(default_factory=dict)
    typed: bool = False
    arriving: bool = False  # what is shown came up on a lively page, which may still be at work on it

    @property
    def screen(self) -> Screen:
        """The present screen; raises ScreenUnknown before one was shown."""
        return self._shown()[0]

    @property
    def frame(self) -> Frame:
        """The frame of the present screen."""
        return self._shown()[1]

    def _shown(self) -> tuple[Screen, Frame]:
        if self.window not in self.current:
            raise ScreenUnknown(erp=self.profile.name, expected=Phrase("any screen"), text="")
        return self.current[self.window]

    def ask(self, question: str, *given: Any) -> Any:
        """What the present screen answers; raises ScreenUnknown where it is gone."""
        answer = ask(self.frame, question, *given)
        if answer is None:
            raise self._gone()
        return answer

    def _gone(self) -> BridgeError:
        self.check_surprises()
        return ScreenUnknown(erp=self.profile.name, expected=self.screen.name, text="")

    # --- finding ----------------------------------------------------------------------------------------------------

    def locate(self, wishes: Sequence[Wish]) -> list[ElementHandle]:
        """The elements of all wishes, in one round trip; raises TargetNotFound or TargetAmbiguous for the first."""
        asked = [(wish.question, *wish.given) for wish in wishes]
        found = elements(self.frame, asked)
        if found is None:
            raise self._gone()
        for wish, element in zip(wishes, found, strict=True):
            if element is None:
                raise missing(wish.name, self.screen, self.ask(f"{wish.question}Hit", *wish.given))
        return [element for element in found if element is not None]

    def fill(self, wishes: Sequence[Wish]) -> None:
        """Type all wishes, in their order; where the page redrew itself meanwhile the rest is located again."""
        self.session.to_front(self.frame.page)
        if self.arriving:
            self.settle()
        found = self.locate(wishes)
        for number, wish in enumerate(wishes):
            state = self._mark(found[number], wish)
            for _ in range(REDRAWS):
                if state == "changed":
                    found[number:] = self.locate(wishes[number:])
                    state = self._mark(found[number], wish)
            try:
                self._put(found[number], wish, marked=state == "marked")
            except TargetNotFound:
                self._put(self.locate([wish])[0], wish)

    def _mark(self, element: ElementHandle, wish: Wish) -> str:
        """Mark what stands in a text box, so that typing replaces it; says "changed" where the page was redrawn."""
        if wish.target.kind in ("choice", "tick"):
            return "changed" if self.ask("changed") else "other"
        try:
            return str(element.evaluate(TEXT_BOX))
        except Error:
            return "changed"

    def press(self, target: Target, before: Callable[[], None] | None) -> None:
        """Press the target once the screen has come to rest; `before` is called just then, and no answer awaited."""
        self.session.to_front(self.frame.page)
        self.settle()
        (element,) = self.locate([wish_for(target)])
        if before is not None:
            before()
        uncovered = self._is_uncovered(element)  # then nothing is left for Playwright to wait for
        self.session.traffic.acted()
        self._act(lambda: element.click(force=uncovered, no_wait_after=before is not None), target.name)
        self.arriving = before is None

    def _put(self, element: ElementHandle, wish: Wish, *, marked: bool = False) -> None:
        self.typed = True
        if wish.target.kind == "choice":
            self._act(lambda: element.select_option(label=wish.text), wish.name)
        elif wish.target.kind == "tick":
            self._act(lambda: _tick(element, checked=bool(wish.text)), wish.name)
        elif marked and wish.text:
            self._act(lambda: self.frame.page.keyboard.insert_text(wish.text), wish.name)
        else:
            self._act(lambda: element.fill(wish.text), wish.name)
        self.session.traffic.acted()

    def _act(self, action: Callable[[], Any], name: str) -> None:
        try:
            action()
        except PlaywrightTimeout:
            self.session.check_dialogs()
            raise TimedOut(what=Phrase("working {target}", target=name), seconds=self.timeout) from None
        except Error as error:
            self.session.check_dialogs()
            why = error.message.splitlines()[0]
            raise TargetNotFound(target=name, screen=f"{self.screen.name} ({why})") from None
        self.session.check_dialogs()

    def _is_uncovered(self, element: ElementHandle) -> bool:
        try:
            return bool(element.evaluate(UNCOVERED))
        except Error:
            return False

    # --- coming to rest ---------------------------------------------------------------------------------------------

    def settle(self) -> None:
        """Leave the field, then wait until nothing is loading and the form no longer changes by itself."""
        quiet = QUIET if self.typed or self.arriving else 0
        deadline = time.monotonic() + self.timeout
        pauses = self.pauses()
        while not self._rests(quiet):
            if time.monotonic() > deadline:
                raise TimedOut(what=Phrase("coming to rest"), seconds=self.timeout)
            self.check_surprises()
            next(pauses)
        self.check_surprises()
        self.typed = self.arriving = False

    def _rests(self, quiet: int) -> bool:
        """Whether nothing was asked of the ERP while the form kept still: an answer may bring the next question."""
        asked = self.session.traffic.asked
        return (
            self.is_quiet()
            and self.ask("rest", quiet, asked)
            and self.is_quiet()
            and asked == self.session.traffic.asked
        )

    def settle_what_was_typed(self) -> None:
        """Before reading: what was typed may still be at work on the page."""
        if self.typed or self.arriving:
            self.settle()

    def is_quiet(self) -> bool:
        """Whether no request of the present window is under way."""
        return self.session.traffic.quiet(self.session.windows(self.window))

    def pauses(self) -> Iterator[None]:
        """Each `next` lets the browser work for a moment, at first for a short one."""
        for milliseconds in itertools.chain(POLLS, itertools.repeat(POLLS[-1])):
            self.session.page(self.window).wait_for_timeout(milliseconds)
            yield

    def check_surprises(self) -> None:
        """Raise DialogUnexpected for a dialog nobody expects, StopOrdered where a page tried to save by itself."""
        self.session.check_dialogs()
        if self.gate.stray is not None:
            stray, self.gate.stray = self.gate.stray, None
            why = Phrase("the page sent {request} although nobody pressed Save", request=stray)
            raise StopOrdered(person="erpbridge", why=why)


def _tick(element: ElementHandle, *, checked: bool) -> None:
    """Click the box where it shows otherwise; it may bring a new page at once, so the box itself is not asked again."""
    if element.is_checked() != checked:
        element.click(no_wait_after=True)

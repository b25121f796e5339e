"""How is Save pressed? Once, by its first locator, and with the gate shut behind whatever the page does instead."""

import time
from collections.abc import Callable

from bots.drivers.web_asking import ask, plain
from bots.drivers.web_commits import Passage
from bots.drivers.web_hands import Hands
from bridge.errors import (
    BridgeError,
    ErpSaid,
    InvalidConfig,
    SaveUnanswered,
    StopOrdered,
    TargetNotFound,
    TimedOut,
)
from bridge.locale import Phrase, fault
from bridge.model.profiles import Screen, Target
from bridge.ports import Leave


def save(hands: Hands, target: Target, leave: Leave, expect: Callable[[Screen], None]) -> None:
    """Press the target and see its committing request through; see WebDriver.commit."""
    screen = hands.screen
    if screen.commit is None:
        raise _misfit(hands, Phrase("it is missing"))
    passage = Passage(screen.commit, leave, hands.frame)
    stop_watching = hands.gate.watch(hands.session.context, passage)

    def just_before() -> None:
        _check_first_choice(hands, target)
        expect(screen)

    try:
        hands.press(target, just_before)
    except BridgeError as error:
        if not passage.taken:
            passage.closed = True
            raise
        passage.trouble = passage.trouble or error
    _await_request(hands, passage)
    stop_watching()
    _conclude(hands, passage)


def _check_first_choice(hands: Hands, target: Target) -> None:
    """A healed locator is good enough to read and to type by, never to save by."""
    hit = hands.ask("elementHit", plain(target.locators))
    if hit["position"]:
        why = f"{hands.screen.name} (only a fallback finds it: {target.locators[hit['position']]})"
        raise TargetNotFound(target=target.name, screen=why)


def _await_request(hands: Hands, passage: Passage) -> None:
    began = time.monotonic()
    rest_since: float | None = None
    pauses = hands.pauses()
    while not passage.done:
        now = time.monotonic()
        if not passage.taken:
            rest_since = (rest_since or now) if hands.is_quiet() and ask(hands.frame, "rest", 0) else None
            patience = hands.session.options.give_up_after
            given_up = now - (rest_since or now) > patience or now - began > hands.timeout
            # A dialog nobody expects, or nothing more to wait for: what the page sends now is refused.
            passage.closed = (given_up or hands.session.surprise is not None) and not passage.taken
        if passage.closed:
            hands.session.check_dialogs()
            raise _nothing_sent(hands, passage, now - began)
        next(pauses)


def _nothing_sent(hands: Hands, passage: Passage, seconds: float) -> BridgeError:
    if passage.refused:
        return _misfit(hands, Phrase("Save sent {request}, which was not let through", request=passage.refused))
    look = ask(hands.frame, "look", [], plain(hands.profile.errors)) or {"errors": []}
    if look["errors"]:
        return ErpSaid(erp=hands.profile.name, screen=hands.screen.name, text=" / ".join(look["errors"]))
    return TimedOut(what=Phrase("waiting for what Save sends"), seconds=round(seconds, 1))


def _conclude(hands: Hands, passage: Passage) -> None:
    if passage.failure is not None:
        raise SaveUnanswered(why=passage.failure)
    if not passage.shown:
        ask(hands.frame, "unmark")
    if passage.trouble is not None:
        raise passage.trouble
    hands.session.check_dialogs()
    if not passage.sent and passage.refused:
        raise _misfit(hands, Phrase("Save sent {request}", request=passage.refused))
    if not passage.sent:
        raise StopOrdered(person="erpbridge", why=Phrase("leave was not given"))


def _misfit(hands: Hands, what: Phrase) -> InvalidConfig:
    return InvalidConfig.of([fault(f"selectors/{hands.profile.name}/{hands.screen.name}.toml: commit", what)])

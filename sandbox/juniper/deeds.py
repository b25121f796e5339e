"""How is a key carried out, and what goes wrong on the way? The faults around a deed, and its line in the books."""

import asyncio
from collections.abc import Callable

from sandbox.juniper import sessions
from sandbox.juniper.clerks import HungUpError
from sandbox.juniper.faults import MESSAGE_ROW, Faults
from sandbox.juniper.screens import Screen
from sandbox.juniper.tables import stamp

Act = Callable[[Faults], Screen]


async def carried_out(screen: Screen, at: str, act: Act) -> Screen:
    """Do a deed as the ordered faults will have it; the screen that answers. Raises HungUpError after a cut."""
    faults = screen.clerk.house.book.take(at, screen.held())
    deed = _arrived(screen, at)
    try:
        answer = await _acted(screen, faults, act)
    except HungUpError:
        _ended(screen, deed, "cut")
        raise
    _ended(screen, deed, "answered")
    return answer


def _arrived(screen: Screen, at: str) -> int | None:
    user = screen.clerk.signed_on.user if screen.clerk.signed_on else ""
    return screen.clerk.db.execute(
        "INSERT INTO deeds (at, user, arrived_at) VALUES (?, ?, ?)", (at, user, stamp())
    ).lastrowid


def _ended(screen: Screen, deed: int | None, outcome: str) -> None:
    screen.clerk.db.execute("UPDATE deeds SET outcome = ? WHERE id = ?", (outcome, deed))


async def _acted(screen: Screen, faults: Faults, act: Act) -> Screen:
    clerk = screen.clerk
    if "frozen" in faults:
        clerk.freeze(faults["frozen"].seconds)
    await _wait(faults, before=True)
    if "cut_before" in faults:
        raise _cut(screen)
    if "late_commit" in faults:
        cut = _cut(screen)
        await asyncio.sleep(faults["late_commit"].seconds)
        act(faults)
        raise cut
    for kind in ("refusal", "record_locked"):
        if kind in faults:
            return _told(screen, faults[kind].text)
    if "session_killed" in faults:
        if faults["session_killed"].and_saved:
            act(faults)
        return expired(screen, "killed")
    answer = act(faults)
    if "cut_after" in faults:
        raise _cut(screen)
    await _wait(faults, before=False)
    return _disguised(screen, faults, answer)


async def _wait(faults: Faults, *, before: bool) -> None:
    slow = faults.get("slow")
    if slow and slow.before == before:
        await asyncio.sleep(slow.seconds)


def _cut(screen: Screen) -> HungUpError:
    screen.clerk.cut()
    return HungUpError()


def _told(screen: Screen, text: str) -> Screen:
    screen.message = text
    return screen


def expired(screen: Screen, reason: str) -> Screen:
    """The sign-on screen that says the session is over, which it is from now on."""
    clerk = screen.clerk
    if clerk.signed_on:
        sessions.end(clerk.db, clerk.signed_on.token, reason)
    clerk.signed_on = None
    return clerk.door(clerk).say("SY-009")


def _disguised(screen: Screen, faults: Faults, answer: Screen) -> Screen:
    effects = screen.clerk.effects
    if "refusal_but_saved" in faults:
        text = faults["refusal_but_saved"].text
        answer = expired(screen, "killed") if "Session expired" in text else _told(screen, text)
    if "broadcast_over_answer" in faults:
        effects.broadcast = faults["broadcast_over_answer"].text
        answer.message = ""
    if "lost_line" in faults:
        effects.lost = faults["lost_line"].line or MESSAGE_ROW
    if "half_drawn" in faults:
        effects.pause = faults["half_drawn"].milliseconds / 1000
    effects.blank = "blank_screen" in faults
    return answer

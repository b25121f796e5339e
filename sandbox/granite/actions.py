"""What becomes of an action that touches the books? What the session and the ordered faults make of it."""

import os
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, TypeVar

from sandbox.granite import disturbances, faults, sessions
from sandbox.granite.messages import tell_all
from sandbox.granite.savings import Faults
from sandbox.granite.sayings import EXPIRED, RefusedError, Saying
from sandbox.granite.tables import stamp

if TYPE_CHECKING:
    from sandbox.granite.desks import Desk
    from sandbox.granite.windows import Window

CRASHED = 9  # exit code of a desk that died
_LOGGED = ("save", "cancel")
T = TypeVar("T")


@dataclass(frozen=True)
class Outcome(Generic[T]):
    """What the clerk gets to see: `result` where the desk knows that it was done, and what is said."""

    result: T | None = None
    said: tuple[Saying, ...] = ()
    is_known: bool = False
    is_expired: bool = False


@dataclass(frozen=True, kw_only=True)
class Action(Generic[T]):
    """One thing a clerk wants of the books.

    `held` are the texts of its form; `answer` words the result; `late` hands it in to be done so many seconds later.
    """

    at: str
    work: Callable[[Faults], T]
    held: Iterable[str] = ()
    answer: Callable[[T], Saying] | None = None
    late: Callable[[float], None] | None = None
    needs_session: bool = True


def perform(desk: "Desk", window: "Window", action: Action[T], then: Callable[[T], object] | None = None) -> bool:
    """Do it, say what is said, go on with the result; whether the desk knows that it was done."""
    outcome = _performed(desk, window, action)
    if outcome.is_known and then is not None and outcome.result is not None:
        then(outcome.result)
    tell_all(desk, window, outcome.said, desk.expire if outcome.is_expired else None)
    return outcome.is_known


def _performed(desk: "Desk", window: "Window", action: Action[T]) -> Outcome[T]:
    hit = faults.take(desk.db, action.at, action.held, desk.pid)
    pressed = _pressed(desk, action)
    for fault in hit.values():
        if fault.fault in faults.DISTURBANCES:
            disturbances.disturb(desk, fault, window)
    slow = hit.get("slow")
    if slow and slow.before:
        time.sleep(slow.lasting)
    if "crash_before" in hit:
        os._exit(CRASHED)
    outcome = _acted(desk, action, hit)
    if "crash_after" in hit:
        os._exit(CRASHED)
    if slow and not slow.before:
        time.sleep(slow.lasting)
    if pressed:
        told = " / ".join(said.text.format(**said.values) if said.values else said.text for said in outcome.said)
        desk.db.execute("UPDATE presses SET told = ? WHERE id = ?", (told, pressed))
    return outcome


def _pressed(desk: "Desk", action: Action[T]) -> int:
    """What is pressed in order to change the books stands there, whatever comes of it."""
    if action.at not in _LOGGED or desk.session is None:
        return 0
    values = (stamp(), desk.pid, desk.session.user, action.at)
    written = desk.db.execute("INSERT INTO presses (at, pid, user, action) VALUES (?, ?, ?, ?)", values)
    return written.lastrowid or 0


def _acted(desk: "Desk", action: Action[T], hit: Faults) -> Outcome[T]:
    killed = hit.get("session_killed")
    if killed and desk.session:
        sessions.end(desk.db, desk.session.token, "killed")
    if not (killed and killed.and_saved) and not _may_act(desk, action):
        return Outcome(said=(EXPIRED,), is_expired=True)
    for kind in ("refusal", "record_locked"):
        if kind in hit:
            return Outcome(said=(Saying(hit[kind].text),))
    if "late_commit" in hit and action.late:
        action.late(hit["late_commit"].lasting)
        if hit["late_commit"].and_dies:
            os._exit(CRASHED)
        return Outcome()
    try:
        result = action.work(hit)
    except RefusedError as refused:
        return Outcome(said=(refused.said,))
    return Outcome(said=(EXPIRED,), is_expired=True) if killed else _answered(action, result, hit)


def _may_act(desk: "Desk", action: Action[T]) -> bool:
    return not action.needs_session or (desk.session is not None and sessions.alive(desk.db, desk.session))


def _answered(action: Action[T], result: T, hit: Faults) -> Outcome[T]:
    if "no_answer" in hit:
        return Outcome()
    if "refusal_but_saved" in hit:
        text = hit["refusal_but_saved"].text
        return Outcome(said=(Saying(text),), is_expired="Session expired" in text)
    said = (action.answer(result),) if action.answer else ()
    if "unexpected_message" in hit:
        said = (Saying(hit["unexpected_message"].text), *said)
    return Outcome(result, said, is_known=True)

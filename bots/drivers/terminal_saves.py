"""How does an order leave a terminal? By one press, after leave was given, and by the answer to its question."""

from collections.abc import Mapping, Sequence

from bots.drivers.terminal_hosts import TerminalHost
from bridge.errors import BridgeError, DialogUnexpected, ProgramSilent, SaveUnanswered
from bridge.model.chords import chords
from bridge.model.profiles import Target


def press_and_answer(
    host: TerminalHost, target: Target, before: Sequence[str], allowed: Mapping[str, bool], seconds: float
) -> None:
    """Press the target and answer the question that is expected; `before` is what the message line said until then.

    Raises SaveUnanswered for whatever keeps the host from answering.
    """
    try:
        for chord in chords(target.locators[0].value):
            host.press(chord)
        _answer(host, before, allowed, seconds)
    except BridgeError as error:
        raise SaveUnanswered(why=error.phrase) from error


def _answer(host: TerminalHost, before: Sequence[str], allowed: Mapping[str, bool], seconds: float) -> None:
    """Any new message that is no expected question is the answer, or tells why there is none."""
    seen = host.rest(lambda look: host.messages(look) not in ([], list(before)), seconds)
    if seen is None:
        raise ProgramSilent(erp=host.profile.name, seconds=f"{seconds:g}")
    question = " ".join(host.messages(seen))
    accept = next((accept for part, accept in allowed.items() if part in question), None)
    if accept is None:
        return
    host.press_habit("yes" if accept else "no")
    if host.rest(lambda look: question not in " ".join(host.messages(look)), seconds) is None:
        raise DialogUnexpected(erp=host.profile.name, text=question)

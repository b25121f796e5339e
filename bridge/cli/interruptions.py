"""How does somebody at the keyboard, or the system, ask us to end? Politely first, and at once the second time."""

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

from bridge.cli.outputs import Console, say

SIGNALS = ("SIGTERM", "SIGINT", "SIGBREAK")  # the last is Ctrl-Break of Windows


@contextmanager
def ends_politely(console: Console, stopping: threading.Event, *, quiet: bool = False) -> Iterator[None]:
    """Inside, the first signal sets `stopping` and says that it was heard, and the second raises KeyboardInterrupt."""

    def asked(_number: int, _frame: FrameType | None) -> None:
        if stopping.is_set():
            raise KeyboardInterrupt
        # An event must not be set where its own wait may just have been interrupted: they share a lock.
        threading.Thread(target=_ask, args=(console, stopping), kwargs={"quiet": quiet}).start()

    with _heard(asked):
        yield


@contextmanager
def ends_at_once() -> Iterator[None]:
    """Inside, any of the signals raises KeyboardInterrupt, so that what was made is unmade on the way out."""

    def asked(_number: int, _frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    with _heard(asked):
        yield


@contextmanager
def _heard(asked: Callable[[int, FrameType | None], None]) -> Iterator[None]:
    before = {number: signal.signal(number, asked) for number in _numbers()}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _ask(console: Console, stopping: threading.Event, *, quiet: bool) -> None:
    stopping.set()
    if not quiet:
        console.note(say("Ending after the order at hand; ask once more to end at once."))


def _numbers() -> list[int]:
    return [getattr(signal, name) for name in SIGNALS if hasattr(signal, name)]

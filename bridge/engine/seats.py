"""Who moves hands and eyes in an ERP? A child process that can be killed, seen from its parent as a bot."""

import multiprocessing
import signal
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import datetime
from typing import Any

import psutil

from bridge.engine.seat_processes import CLOSE, DEVELOP, ERROR, LEAVE, end_tree, run_seat
from bridge.errors import BridgeError, SeatDied, TimedOut
from bridge.locale import Phrase
from bridge.model.documents import Document, Listed
from bridge.model.forms import Form
from bridge.model.lists import ListReading
from bridge.ports import Answer, Clock, Leave, LocatorHit, Picture, Search, SeatPlan

LIMITS = {
    "sign_on": 120.0,
    "sign_off": 30.0,
    "search": 180.0,
    "read_list": 180.0,
    "open_entry": 60.0,
    "type_order": 120.0,
    "save": 300.0,
    "abandon_entry": 60.0,
    "open_change": 120.0,
    "type_change": 180.0,
    "save_change": 300.0,
    "abandon_change": 60.0,
    "cancel_document": 300.0,
    "read_document": 120.0,
    "capture": 60.0,
    DEVELOP: 60.0,
    "locate_all": 180.0,
    CLOSE: 20.0,
}
SECONDS_PER_LINE = 5.0
MEGABYTE = 1024 * 1024


class Seat:
    """One ERP user's place of work, in its own process; implements the ErpBot port over a pipe.

    `signed_on_at` is when its ERP session began, `limits` how many seconds each call may take. After `end` nothing can
    leave it any more.
    """

    def __init__(self, plan: SeatPlan, clock: Clock, limits: Mapping[str, float] = LIMITS) -> None:
        self.plan = plan
        self.clock = clock
        self.limits = limits
        self.signed_on_at: datetime | None = None
        spawn = multiprocessing.get_context("spawn")
        self._work, theirs = spawn.Pipe()
        their_lifeline, self._lifeline = spawn.Pipe(duplex=False)
        self._process = spawn.Process(target=run_seat, args=(plan, theirs, their_lifeline), daemon=True)
        with _no_interrupt_inherited():
            self._process.start()
        theirs.close()
        their_lifeline.close()

    @property
    def alive(self) -> bool:
        """Whether the process still runs."""
        return self._process.is_alive()

    @property
    def pid(self) -> int | None:
        """The process id."""
        return self._process.pid

    def megabytes(self) -> int | None:
        """The memory of the process and all it has started; None where it is gone."""
        try:
            process = psutil.Process(self._process.pid)
            return sum(_memory(each) for each in (process, *process.children(recursive=True))) // MEGABYTE
        except (psutil.Error, ValueError):
            return None

    def kill(self) -> None:
        """Kill the process and all it has started; another thread may, and whoever waits for the seat is told."""
        if self._process.pid is not None and self._process.is_alive():
            with suppress(psutil.Error):
                end_tree(psutil.Process(self._process.pid))

    def end(self) -> None:
        """Kill the process and all it has started, and forget it; safe to call twice."""
        self.kill()
        self._process.join(10)
        self._work.close()
        self._lifeline.close()
        self.signed_on_at = None

    def close(self) -> None:
        """Sign off where that still works, then end."""
        if self.alive and self.signed_on_at is not None:
            with suppress(BridgeError):
                self.sign_off()
            with suppress(BridgeError):
                self._call(CLOSE)
        self.end()

    def sign_on(self) -> None:
        """Sign on as the seat's ERP user."""
        self._call("sign_on")
        self.signed_on_at = self.clock.now()

    def sign_off(self) -> None:
        """Sign off."""
        self._call("sign_off")
        self.signed_on_at = None

    def search(self, query: Search) -> tuple[Listed, ...]:
        """See ErpBot."""
        return tuple(self._call("search", query))

    def read_list(self, query: Search) -> ListReading:
        """See ErpBot."""
        reading: ListReading = self._call("read_list", query)
        return reading

    def open_entry(self, reference: str) -> None:
        """See ErpBot."""
        self._call("open_entry", reference)

    def type_order(self, form: Form) -> Form:
        """See ErpBot."""
        shown: Form = self._call("type_order", form, seconds=len(form.lines) * SECONDS_PER_LINE)
        return shown

    def save(self, leave: Leave) -> Answer:
        """See ErpBot; the seat asks for leave through the pipe, and without an answer nothing leaves it."""
        answer: Answer = self._call("save", leave=leave)
        return answer

    def abandon_entry(self) -> None:
        """See ErpBot."""
        self._call("abandon_entry")

    def open_change(self, number: str) -> Document:
        """See ErpBot."""
        document: Document = self._call("open_change", number)
        return document

    def type_change(self, form: Form) -> Form:
        """See ErpBot."""
        shown: Form = self._call("type_change", form, seconds=len(form.lines) * SECONDS_PER_LINE)
        return shown

    def save_change(self, leave: Leave) -> Answer:
        """See ErpBot; leave is asked as for `save`."""
        answer: Answer = self._call("save_change", leave=leave)
        return answer

    def abandon_change(self) -> None:
        """See ErpBot."""
        self._call("abandon_change")

    def cancel_document(self, leave: Leave) -> Answer:
        """See ErpBot; leave is asked as for `save`."""
        answer: Answer = self._call("cancel_document", leave=leave)
        return answer

    def read_document(self, number: str) -> Document:
        """See ErpBot."""
        document: Document = self._call("read_document", number)
        return document

    def capture(self, step: str) -> Picture:
        """See ErpBot; the picture is developed in the seat, which meanwhile works on, and must be asked for once."""
        picture: Picture = self._call("capture", step)
        return replace(picture, develop=lambda: bytes(self._call(DEVELOP)))

    def locate_all(self) -> Sequence[LocatorHit]:
        """See ErpBot."""
        hits: Sequence[LocatorHit] = self._call("locate_all")
        return hits

    def _call(self, name: str, *arguments: Any, leave: Leave | None = None, seconds: float = 0) -> Any:
        """Have the seat do it; past its time the seat is killed, so that it cannot go on unseen."""
        try:
            self._work.send((name, arguments))
            kind, value = self._answer(name, self.limits[name] + seconds, leave)
        except (EOFError, OSError) as error:
            self.end()
            raise SeatDied(erp=self.plan.profile.name, why=Phrase("during {step}", step=Phrase.code(name))) from error
        except BaseException:
            self.end()  # its answer would be taken for the next one's
            raise
        if kind == ERROR:
            raise value
        return value

    def _answer(self, name: str, limit: float, leave: Leave | None) -> tuple[str, Any]:
        deadline = time.monotonic() + limit
        while self._work.poll(max(0.0, deadline - time.monotonic())):
            kind, value = self._work.recv()
            if kind != LEAVE:
                return kind, value
            self._work.send(_given(leave))
        raise TimedOut(what=Phrase.code(name), seconds=limit)


@contextmanager
def _no_interrupt_inherited() -> Iterator[None]:
    """Ctrl-C in the terminal must not meet a seat before it has left our group; Windows has no such mask."""
    if sys.platform == "win32":
        yield
        return
    from multiprocessing import resource_tracker

    resource_tracker.ensure_running()  # the start of the tracker would lift the mask again
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _memory(process: psutil.Process) -> int:
    """What the process holds in memory by itself; what it shares with others is counted once, as far as is known."""
    with suppress(psutil.Error):
        info = process.memory_info()
        return int(info.rss - getattr(info, "shared", 0))
    return 0


def _given(leave: Leave | None) -> bool:
    return leave is not None and leave()

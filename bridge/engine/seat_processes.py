"""What runs inside a seat? A bot that works on word of its parent and never outlives it."""

import importlib
import os
import signal
import sys
import threading
import time
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from multiprocessing.connection import Connection
from typing import Any

import psutil

from bridge.errors import ApplicationError, BridgeError, InvalidConfig
from bridge.locale import Phrase, fault
from bridge.model.profiles import PROCEDURES, ErpProfile
from bridge.ports import Picture, SeatPlan

CLOSE = "close"
DEVELOP = "develop"
LEAVE = "leave"
RESULT = "result"
ERROR = "error"
COMMITTING = {"save", "save_change", "cancel_document"}
DYING = 5.0  # seconds


class SeatFault(ApplicationError):
    """The bot failed with {what}."""


def run_seat(plan: SeatPlan, work: Connection, lifeline: Connection) -> None:
    """Carry out the calls that come through `work` until it closes; die with the parent that holds `lifeline`."""
    _leave_group_of_parent()
    _leave_output_to_parent()
    threading.Thread(target=_die_with_parent, args=(lifeline,), daemon=True).start()
    desk = Desk(plan, work)
    try:
        with suppress(EOFError, OSError):  # the parent has closed the pipe
            while desk.answer_call():
                pass
    finally:
        end_processes_below(psutil.Process())


def _leave_group_of_parent() -> None:
    """Ctrl-C in the terminal is the parent's to answer."""
    with suppress(ValueError):
        signal.signal(signal.SIGINT, signal.SIG_IGN)
    if sys.platform != "win32":
        os.setpgrp()
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})


def _leave_output_to_parent() -> None:
    """Standard output may be one JSON object of the parent's: what a bot or a browser prints goes to standard error."""
    with suppress(OSError):
        os.dup2(2, 1)


class Desk:
    """The bot at its place, opened by the first call that needs one."""

    def __init__(self, plan: SeatPlan, work: Connection) -> None:
        self.plan = plan
        self.work = work
        self.bot: Any = None
        self.dark_room = ThreadPoolExecutor(1)
        self.developing: Future[bytes] | None = None

    def answer_call(self) -> bool:
        """Carry out the next call and answer it; False after the last one."""
        name, arguments = self.work.recv()
        try:
            self.work.send((RESULT, self._carry_out(name, arguments)))
        except (EOFError, BrokenPipeError):
            return False
        except BridgeError as error:
            self.work.send((ERROR, error))
        except Exception as error:  # noqa: BLE001 - whatever a bot raises is told, and ends the attempt
            self.work.send((ERROR, SeatFault(what=f"{type(error).__name__}: {error}")))
        return bool(name != CLOSE)

    def _carry_out(self, name: str, arguments: tuple[Any, ...]) -> Any:
        if self.bot is None and name == CLOSE:
            return None
        if self.bot is None:
            self.bot = open_bot(self.plan)
        if name in COMMITTING:
            return getattr(self.bot, name)(*arguments, self._leave)
        if name == DEVELOP:
            return self.developing and self.developing.result()
        done = getattr(self.bot, name)(*arguments)
        return self._to_dark_room(done) if name == "capture" else done

    def _to_dark_room(self, picture: Picture) -> Picture:
        """Develop the picture while the bot works on; what was masked before never leaves this process unmasked."""
        self.developing = self.dark_room.submit(lambda: picture.content)
        return replace(picture, develop=bytes)

    def _leave(self) -> bool:
        """Ask the parent; a parent that cannot answer has not said yes."""
        try:
            self.work.send((LEAVE, None))
            return self.work.recv() is True
        except (EOFError, OSError):
            return False


def open_bot(plan: SeatPlan) -> Any:
    """The bot that the profile names, at its seat."""
    return bot_class(plan.profile).at_seat(plan)


def bot_class(profile: ErpProfile) -> Any:
    """The class behind a dotted name such as "bots.harbour:Harbour"; raises InvalidConfig."""
    module, _, name = profile.bot.partition(":")
    try:
        return getattr(importlib.import_module(module), name)
    except (ImportError, AttributeError, ValueError) as error:
        what = Phrase("{name} cannot be loaded ({why})", name=repr(profile.bot), why=error)
        raise InvalidConfig.of([fault("erp.toml: bot", what)]) from error


def require_procedures(profile: ErpProfile) -> None:
    """Raise InvalidConfig unless the bot has every procedure that its profile names.

    A method that is marked as `missing` only stands in for one.
    """
    kind = bot_class(profile)
    faults = [
        fault("erp.toml: procedures", Phrase("{name} has no method {method}", name=profile.bot, method=method))
        for procedure in sorted(profile.procedures)
        for method in PROCEDURES[procedure]
        if getattr(getattr(kind, method, None), "missing", not hasattr(kind, method))
    ]
    if faults:
        raise InvalidConfig.of(faults)


def _die_with_parent(lifeline: Connection) -> None:
    """When the parent is gone its end of the lifeline closes; then no request of ours may leave any more."""
    with suppress(EOFError, OSError):
        lifeline.recv()
    _fall_silent()
    end_processes_below(psutil.Process())
    os._exit(1)


def _fall_silent() -> None:
    """What a bot says of the browser that is taken from it is of no use to anybody."""
    with suppress(OSError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), 2)


def end_tree(process: psutil.Process) -> None:
    """Kill the process and all that it has started; it stands still first, so that it starts nothing meanwhile."""
    with suppress(psutil.Error):
        process.suspend()
        started = process.children(recursive=True)
        process.kill()
        _kill(started)


def end_processes_below(process: psutil.Process) -> None:
    """Kill all that the process has started, so that no browser stays behind."""
    with suppress(psutil.Error):
        _kill(process.children(recursive=True))


def _kill(processes: list[psutil.Process]) -> None:
    late: list[psutil.Process] = []
    for process in processes:
        with suppress(psutil.Error):
            late += process.children(recursive=True)
            process.kill()
    for process in late:
        with suppress(psutil.Error):
            process.kill()
    deadline = time.monotonic() + DYING
    while any(map(_acts, processes)) and time.monotonic() < deadline:
        time.sleep(0.01)


def _acts(process: psutil.Process) -> bool:
    """Whether anything of the process still runs; a dead one that nobody has buried yet sends nothing any more."""
    with suppress(psutil.Error):
        return process.is_running() and (process.status() != psutil.STATUS_ZOMBIE or process.num_threads() > 1)
    return False

"""What runs inside a seat? A bot that works on word of its parent and never outlives it."""

import importlib
import os
import signal
import sys
import threading
from contextlib import suppress
from multiprocessing.connection import Connection
from typing import Any

import psutil

from bridge.errors import ApplicationError, BridgeError, InvalidConfig
from bridge.model.profiles import ErpProfile
from bridge.ports import ErpBot, SeatPlan

LEAVE = "leave"
RESULT = "result"
ERROR = "error"


class SeatFault(ApplicationError):
    """The bot failed with {what}."""


def run_seat(plan: SeatPlan, work: Connection, lifeline: Connection) -> None:
    """Carry out the calls that come through `work` until it closes; die with the parent at the other end of `lifeline`."""
    with suppress(ValueError):
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's to answer
    if sys.platform != "win32":
        os.setpgrp()
    threading.Thread(target=_die_with_parent, args=(lifeline,), daemon=True).start()
    bot: ErpBot | None = None
    while True:
        try:
            name, arguments = work.recv()
        except EOFError:
            break
        try:
            if bot is None:
                bot = open_bot(plan)
            answer = _carry_out(bot, name, arguments, work)
        except BridgeError as error:
            work.send((ERROR, error))
        except EOFError:
            break
        except Exception as error:  # noqa: BLE001 - whatever a bot raises is told, and ends the attempt
            work.send((ERROR, SeatFault(what=f"{type(error).__name__}: {error}")))
        else:
            work.send((RESULT, answer))
        if name == "close":
            break


def open_bot(plan: SeatPlan) -> Any:
    """The bot that the profile names, at its seat."""
    return bot_class(plan.profile).at_seat(plan)


def bot_class(profile: ErpProfile) -> Any:
    """The class behind a dotted name such as "bots.harbour:Harbour"; raises InvalidConfig."""
    module, _, name = profile.bot.partition(":")
    try:
        return getattr(importlib.import_module(module), name)
    except (ImportError, AttributeError, ValueError) as error:
        raise InvalidConfig.of([f"erp.toml: bot: {profile.bot!r} cannot be loaded ({error})"]) from error


def _carry_out(bot: Any, name: str, arguments: tuple[Any, ...], work: Connection) -> Any:
    if name == "save":

        def leave() -> bool:
            work.send((LEAVE, None))
            return bool(work.recv())

        return bot.save(leave)
    return getattr(bot, name)(*arguments)


def _die_with_parent(lifeline: Connection) -> None:
    """When the parent is gone its end of the lifeline closes; then no request of ours may leave any more."""
    with suppress(EOFError, OSError):
        lifeline.recv()
    end_processes_below(psutil.Process())
    os._exit(1)


def end_processes_below(process: psutil.Process) -> None:
    """Kill all that the process has started, deepest last, so that no browser stays behind."""
    with suppress(psutil.Error):
        children = process.children(recursive=True)
        for child in children:
            with suppress(psutil.Error):
                child.kill()
        psutil.wait_procs(children, timeout=5)

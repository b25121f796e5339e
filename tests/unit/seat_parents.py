"""A parent with one seat, to be killed or interrupted: `seat_parents.py BOT NOTE search|save|loud|ctrl-c [ADDRESS]`."""

import signal
import sys
import threading
from pathlib import Path

from bridge.clocks import SystemClock
from bridge.engine.seats import Seat
from bridge.ports import Search
from tests.unit.seat_bots import plan


def say(text: str) -> None:
    """Tell the test."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def never_answer() -> bool:
    """Be asked for leave, and stay silent."""
    say("asked")
    threading.Event().wait()
    return True


def survive_ctrl_c(seat: Seat) -> None:
    """Be interrupted while the seat is starting, and then work on with it."""
    signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell that starts tests with "&" has it ignored
    try:
        say(f"seat {seat.pid}")
        while not threading.Event().wait(0.1):  # a signal just before a wait without end would be heard only after it
            pass
    except KeyboardInterrupt:
        say(f"interrupted {len(seat.search(Search()))}")
    seat.close()


def main(bot: str, note: str, task: str, address: str = "") -> None:
    """Do the task."""
    seat = Seat(plan(bot, Path(note), address), SystemClock())
    if task == "ctrl-c":
        survive_ctrl_c(seat)
        return
    seat.sign_on()
    say(f"seat {seat.pid}")
    if task == "save":
        seat.save(never_answer)
    elif task == "loud":
        seat.search(Search(reference="loud"))
        seat.close()
    else:
        seat.search(Search(reference="endless"))


if __name__ == "__main__":
    main(*sys.argv[1:])

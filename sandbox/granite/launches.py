"""How does a desk come up and go down? With the books open, and never longer than its parent lives."""

import os
import sys
import threading
from contextlib import closing

from sandbox.granite import seeds, tables
from sandbox.granite.desks import Desk, Options

SECONDS_TO_END = 2.0


def run_desk(options: Options, *, until_stdin_closes: bool) -> None:
    """Open a desk and be there until it is left."""
    with closing(tables.connect(options.database)) as db:
        tables.create(db)
        seeds.first_day(db)
        desk = Desk(db, options)
        if until_stdin_closes:
            threading.Thread(target=_await_end_of_stdin, args=(desk,), daemon=True).start()
        desk.run()


def _await_end_of_stdin(desk: Desk) -> None:
    # os.read, as a thread inside sys.stdin's own lock aborts the interpreter when it ends
    while os.read(sys.stdin.fileno(), 4096):
        pass
    desk.ending.set()
    # a desk that is frozen does not look up
    threading.Event().wait(SECONDS_TO_END)
    os._exit(0)

"""Does a seat do what it is told, say what went wrong, and leave nothing behind?"""

import multiprocessing
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import psutil
import pytest

from bridge.clocks import SystemClock
from bridge.engine.seat_processes import LEAVE, Desk
from bridge.engine.seats import LIMITS, Seat
from bridge.errors import CaptureRefused, SeatDied, TargetNotFound, TimedOut
from bridge.ports import Search
from tests.sandbox.harbour_clerks import eventually
from tests.unit.seat_bots import plan

ROOT = Path(__file__).parents[2]
SHORT = {**LIMITS, "search": 1.0}
SECONDS_TO_DIE = 15


@pytest.fixture
def note(tmp_path: Path) -> Path:
    """The file in which bots note what they did."""
    return tmp_path / "note.txt"


@pytest.fixture
def page() -> Iterator[str]:
    """The address of a server with one page."""
    with ThreadingHTTPServer(("127.0.0.1", 0), OnePage) as server:
        threading.Thread(target=server.serve_forever, args=(0.01,)).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


class OnePage(BaseHTTPRequestHandler):
    """Shows the same page at every address."""

    def do_GET(self) -> None:
        """Answer."""
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"<p>open")

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def seat(bot: str, note: Path, address: str = "") -> Iterator[Seat]:
    """A seat that is ended in any case."""
    seat = Seat(plan(bot, note, address), SystemClock())
    try:
        yield seat
    finally:
        seat.end()


@contextmanager
def parent(bot: str, note: Path, task: str, address: str = "") -> Iterator["subprocess.Popen[str]"]:
    """A process that has a seat, at the head of a group of its own."""
    command = [sys.executable, "-m", "tests.unit.seat_parents", bot, str(note), task, address]
    with subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def heard(process: "subprocess.Popen[str]") -> str:
    """The next line a parent says."""
    assert process.stdout is not None
    return process.stdout.readline().strip()


def notes(note: Path) -> list[str]:
    """What the bot noted."""
    return note.read_text(encoding="utf-8").splitlines() if note.exists() else []


def family(pid: int | None) -> list[psutil.Process]:
    """The process and all it has started, directly or not."""
    root = psutil.Process(pid)
    return [root, *root.children(recursive=True)]


def left(processes: list[psutil.Process]) -> list[psutil.Process]:
    """Those that are still there after a moment; a dead one that nobody asked for yet counts as gone."""
    _, alive = psutil.wait_procs(processes, SECONDS_TO_DIE)
    return [process for process in alive if process.status() != psutil.STATUS_ZOMBIE]


def test_a_picture_is_developed_while_the_seat_works_on(note: Path) -> None:
    """The next call need not wait for it, and what is asked for later is what was taken."""
    with seat("Clerk", note) as clerk:
        picture = clerk.capture("filled")
        clerk.search(Search(reference="noted"))
        assert (picture.content, picture.content) == (b"filled", b"filled")
    assert note.read_text("utf-8").split() == ["taken", "searched"]


def test_a_picture_that_shows_nothing_is_told_when_it_is_developed(note: Path) -> None:
    """The error is the picture's, and the seat goes on."""
    with seat("Clerk", note) as clerk:
        picture = clerk.capture("blank")
        with pytest.raises(CaptureRefused, match="uniform"):
            picture.develop()
        assert clerk.search(Search(reference="noted")) == ()


def test_an_error_of_the_bot_comes_as_it_was(note: Path) -> None:
    """A bridge error crosses the pipe with its values; the seat goes on."""
    with seat("Clerk", note) as clerk:
        with pytest.raises(TargetNotFound) as caught:
            clerk.search(Search(reference="missing"))
        assert caught.value.params == {"target": "customer", "screen": "order_entry"}
        assert clerk.search(Search()) == ()


@pytest.mark.parametrize(
    ("asked", "told"), [("broken", "ZeroDivisionError: division by zero"), ("unsendable", "TypeError")]
)
def test_any_other_error_of_the_bot_is_told_in_one_sentence(note: Path, asked: str, told: str) -> None:
    """What no bot should raise, or give, ends as an error with its name; the seat goes on."""
    with seat("Clerk", note) as clerk:
        with pytest.raises(Exception, match=f"^The bot failed with {told}"):
            clerk.search(Search(reference=asked))
        assert clerk.search(Search()) == ()


def test_leave_that_is_refused_is_refused_in_the_seat(note: Path) -> None:
    """The bot hears the parent's no, and nothing leaves."""
    with seat("Clerk", note) as clerk:
        assert clerk.save(lambda: False).number is None
        assert notes(note) == ["asks", "refused"]
        assert clerk.save(lambda: True).number == "10001"


def test_leave_that_cannot_be_decided_ends_the_seat(note: Path) -> None:
    """Where asking the parent raises, the seat is killed before it could take anything for a yes."""
    with seat("Clerk", note) as clerk:

        def undecided() -> bool:
            raise RuntimeError("the ledger is gone")

        with pytest.raises(RuntimeError, match="the ledger is gone"):
            clerk.save(undecided)
        assert not clerk.alive
        assert notes(note) == ["asks"]


def test_a_pipe_that_breaks_while_leave_is_asked_is_a_no(note: Path) -> None:
    """Without an answer nothing leaves: the bot hears no, and its seat ends."""
    ours, theirs = multiprocessing.Pipe()
    desk = Desk(plan("Clerk", note), theirs)
    goes_on: list[bool] = []
    working = threading.Thread(target=lambda: goes_on.append(desk.answer_call()))
    working.start()
    ours.send(("save", ()))
    assert ours.recv() == (LEAVE, None)
    ours.close()
    working.join(60)
    theirs.close()
    assert goes_on == [False]
    assert notes(note) == ["asks", "refused"]


def test_a_parent_that_dies_while_leave_is_asked_has_not_said_yes(note: Path) -> None:
    """The parent is killed between the question and the answer: nothing leaves, and the seat is gone in seconds."""
    with parent("Clerk", note, "save") as process:
        pid = int(heard(process).removeprefix("seat "))
        assert heard(process) == "asked"
        processes = family(pid)
        process.kill()
        assert left(processes) == []
    assert "left" not in notes(note)


def test_past_its_time_the_seat_is_killed(note: Path) -> None:
    """A call that takes too long ends the seat and all it started, and says so."""
    with seat("Boss", note) as boss:
        boss.sign_on()
        eventually(lambda: len(family(boss.pid)) == 3, 60)
        processes = family(boss.pid)
        boss.limits = SHORT
        with pytest.raises(TimedOut):
            boss.search(Search(reference="endless"))
        assert not boss.alive
        assert left(processes) == []


def test_a_seat_that_is_killed_from_another_thread_tells_who_waits_for_it(note: Path) -> None:
    """Whoever waits for an answer hears that the seat died, at once; nothing it started is left."""
    with seat("Boss", note) as boss:
        boss.sign_on()
        eventually(lambda: len(family(boss.pid)) == 3, 60)
        processes = family(boss.pid)

        def kill_at_work() -> None:
            eventually(lambda: "endless" in notes(note), 60)
            boss.kill()

        killing = threading.Thread(target=kill_at_work)
        killing.start()
        with pytest.raises(SeatDied):
            boss.search(Search(reference="endless"))
        killing.join()
        assert left(processes) == []
        with pytest.raises(SeatDied):
            boss.search(Search())


def test_a_parent_that_is_killed_takes_its_seat_along(note: Path) -> None:
    """Nothing that the seat started outlives the parent by more than seconds, not even in a group of its own."""
    with parent("Boss", note, "search") as process:
        pid = int(heard(process).removeprefix("seat "))
        eventually(lambda: "endless" in notes(note) and len(family(pid)) == 3, 60)
        processes = family(pid)
        process.kill()
        assert left(processes) == []


def test_a_closed_seat_has_signed_off(note: Path) -> None:
    """The ordinary end: sign off, close, and no process is left; closing again is no error."""
    with seat("Clerk", note) as clerk:
        clerk.sign_on()
        processes = family(clerk.pid)
        clerk.close()
        assert left(processes) == []
        clerk.close()
    assert notes(note) == ["signed on", "signed off", "closed"]


@pytest.mark.skipif(sys.platform == "win32", reason="a console of Windows knows no process groups of ours")
def test_ctrl_c_in_the_terminal_reaches_only_the_parent(note: Path) -> None:
    """The interrupt of the whole group, even while the seat is starting, leaves the seat at work."""
    with parent("Clerk", note, "ctrl-c") as process:
        assert heard(process).startswith("seat ")
        os.killpg(process.pid, signal.SIGINT)
        assert heard(process) == "interrupted 0"
        assert process.wait(60) == 0
        assert process.stderr is not None
        assert process.stderr.read() == ""


def test_what_a_bot_prints_is_not_on_standard_output(note: Path) -> None:
    """Standard output is the command's own; a bot's words, and those of what it started, go to standard error."""
    with parent("Clerk", note, "loud") as process:
        said, noise = process.communicate(timeout=60)
        assert len(said.splitlines()) == 1
        assert "a bot's own words" in noise
        assert "and those of what it started" in noise


@pytest.mark.browser
@pytest.mark.parametrize("how", ["end", "close", "seat killed", "time-out"])
def test_no_browser_outlives_its_seat(note: Path, page: str, how: str) -> None:
    """However a seat ends, its browser and the browser's own processes are gone."""
    with seat("Surfer", note, page) as surfer:
        surfer.sign_on()
        processes = family(surfer.pid)
        assert len(processes) > 3
        match how:
            case "end":
                surfer.end()
            case "close":
                surfer.close()
            case "seat killed":
                processes[0].kill()
            case _:
                surfer.limits = SHORT
                with pytest.raises(TimedOut):
                    surfer.search(Search(reference="endless"))
        assert left(processes) == []


@pytest.mark.browser
def test_no_browser_outlives_a_parent_that_was_killed(note: Path, page: str) -> None:
    """Kill -9 of the parent ends seat and browser within seconds."""
    with parent("Surfer", note, "search", page) as process:
        processes = family(int(heard(process).removeprefix("seat ")))
        assert len(processes) > 3
        process.kill()
        assert left(processes) == []

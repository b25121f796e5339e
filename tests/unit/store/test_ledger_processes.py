"""Does the ledger keep its word among several processes, and when one of them is killed?"""

import itertools
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from threading import Thread

from bridge.model.postings import Phase, PostingState
from bridge.store.ledgers import Store, open_ledger
from tests.unit.store.ledger_samples import CRM, ERP, StandingClock, order, take

ROOT = Path(__file__).parents[3]
CHILD = Path(__file__).with_name("ledger_children.py")
S = PostingState


@contextmanager
def child(*arguments: str) -> Iterator[subprocess.Popen[str]]:
    """A process with a task, killed at the end if it still runs."""
    process = subprocess.Popen(
        [sys.executable, str(CHILD), *arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=os.environ | {"PYTHONPATH": os.pathsep.join([str(ROOT), *sys.path])},
    )
    with process:
        try:
            yield process
        finally:
            process.kill()


def heard(process: subprocess.Popen[str]) -> str:
    """The next line of the process."""
    assert process.stdout is not None
    return process.stdout.readline().strip()


def begin(process: subprocess.Popen[str]) -> None:
    """Tell the process to begin."""
    assert process.stdin is not None
    process.stdin.write("\n")
    process.stdin.flush()


def claims_of(process: subprocess.Popen[str]) -> list[int]:
    """What the process claimed."""
    return [int(line) for line in iter(lambda: heard(process), "done")]


def test_processes_that_open_one_new_ledger_claim_every_posting_once(url: str, clock: StandingClock) -> None:
    """Three processes make the file at the same time and then claim from it: nothing twice, nothing left."""
    with ExitStack() as stack:
        processes = [stack.enter_context(child("claim", url, f"worker-{number}")) for number in range(3)]
        assert [heard(process) for process in processes] == ["ready"] * 3
        with open_ledger(url, clock) as store:
            ids = [take(store, order(number)).id for number in range(1, 41)]
            for process in processes:
                begin(process)
            claims = [claims_of(process) for process in processes]
            assert sorted(itertools.chain(*claims)) == ids
            assert {posting.attempts for posting in store.ledger.postings()} == {1}
            assert store.ledger.due(ERP, clock.now()) == ()


def test_what_was_committed_survives_the_kill(url: str, clock: StandingClock) -> None:
    """A worker killed right after "sent" was committed is found sent, and goes to in doubt."""
    with child("send", url) as process:
        assert heard(process) == "committed"
        process.kill()
        process.wait()
    with open_ledger(url, clock) as store:
        clock.wait(61)
        (left,) = store.ledger.lapsed()
        assert (left.state, left.phase) == (S.CLAIMED, Phase.SENT)
        assert store.ledger.recover(left, "sweep_leases", None).state is S.IN_DOUBT


def test_a_transaction_that_was_killed_leaves_no_trace(store: Store, url: str) -> None:
    """A process killed inside a page leaves neither its orders nor its cursor, and no lock."""
    with child("page", url) as process:
        assert heard(process) == "inside"
        process.kill()
        process.wait()
    assert store.ledger.postings() == ()
    assert store.cursors.cursor(CRM) is None
    take(store)


def test_threads_share_one_ledger(store: Store) -> None:
    """Writers in several threads wait for one another instead of failing with "database is locked"."""
    threads = [Thread(target=take, args=(store, order(number))) for number in range(1, 21)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(posting.order_number for posting in store.ledger.postings()) == sorted(f"SO{n}" for n in range(1, 21))

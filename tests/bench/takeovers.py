"""How long after the sudden death of a host is the order that it had in hand on another one, and how long until posted?

python -m tests.bench.takeovers [--lease 45] [--times 5] [--here]: two `erpbridge work` on one PostgreSQL, two seats
each, at a toy ERP without browsers. One of them is killed with all that it has started while an order of its is between
claim and posted; then another one is begun, as often as asked. Each has a host name of its own, so that nobody can ask
the system whether the other one lives; with `--here` both know that they are on one machine. Seconds, by the ledger's
own moments.
"""

import argparse
import json
import os
import statistics
import subprocess
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import psutil
from sqlalchemy import Connection, func, select

from bridge.engine.seat_processes import end_tree
from bridge.model.postings import Phase, PostingState
from bridge.store.tables import attempts, moves, postings
from tests.chaos.hosts import Hosts, hosts

ORDERS = 4
LOOK = 0.005
NAMED = ("unshare", "--uts", "sh", "-c", 'hostname "$0" && exec "$@"')  # wants root on Linux
MARGIN = 120.0


@dataclass(frozen=True)
class Takeover:
    """One death: where the order was, and what followed, in seconds after the kill.

    `freed` is when the heir found that its lease was over, `claimed` when a seat of the heir was free for it.
    """

    phase: Phase
    freed: float
    claimed: float
    posted: float
    load: float


class Deaths:
    """Kills one of two hosts again and again."""

    def __init__(self, at: Hosts, lease: float, *, here: bool) -> None:
        self.at = at
        self.lease = lease
        self.here = here
        self.begun = 0

    def begin(self) -> tuple["subprocess.Popen[str]", str]:
        """A further host, once it carries; its process and its name in the ledger."""
        before = set(self.at.alive())
        self.begun += 1
        process = self.at.work(before=() if self.here else (*NAMED, f"machine-{self.begun}"))
        self.at.until(lambda: bool(set(self.at.alive()) - before), MARGIN)
        (name,) = set(self.at.alive()) - before
        return process, name

    def warm_up(self) -> None:
        """Have everybody sign on before anybody dies: the heir in question is one that has long been at work."""
        self.at.arena.load(3 * ORDERS)
        self.at.rest(2 * self.lease + MARGIN)

    def die(self, process: "subprocess.Popen[str]", name: str) -> Takeover:
        """Kill that host while it has an order in hand, and wait for the other one."""
        while not self._held(name):
            if not self.at.arena.unfinished():
                self.at.arena.load(ORDERS)
            time.sleep(LOOK)
        killed = datetime.now(UTC)
        end_tree(psutil.Process(process.pid))
        mine = self._held(name)
        if not mine:
            raise RuntimeError("the order had just ended")
        self.at.rest(2 * self.lease + MARGIN)
        return self._followed(mine, killed)

    def _held(self, name: str) -> dict[int, tuple[int, Phase]]:
        """What that host has in hand: the attempt's number and phase by posting."""
        asked = select(postings.c.id, postings.c.attempts, postings.c.phase)
        asked = asked.where(postings.c.state == PostingState.CLAIMED, postings.c.worker.endswith(name))
        with self.at.arena.app.store.database.reading() as connection:
            return {row.id: (row.attempts, Phase(row.phase)) for row in connection.execute(asked)}

    def _followed(self, held: Mapping[int, tuple[int, Phase]], killed: datetime) -> Takeover:
        """Of what was held, that which was taken over last."""
        with self.at.arena.app.store.database.reading() as connection:
            found = [self._one(connection, each, *held[each], killed) for each in held]
        return max(found, key=lambda each: each.claimed)

    def _one(self, connection: Connection, posting: int, number: int, phase: Phase, killed: datetime) -> Takeover:
        freed = select(func.min(moves.c.at)).where(
            moves.c.posting_id == posting, moves.c.old == PostingState.CLAIMED, moves.c.attempt == number
        )
        freed_at = connection.execute(freed).scalar_one()
        tried = select(attempts.c.started_at).where(attempts.c.posting_id == posting, attempts.c.number == number + 1)
        claimed_at = connection.execute(tried).scalar_one()
        posted_at = connection.execute(select(postings.c.posted_at).where(postings.c.id == posting)).scalar_one()
        freed_after, claimed_after, posted_after = (
            (moment - killed).total_seconds() for moment in (freed_at, claimed_at, posted_at)
        )
        return Takeover(phase, freed_after, claimed_after, posted_after, os.getloadavg()[0])


def measure(lease: float, times: int, *, here: bool) -> list[Takeover]:
    """So many deaths."""
    with tempfile.TemporaryDirectory() as folder, hosts(Path(folder), lease=lease) as at:
        deaths, found = Deaths(at, lease, here=here), []
        doomed = deaths.begin()
        heir = deaths.begin()
        for _ in range(times):
            deaths.warm_up()
            try:
                found.append(deaths.die(*doomed))
                print(json.dumps(found[-1].__dict__), flush=True)
            except RuntimeError as error:
                print(f"not counted: {error}", flush=True)
                at.rest(2 * lease + MARGIN)
            doomed, heir = heir, deaths.begin()
    return found


def report(lease: float, found: Sequence[Takeover], *, here: bool) -> None:
    """Print it."""
    where = "one machine" if here else "two machines"
    print(f"lease of {lease:g} s, {where}, {len(found)} deaths; seconds after the kill: min / median / max")
    for name in ("freed", "claimed", "posted"):
        values = [float(getattr(each, name)) for each in found]
        print(f"  {name:8} {min(values):6.2f} / {statistics.median(values):6.2f} / {max(values):6.2f}")
    print(f"  load average {min(each.load for each in found):.1f} to {max(each.load for each in found):.1f}")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--lease", type=float, default=45)
    parser.add_argument("--times", type=int, default=5)
    parser.add_argument("--here", action="store_true")
    told = parser.parse_args()
    found = measure(told.lease, told.times, here=told.here)
    if found:
        report(told.lease, found, here=told.here)


if __name__ == "__main__":
    main()

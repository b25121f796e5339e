"""How many orders a second go through so many seats, at an ERP that needs some seconds for each, beside the ideal line?

python -m tests.bench.seat_scales [--seats 1 4 16 64] [--seconds 5] [--rounds 13] [--sqlite-only]: real ledger, engine,
host and evidence; only the hands are simulated, which wait. Each row is a process of its own. The rate is that of the
time when all seats are at work: of each seat, its orders after the first by the time from its first to its last
"posted"; their sum. So neither the start nor the end of the run counts, in which seats stand idle. The ideal line is
seats by seconds.
"""

import argparse
import json
import os
import statistics
import time
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from datetime import datetime
from itertools import pairwise
from typing import Any

from sqlalchemy import select, text

from bridge.store.tables import attempts, postings
from tests.bench.halls import Hall, hall_for, measured, statements
from tests.postgres_servers import available, postgres_server
from tests.watchers import meanwhile

MODULE = "tests.bench.seat_scales"
AHEAD = 3  # orders per seat beyond those that are counted, so that the last ones do not wait for work


def one(wanted: Mapping[str, Any]) -> dict[str, Any]:
    """One row, measured in this process."""
    seats, seconds, rounds = int(wanted["seats"]), float(wanted["seconds"]), int(wanted["rounds"])
    with hall_for(wanted, seats=seats, seconds=seconds) as (place, engine):
        place.stock(seats * (rounds + AHEAD))
        spent = at_work(place, engine, seats * rounds)
        return {"seats": seats, "ideal": seats / seconds if seconds else None, **spent, **by_ledger(place)}


def at_work(place: Hall, engine_url: str, orders: int) -> dict[str, Any]:
    """Carry so many; what it took of processor and databases."""
    host, connections = place.host(engine_url), [0]
    with statements(place) as asked, meanwhile(lambda: connections.append(_connections(place)), 2.0):
        cpu, begun = time.process_time(), time.perf_counter()
        host.start()
        try:
            place.until_posted(orders)
        finally:
            lasted, cpu = time.perf_counter() - begun, time.process_time() - cpu
            counted, done = dict(asked), place.posted()
            host.stop(60)
    return {
        "lasted": round(lasted, 1),
        "cpu_ms": round(1000 * cpu / done, 1),
        **{f"{name} per order": round(count / done, 1) for name, count in sorted(counted.items())},
        "connections": max(connections),
        "load": os.getloadavg()[0],
    }


def by_ledger(place: Hall) -> dict[str, Any]:
    """The rate while all seats were at work, and how long an attempt and the pause before the next one took."""
    tried = select(attempts.c.user, attempts.c.started_at, postings.c.posted_at)
    tried = tried.join(postings, postings.c.id == attempts.c.posting_id).where(postings.c.posted_at.is_not(None))
    with place.store.database.reading() as connection:
        rows = connection.execute(tried.order_by(postings.c.posted_at)).all()
    by_user: dict[str, list[tuple[datetime, datetime]]] = {}
    for row in rows:
        by_user.setdefault(row.user, []).append((row.started_at, row.posted_at))
    pairs = [pair for each in by_user.values() for pair in pairwise(each)]
    pauses = [(after[0] - before[1]).total_seconds() for before, after in pairs]
    rates = [(len(each) - 1) / (each[-1][1] - each[0][1]).total_seconds() for each in by_user.values() if len(each) > 1]
    return {
        "rate": round(sum(rates), 3),
        "seats_at_work": len(by_user),
        "attempt_ms": round(1000 * statistics.median((end - start).total_seconds() for _, start, end in rows), 1),
        "pause_ms": round(1000 * statistics.median(pauses), 1) if pauses else None,
    }


def _connections(place: Hall) -> int:
    """How many connections the whole server has, our own and the engine's."""
    with place.store.database.reading() as connection:
        if connection.dialect.name != "postgresql":
            return 0
        asked = "SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend'"
        return int(connection.execute(text(asked)).scalar_one())


def shown(wanted: Mapping[str, Any]) -> dict[str, Any]:
    """One row, in a process of its own, printed as soon as it is known."""
    found = measured(MODULE, wanted)
    print(json.dumps(found), flush=True)
    return found


def table(name: str, rows: Sequence[Mapping[str, Any]]) -> None:
    """Print it."""
    print(f"\n{name}\n| seats | orders/s | ideal | of it | attempt ms | pause ms | cpu ms/order | load |")
    print("|---:|---:|---:|---:|---:|---:|---:|---:|")
    for row in rows:
        part = f"{100 * row['rate'] / row['ideal']:.1f} %" if row["ideal"] else "-"
        values = (row["rate"], row["ideal"], part, row["attempt_ms"], row["pause_ms"], row["cpu_ms"])
        print(f"| {row['seats']} | " + " | ".join(str(value) for value in values) + f" | {row['load']:.1f} |")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--seats", type=int, nargs="+", default=[1, 4, 16, 64])
    parser.add_argument("--seconds", type=float, default=5.0)
    parser.add_argument("--rounds", type=int, default=13, help="orders per seat")
    parser.add_argument("--sqlite-only", action="store_true")
    parser.add_argument("--one", help=argparse.SUPPRESS)
    told = parser.parse_args()
    if told.one:
        print(json.dumps(one(json.loads(told.one))))
        return
    plain = {"seconds": told.seconds, "rounds": told.rounds, "ledger": "", "engine": ""}
    table("SQLite", [shown({**plain, "seats": seats}) for seats in told.seats])
    if told.sqlite_only or not available():
        return
    with ExitStack() as stack:
        server = stack.enter_context(postgres_server())
        asked = [
            {**plain, "seats": seats, "ledger": server.new_database(), "engine": server.new_database()}
            for seats in told.seats
        ]
        table("PostgreSQL", [shown(each) for each in asked])


if __name__ == "__main__":
    main()

"""What does the engine add to an order, in milliseconds, and what do ledger and engine take of it together?

python -m tests.bench.engine_overheads [--orders 150] [--turns 3] [--sqlite-only]: with hands that take no time, the
same orders are carried by the host and its engine at one seat, and by the same `Carrying` in a plain loop without any
engine; each in a process of its own, turn by turn. Wall is the time from one order to the next, processor what the
process used (a PostgreSQL server's own is not in it). The difference is what the engine costs a seat that never waits
for an ERP; where hands take seconds, it is the pause that `seat_scales` shows.
"""

import argparse
import json
import os
import statistics
import time
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from typing import Any

from bridge.engine.carryings import Carrying
from bridge.engine.hearts import Heart
from bridge.engine.hosts import nobody
from bridge.engine.loads import Load
from bridge.engine.pools import Pool
from bridge.model.postings import PostingState
from bridge.ports import Task
from tests.bench.halls import Hall, hall_for, measured, statements
from tests.postgres_servers import available, postgres_server

MODULE = "tests.bench.engine_overheads"
WARM = 10  # orders that are carried and not counted


def with_engine(place: Hall, engine_url: str, orders: int) -> dict[str, float]:
    """Carry them as the product does."""
    host = place.host(engine_url)
    host.start()
    try:
        place.until_posted(WARM)
        with statements(place) as asked:
            before, cpu, begun = place.posted(), time.process_time(), time.perf_counter()
            place.until_posted(WARM + orders)
            done = place.posted() - before
            return _figures(done, time.perf_counter() - begun, time.process_time() - cpu, asked)
    finally:
        host.stop(60)


def without_engine(place: Hall, _engine_url: str, orders: int) -> dict[str, float]:
    """Carry them in a loop."""
    means, duty = place.means(), place.duty()
    heart = Heart(duty.lease, means.clock.elapsed)
    pool = Pool(duty, means, heart)
    carrying = Carrying(
        means,
        {place.erp: duty},
        pools={place.erp: pool},
        heart=heart,
        circuits=place.store.circuits,
        load=Load(means.clock.elapsed),
        told=nobody,
    )
    pending = place.store.ledger.postings(erp=place.erp, states=[PostingState.PENDING])
    tasks = [Task(place.erp, posting.id, 1, posting.priority) for posting in pending]
    try:
        for task in tasks[:WARM]:
            carrying.carry(task)
        with statements(place) as asked:
            cpu, begun = time.process_time(), time.perf_counter()
            for task in tasks[WARM : WARM + orders]:
                carrying.carry(task)
            return _figures(orders, time.perf_counter() - begun, time.process_time() - cpu, asked)
    finally:
        pool.close()
        heart.close()


WAYS = {"engine": with_engine, "loop": without_engine}


def _figures(orders: int, wall: float, cpu: float, asked: Mapping[str, int]) -> dict[str, float]:
    figures = {"wall_ms": 1000 * wall / orders, "cpu_ms": 1000 * cpu / orders, "load": os.getloadavg()[0]}
    return figures | {name: count / orders for name, count in sorted(asked.items())}


def one(wanted: Mapping[str, Any]) -> dict[str, float]:
    """One turn, measured in this process."""
    orders = int(wanted["orders"])
    with hall_for(wanted, seats=1, seconds=0.0) as (place, engine):
        place.stock(WARM + orders + 20)
        return WAYS[wanted["way"]](place, engine, orders)


def report(name: str, turns: Mapping[str, Sequence[Mapping[str, float]]]) -> None:
    """Medians of all turns, and their difference."""
    middle = {
        way: {key: statistics.median(each.get(key, 0.0) for each in found) for key in found[0]}
        for way, found in turns.items()
    }
    print(f"\n{name}, medians of {len(turns['loop'])} turns, per order")
    for key in sorted({key for found in middle.values() for key in found}):
        engine, loop = (middle[way].get(key, 0.0) for way in ("engine", "loop"))
        print(f"  {key:18} engine {engine:8.1f}   loop {loop:8.1f}   difference {engine - loop:8.1f}")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--orders", type=int, default=150)
    parser.add_argument("--turns", type=int, default=3)
    parser.add_argument("--sqlite-only", action="store_true")
    parser.add_argument("--one", help=argparse.SUPPRESS)
    told = parser.parse_args()
    if told.one:
        print(json.dumps(one(json.loads(told.one))))
        return
    with ExitStack() as stack:
        server = None if told.sqlite_only or not available() else stack.enter_context(postgres_server())
        for name in ("SQLite", "PostgreSQL") if server else ("SQLite",):
            turns: dict[str, list[dict[str, float]]] = {way: [] for way in WAYS}
            for _ in range(told.turns):
                for way, found in turns.items():
                    asked = {"way": way, "orders": told.orders, "ledger": "", "engine": ""}
                    if server is not None and name == "PostgreSQL":
                        asked |= {"ledger": server.new_database(), "engine": server.new_database()}
                    found.append(measured(MODULE, asked))
            report(name, turns)


if __name__ == "__main__":
    main()

"""Which order is struck where, and by what? Spread evenly, and kept in a file for victims to read."""

import json
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path

from bridge.chaos.faults import BY_KEY, Fault
from bridge.chaos.points import BY_NAME, Point

Blow = tuple[Point, Fault]
Plan = Mapping[str, Blow]
GOLDEN = 0.618034  # multiples of it, less their whole part, lie evenly between 0 and 1 wherever one stops


def shared_out(orders: int, faults: Sequence[Fault]) -> list[tuple[Point, Fault, int]]:
    """So many orders, spread evenly over all points of all faults; few of them over the faults first."""
    blows = [(point, fault) for fault in faults for point in fault.points]
    share, more = divmod(orders, len(blows))
    once_more = set(islice(_in_turn(faults), more))
    counts = {each: share + (each in once_more) for each in blows}
    return [(*each, count) for each, count in counts.items() if count]


def _in_turn(faults: Sequence[Fault]) -> Iterator[Blow]:
    """Every point of every fault: each fault in turn, at points that lie far from each other."""
    spread = [_far_apart(fault.points, first) for first, fault in enumerate(faults)]
    for turn in range(max(map(len, spread), default=0)):
        yield from ((points[turn], fault) for points, fault in zip(spread, faults, strict=True) if turn < len(points))


def _far_apart(points: Sequence[Point], first: int) -> list[Point]:
    """The points in an order in which each lies far from the last; `first` turns the order."""
    places = sorted(range(len(points)), key=lambda place: ((place + 7 * first) * GOLDEN) % 1)
    return [points[place] for place in places]


def write_plan(path: Path, plan: Plan) -> None:
    """Write where each order is struck, and by what."""
    content = {order: (point.name, fault.key) for order, (point, fault) in plan.items()}
    path.write_text(json.dumps(content), encoding="utf-8")


def read_plan(path: Path) -> Plan:
    """Where each order is struck, and by what."""
    wanted = json.loads(path.read_text(encoding="utf-8"))
    return {order: (BY_NAME[point], BY_KEY[fault]) for order, (point, fault) in wanted.items()}


def struck(plan: str) -> Path:
    """Where it is kept which orders of a plan have been struck."""
    return Path(plan).with_suffix(".struck")

"""Who is killed? A process that carries orders like any other, with a striker or a weakness in it."""

import json
import sys
import threading
from dataclasses import asdict, dataclass
from pathlib import Path

from bridge.app import App
from bridge.chaos.points import BY_NAME, Act
from bridge.chaos.strikers import Plan, Striker, Strikes
from bridge.chaos.weaknesses import HEARTS, WEAKNESSES
from bridge.engine.hearts import Heart
from bridge.entry import Desk
from bridge.log import start_log
from bridge.model.postings import Claim
from bridge.settings import load_settings


@dataclass(frozen=True)
class Orders:
    """What a victim is told: at how many seats it works, the file of where each order is struck, what is taken from it.

    `users` are the ERP users that it works as, all where none are named.
    """

    seats: int
    plan: str = ""
    without: str = ""
    users: tuple[str, ...] = ()

    def text(self) -> str:
        """As an argument of a command line."""
        return json.dumps(asdict(self))


def carry(config: Path, orders: Orders) -> None:
    """Carry until standard input closes, or until struck down."""
    app = App(load_settings(config), around=Around(orders), heart_of=HEARTS.get(orders.without, Heart))
    start_log(app.data / "log", verbose=False)
    threading.Thread(target=_end_with_parent, args=(app.stopping,), daemon=True).start()
    if orders.users:
        _work_as(app, orders.users)
    with app.carrying(dict.fromkeys(app.settings.erps, orders.seats), patience=30):
        sys.stdout.write("ready\n")
        sys.stdout.flush()
        app.stopping.wait()


class Around:
    """The weakness first, then the striker, so that what is struck is what is weak."""

    def __init__(self, orders: Orders) -> None:
        self.weaken = WEAKNESSES.get(orders.without)
        self.striker = Striker(read_plan(Path(orders.plan)), Strikes(struck(orders.plan))) if orders.plan else None

    def __call__(self, desk: Desk, claim: Claim) -> Desk:
        """The desk as this attempt gets it."""
        weak = desk if self.weaken is None else self.weaken(desk, claim)
        return weak if self.striker is None else self.striker.around(weak, claim)


def struck(plan: str) -> Path:
    """Where it is kept which orders of a plan have been struck."""
    return Path(plan).with_suffix(".struck")


def write_plan(path: Path, plan: Plan) -> None:
    """Write where each order is struck, and how."""
    path.write_text(json.dumps({order: (point.name, act.value) for order, (point, act) in plan.items()}))


def read_plan(path: Path) -> Plan:
    """Where each order is struck, and how."""
    wanted = json.loads(path.read_text(encoding="utf-8"))
    return {order: (BY_NAME[point], Act(act)) for order, (point, act) in wanted.items()}


def _work_as(app: App, users: tuple[str, ...]) -> None:
    """Of the ERP's users only these, so that their sign-on does not end the session of one who stands still."""
    erps = {name: erp.model_copy(update={"users": tuple(users)}) for name, erp in app.settings.erps.items()}
    app.settings = app.settings.model_copy(update={"erps": erps})


def _end_with_parent(stopping: threading.Event) -> None:
    sys.stdin.read()
    stopping.set()


if __name__ == "__main__":
    carry(Path(sys.argv[1]), Orders(**json.loads(sys.argv[2])))

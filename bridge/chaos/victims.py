"""Who is struck? A process that carries orders like any other, with a striker or a weakness in it."""

import json
import os
import sys
import threading
from dataclasses import asdict, dataclass
from pathlib import Path
from random import Random

from bridge.app import App
from bridge.chaos.plans import read_plan, struck
from bridge.chaos.scenes import JumpingClock, Scene
from bridge.chaos.strikers import Striker, Strikes
from bridge.chaos.weaknesses import HEARTS, WEAKNESSES
from bridge.engine.hearts import Heart
from bridge.entry import Desk
from bridge.log import start_log
from bridge.model.postings import Claim
from bridge.settings import load_settings
from bridge.toys.sandboxes import Sandbox

# Not with -m: each seat would import this module, and all that it stands on, once more.
COMMAND = (sys.executable, "-c", "from bridge.chaos.victims import main; main()")


@dataclass(frozen=True)
class Briefing:
    """What a victim is told: at how many seats it works, the file of where each order is struck, what is taken from it.

    `users` are the ERP users that it works as, all where none are named; `restart` is the command by which the ledger's
    server is restarted.
    """

    seats: int
    plan: str
    without: str = ""
    users: tuple[str, ...] = ()
    restart: tuple[str, ...] = ()

    def text(self) -> str:
        """As an argument of a command line."""
        return json.dumps(asdict(self))


def carry(config: Path, briefing: Briefing) -> None:
    """Carry until standard input closes, or until struck down."""
    stopping = threading.Event()
    clock, around = JumpingClock(stopping), Around(briefing)
    heart = HEARTS.get(briefing.without, Heart)
    app = App(load_settings(config), clock=clock, stopping=stopping, around=around, heart_of=heart)
    around.striker = Striker(
        read_plan(Path(briefing.plan)), Strikes(struck(briefing.plan)), _scene(app, config, briefing)
    )
    start_log(app.data / "log", verbose=False)
    threading.Thread(target=_end_with_parent, args=(stopping,), daemon=True).start()
    if briefing.users:
        _work_as(app, briefing.users)
    with app.carrying(dict.fromkeys(app.settings.erps, briefing.seats), patience=30):
        sys.stdout.write("ready\n")
        sys.stdout.flush()
        stopping.wait()


class Around:
    """The weakness first, then the striker, so that what is struck is what is weak."""

    def __init__(self, briefing: Briefing) -> None:
        self.weaken = WEAKNESSES.get(briefing.without)
        self.striker: Striker | None = None

    def __call__(self, desk: Desk, claim: Claim) -> Desk:
        """The desk as this attempt gets it."""
        weak = desk if self.weaken is None else self.weaken(desk, claim)
        return weak if self.striker is None else self.striker.around(weak, claim)


def _scene(app: App, config: Path, briefing: Briefing) -> Scene:
    crm = app.settings.crms["sandbox"]["client"]["base_url"].removesuffix("/api")
    return Scene(
        app=app,
        config=config,
        clock=app.clock if isinstance(app.clock, JumpingClock) else JumpingClock(app.stopping),
        crm=Sandbox("crm", crm),
        erp=Sandbox("harbour", app.settings.erps["harbour"].address),
        chance=Random(os.getpid()),  # noqa: S311 - a moment to strike at is no secret
        restart=tuple(briefing.restart),
    )


def _work_as(app: App, users: tuple[str, ...]) -> None:
    """Of the ERP's users only these, so that their sign-on does not end the session of one who stands still."""
    erps = {name: erp.model_copy(update={"users": tuple(users)}) for name, erp in app.settings.erps.items()}
    app.settings = app.settings.model_copy(update={"erps": erps})


def _end_with_parent(stopping: threading.Event) -> None:
    sys.stdin.read()
    stopping.set()


def main() -> None:
    """Carry as the command line says."""
    carry(Path(sys.argv[1]), Briefing(**json.loads(sys.argv[2])))

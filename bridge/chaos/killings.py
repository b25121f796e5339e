"""How is a bridge killed, or made to stand still? From within, by the one that reached the point."""

import psutil

from bridge.chaos.scenes import Scene
from bridge.model.postings import Claim


def _seats() -> list[psutil.Process]:
    return psutil.Process().children(recursive=True)


def kill_seats(_scene: Scene, _claim: Claim) -> None:
    """Kill every seat of this process with all it has started."""
    for process in _seats():
        process.kill()


def kill_host(_scene: Scene, _claim: Claim) -> None:
    """Kill this process; its seats notice that they are alone."""
    psutil.Process().kill()


def kill_tree(scene: Scene, claim: Claim) -> None:
    """Kill the seats and this process."""
    kill_seats(scene, claim)
    kill_host(scene, claim)


def pause(_scene: Scene, _claim: Claim) -> None:
    """Stand still with the seats, until somebody lets us go on."""
    for process in (*_seats(), psutil.Process()):
        process.suspend()

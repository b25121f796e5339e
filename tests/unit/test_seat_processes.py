"""Is a seat gone as soon as nothing of it can act any more?"""

import subprocess
import sys
import time

import psutil

from bridge.engine.seat_processes import DYING, end_processes_below

SLEEPS = "import time; time.sleep(60)"
STARTS_ONE = (
    f"import subprocess, sys; subprocess.Popen([sys.executable, '-c', {SLEEPS!r}]); print(flush=True); {SLEEPS}"
)


def test_the_dead_need_not_be_buried_before_work_goes_on() -> None:
    """Where nobody asks how a killed process ended, as in many a container, its seat is gone all the same, at once."""
    with subprocess.Popen([sys.executable, "-c", STARTS_ONE], stdout=subprocess.PIPE) as careless:
        try:
            assert careless.stdout
            careless.stdout.readline()
            (started,) = psutil.Process(careless.pid).children()
            began = time.monotonic()
            end_processes_below(psutil.Process(careless.pid))
            assert time.monotonic() - began < DYING
            assert not started.is_running() or started.status() == psutil.STATUS_ZOMBIE
        finally:
            careless.kill()

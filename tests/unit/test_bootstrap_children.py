"""Do the programs the bootstrap runs end when they should, and never hang?"""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from requirements.children import alone, locked, watch

PATIENT = "import time; print('begun', flush=True); time.sleep(600)"
WATCHER = """
import sys
from pathlib import Path
from requirements.children import watch
try:
    watch([sys.executable, "-c", sys.argv[1]], {}, Path("."), Path(sys.argv[2]), print, silence=600)
except KeyboardInterrupt:
    print("stopped", flush=True)
"""


def test_every_word_of_a_child_reaches_the_ear_and_the_log(tmp_path: Path) -> None:
    """What was shown in short can be read in full, and the exit code is the child's own."""
    heard: list[str | None] = []
    talk = [sys.executable, "-c", "print('one'); print('两'); raise SystemExit(3)"]
    environ = {**os.environ, "PYTHONUTF8": "1"}
    assert watch(talk, environ, tmp_path, tmp_path / "log", heard.append, silence=60) == 3
    assert [line.strip() for line in heard if line] == ["one", "两"]
    assert (tmp_path / "log").read_text(encoding="utf-8").splitlines()[-2:] == ["one", "两"]


def test_a_child_that_falls_silent_is_ended(tmp_path: Path) -> None:
    """A download that hangs without internet costs its time limit and no more."""
    began = time.monotonic()
    code = watch(
        [sys.executable, "-c", PATIENT], dict(os.environ), tmp_path, tmp_path / "log", lambda _: None, silence=1
    )
    assert code != 0
    assert time.monotonic() - began < 30


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGTERM that a program can answer")
def test_a_stopped_bootstrap_takes_its_children_along(tmp_path: Path) -> None:
    """After a plain `kill` nothing of ours goes on running."""
    log = tmp_path / "log"
    command = [sys.executable, "-u", "-c", WATCHER, f"import os; print(os.getpid(), flush=True); {PATIENT}", str(log)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parents[2]) as bootstrap:
        assert bootstrap.stdout
        heard = bootstrap.stdout.readline()
        while not heard.strip().isdigit():
            heard = bootstrap.stdout.readline()
        bootstrap.send_signal(signal.SIGTERM)
        assert "stopped" in bootstrap.stdout.read()
    with pytest.raises(ProcessLookupError):
        os.kill(int(heard), 0)


def test_two_bootstraps_never_work_in_one_folder_at_once(tmp_path: Path) -> None:
    """The second waits: two installers in one `.venv` would break it."""
    lock = tmp_path / "cache" / "lock"
    with alone(lock, waiting=lambda: pytest.fail("the folder was free")), lock.open("a+b") as second:
        assert not locked(second)
    with lock.open("a+b") as third:
        assert locked(third)

"""Does the bootstrap end with the browser that suits the command, and ask Debian no more often than it must?"""

import io
import json
import shutil
import subprocess
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from requirements.houses import APT_SHELL, House, apt_install
from requirements.places import Places
from requirements.speech import Speaker


@dataclass
class Machine:
    """A machine of one folder: what is installed, and what its package index has to give."""

    root: Path
    index: tuple[str, ...] = ()
    asked: list[str] = field(default_factory=list)

    def install(self, name: str) -> Path:
        """Lay a browser there."""
        (self.root / name).touch()
        return self.root / name

    def browser(self) -> Path | None:
        """The one that the product's own search would give."""
        there = [self.root / name for name in (APT_SHELL, "chromium")]
        return next((path for path in there if path.exists()), None)


class PretendedHouse(House):
    """A house whose programs act on a `Machine`, as root on Debian unless `apt` says otherwise."""

    def __init__(self, machine: Machine, level: str, *, apt: bool = True, **environ: str) -> None:
        """Begin as bootstrap.py does."""
        super().__init__(Speaker("en", io.StringIO()), environ, level, Places(machine.root))
        self.machine, self.apt = machine, apt

    def watch(self, command: Sequence[str | Path], hear: Callable[[str | None], None], silence: float = 900) -> int:
        """Search, download nothing, and install what the index has, at once."""
        del silence
        words = " ".join(map(str, command))
        if "--prove" in words:
            found = self.machine.browser()
            self.places.browser.write_text(str(found or ""), encoding="utf-8")
            hear(json.dumps({"path": str(found)} if found else {"error": "none"}))
            return 0
        self.machine.asked.append(words)
        given = [name for name in self.machine.index if "apt-get" in words and f" {name}" in words]
        for name in given:
            self.machine.install(name)
        return 0 if given else 100


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    """A machine whose `.venv` is whole, without a browser."""
    places = Places(tmp_path)
    files = (
        *places.locks.values(),
        places.build_lock,
        tmp_path / "pyproject.toml",
        places.python,
        places.packages / "pip/x",
        places.log,
    )
    for file in files:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("x", encoding="utf-8")
    return Machine(tmp_path)


def prepared(machine: Machine, level: str, *, apt: bool = True, **environ: str) -> PretendedHouse:
    """Prepare as one start of bootstrap.py does, `.venv` being of that level already."""
    house = PretendedHouse(machine, level, apt=apt, **environ)
    house.finish()
    house = PretendedHouse(machine, level, apt=apt, **environ)
    house.prepare(need_browser=True)
    return house


def said(house: House) -> str:
    """Give all that was said."""
    assert isinstance(house.speaker.out, io.StringIO)
    return house.speaker.out.getvalue()


def test_tests_get_debians_shell_beside_a_full_browser(machine: Machine) -> None:
    """`test` as root on Debian installs the faster browser by itself and says so; the next start has nothing to do."""
    machine.install("chromium")
    machine.index = (APT_SHELL,)
    first = prepared(machine, "dev")
    assert "Installing Debian's headless Chromium" in said(first)
    assert f"using {machine.root / APT_SHELL}" in said(first)
    assert said(prepared(machine, "dev")) == ""
    assert len(machine.asked) == 1


def test_a_shell_that_cannot_be_installed_is_no_error_and_asked_for_once(machine: Machine) -> None:
    """Without internet the tests go on with the full browser, and the second start is quick."""
    chromium = machine.install("chromium")
    assert f"using {chromium}" in said(prepared(machine, "dev"))
    assert len(machine.asked) == 1
    assert said(prepared(machine, "dev")) == ""
    assert len(machine.asked) == 1


def test_running_never_installs_a_shell_where_a_browser_is(machine: Machine) -> None:
    """`demo` and `serve` leave the system as it is, also after `test` in the same folder."""
    machine.install("chromium")
    prepared(machine, "run")
    assert machine.asked == []
    prepared(machine, "dev")
    machine.asked.clear()
    prepared(machine, "run")
    assert machine.asked == []


def test_testing_after_running_still_gets_the_shell(machine: Machine) -> None:
    """That the full browser is known from `demo` does not keep `test` slow."""
    machine.install("chromium")
    prepared(machine, "run")
    machine.index = (APT_SHELL,)
    assert f"using {machine.root / APT_SHELL}" in said(prepared(machine, "dev"))


@pytest.mark.parametrize("reason", ["no root", "configured", "already there"])
def test_nothing_is_installed_where_it_cannot_or_need_not_be(machine: Machine, reason: str) -> None:
    """Who is not root, names a browser, or has a shell is left alone."""
    chromium = machine.install("chromium")
    if reason == "already there":
        machine.install(APT_SHELL)
    environ = {"ERPBRIDGE_BROWSER": str(chromium)} if reason == "configured" else {}
    prepared(machine, "dev", apt=reason != "no root", **environ)
    assert machine.asked == []


def test_a_bare_debian_gets_the_full_browser_and_the_shell(machine: Machine) -> None:
    """One request gives both: the shell to work with, the full one to show its window."""
    machine.index = ("chromium", APT_SHELL)
    house = prepared(machine, "run")
    assert f"using {machine.root / APT_SHELL}" in said(house)
    assert (machine.root / "chromium").exists()
    assert "playwright install chromium" in machine.asked[0]
    assert len(machine.asked) == 2


@pytest.mark.skipif(shutil.which("sh") is None, reason="Debian's packages are installed by a shell")
@pytest.mark.parametrize(
    ("known", "code"),
    [(("chromium", APT_SHELL), 0), (("chromium",), 0), ((APT_SHELL,), 100), ((), 100)],
)
def test_a_debian_without_the_shell_still_installs_chromium(tmp_path: Path, known: tuple[str, ...], code: int) -> None:
    """An unknown package makes apt-get refuse a whole request, so the shell is a request of its own."""
    apt = tmp_path / "apt-get"
    apt.write_text(
        "#!/bin/sh\n"
        'case " $* " in *" update "*) exit 1;; esac\n'
        'for last do :; done\ncase " $KNOWN " in *" $last "*) echo "$last" >> "$INSTALLED";; *) exit 100;; esac\n',
        encoding="utf-8",
    )
    apt.chmod(0o755)
    installed = tmp_path / "installed"
    installed.touch()
    environ = {"PATH": f"{tmp_path}:/usr/bin:/bin", "KNOWN": " ".join(known), "INSTALLED": str(installed)}
    ended = subprocess.run(apt_install("chromium", wish=APT_SHELL), env=environ, check=False)
    assert ended.returncode == code
    expected = list(known) if "chromium" in known else []
    assert installed.read_text(encoding="utf-8").split() == expected

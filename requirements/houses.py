"""What `.venv` holds, what it lacks, and how it gets it."""

from __future__ import annotations

import importlib.util
import json
import os
import re
import shutil
import sys
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING

from requirements.children import watch
from requirements.places import HERE, Places
from requirements.plans import Facts, Stamp, digest_of, higher, plan, venv_package, venv_state
from requirements.speech import Speaker, TroubleError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    Progress = Callable[[str | None], str | None]

APT_BROWSER = ("chromium", "fonts-liberation", "fonts-wqy-zenhei")  # a bare Debian shows Chinese as empty boxes
APT_SHELL = "chromium-headless-shell"  # not every Debian and no Ubuntu has it
SOURCES = (
    "mouseinfo",
    "pyautogui",
    "pygetwindow",
    "pyrect",
    "pyscreeze",
    "pytweening",
)  # nobody publishes wheels of them


class PipProgress:
    """How far pip is, read from its words and, once it is silent and installing, from what lies on disk."""

    def __init__(self, total: int, installed: Callable[[], int], text: Callable[..., str]) -> None:
        """`total` counts the lock's packages; `installed` counts those on disk; `text` words a key of `TEXTS`."""
        self.total, self.installed, self.text = total, installed, text
        self.seen, self.installing = 0, False

    def __call__(self, line: str | None) -> str | None:
        """Give what to show after a line of pip's, or after half a second without one."""
        if line is None:
            return self.show("installed", self.installed(), "") if self.installing else None
        self.installing |= line.startswith("Installing collected")
        if match := re.match(r"(?:Collecting|Ignoring|Requirement already satisfied:) ?([\w.-]+?)[=:\s]", line):
            self.seen += 1
            return self.show("fetched", self.seen, match[1])
        if match := re.match(r"\s*Downloading .*?([^/\s-]+)-[^/\s]+\.whl (\(.*\))", line):
            return self.show("fetched", self.seen, f"{match[1]} {match[2]}")
        return None

    def show(self, key: str, count: int, name: str) -> str:
        """Word one moment; the count never passes the total, markers make it uncertain."""
        return self.text(key, count=f"{min(count, self.total)}/{self.total}", name=name).rstrip()


class House:
    """The folder's `.venv`: what it holds, what it lacks, and how it gets it."""

    def __init__(self, speaker: Speaker, environ: dict[str, str], level: str, places: Places = HERE) -> None:
        """`level` is `run`, `ocr` or `dev`; `environ` is what every child gets. A level once had is kept."""
        self.speaker, self.environ, self.places = speaker, environ, places
        self.apt, self.testing = may_apt(), level == "dev"
        self.found = self.read_stamp()
        level = higher(level, self.found.level) if self.found else level
        digest = digest_of([*places.locks.values(), places.build_lock, places.root / "pyproject.toml"])
        python = f"{sys.version_info[0]}.{sys.version_info[1]}"
        browser, tried = (self.found.browser, self.found.shell_tried) if self.found else ("", False)
        self.wanted = Stamp(digest, level, python, str(places.venv), browser, tried)

    def read_stamp(self) -> Stamp | None:
        """Give the stamp, None when there is none that can be read."""
        try:
            return Stamp(**json.loads(self.places.stamp.read_text(encoding="utf-8")))
        except (OSError, ValueError, TypeError):
            return None

    def facts(self) -> Facts:
        """Look at the machine and the folder, without starting anything."""
        state = venv_state(
            self.found,
            self.wanted,
            exists=self.places.venv.exists(),
            works=self.places.python.exists() and (self.places.packages / "pip").is_dir(),
            making=self.places.making.exists(),
        )
        browser = self.knows_browser() and not self.wants_shell(self.wanted.browser)
        return Facts(state, importlib.util.find_spec("ensurepip") is not None, self.apt, browser)

    def knows_browser(self) -> bool:
        """Say whether the browser that started once is still there and still the one that is asked for."""
        known, configured = self.wanted.browser, self.environ.get("ERPBRIDGE_BROWSER")
        same = configured == known if configured else self.places.browser.exists()
        return bool(known) and same and Path(known).is_file()

    def wants_shell(self, browser: str) -> bool:
        """Say whether Debian's shell is to be tried once beside this browser: tests start hundreds of them."""
        free = self.testing and self.apt and not self.environ.get("ERPBRIDGE_BROWSER")
        return free and not self.wanted.shell_tried and "headless" not in Path(browser).name

    def prepare(self, *, need_browser: bool) -> None:
        """Do the missing steps; a kill in the middle leaves the mark that makes the next run start over."""
        steps = plan(self.facts())
        if steps:
            self.places.log.write_text("", encoding="utf-8")
        for number, step in enumerate(steps, start=1):
            self.speaker.place = f"{number}/{len(steps)}"
            try:
                STEPS[step](self)
            except TroubleError as trouble:
                self.places.making.unlink(missing_ok=True)
                if trouble.key != "no_browser" or need_browser:
                    raise
                self.speaker.line(self.speaker.text(trouble.key))

    def finish(self) -> None:
        """Leave the stamp by which the next run knows that nothing is missing."""
        self.places.stamp.write_text(json.dumps(asdict(self.wanted)), encoding="utf-8")
        self.places.making.unlink(missing_ok=True)

    def install_venv_package(self) -> None:
        """Get `ensurepip` from Debian."""
        self.step("venv_package", apt_install(venv_package()), package=venv_package())

    def make(self) -> None:
        """Make an empty `.venv`, in place of a ruined one."""
        remake = self.places.venv.exists()
        self.speaker.begin("remake" if remake else "make", version=self.wanted.python)
        try:
            shutil.rmtree(self.places.venv, ignore_errors=not remake)
        except OSError as held:
            raise TroubleError("in_use", path=held.filename) from held
        self.places.venv.mkdir()
        self.places.making.touch()
        self.must([getattr(sys, "_base_executable", sys.executable), "-m", "venv", self.places.venv])

    def install_packages(self) -> None:
        """Install the locked packages, each checked against its hash."""
        lock = self.places.locks[self.wanted.level]
        total = len(re.findall(r"^[a-z0-9].*==", lock.read_text(encoding="utf-8"), re.MULTILINE))
        self.places.making.touch()
        self.speaker.begin("packages", count=total)
        hashed = [*self.pip(), "--require-hashes", "--no-deps", "--only-binary", ":all:"]
        self.must([*hashed, "-r", self.places.build_lock])
        self.must(
            [*hashed, "--no-binary", ",".join(SOURCES), "--no-build-isolation", "-r", lock],
            PipProgress(total, self.installed, self.speaker.text),
        )

    def installed(self) -> int:
        """Count the packages in `.venv`."""
        return sum(1 for _ in self.places.packages.glob("*.dist-info"))

    def install_project(self) -> None:
        """Make the `erpbridge` command, with its code staying in this folder."""
        self.places.making.touch()
        self.step("project", [*self.pip(), "--no-deps", "--no-build-isolation", "-e", self.places.root])
        self.finish()

    def settle_browser(self) -> None:
        """Find a browser that starts, else install one; raises `TroubleError`."""
        self.speaker.begin("find")
        found = self.prove()
        configured = self.environ.get("ERPBRIDGE_BROWSER")
        if not found and configured:
            raise TroubleError("bad_browser", path=configured)
        # Playwright tries five times; its own thirty seconds each would keep a machine without internet waiting.
        self.environ.setdefault("PLAYWRIGHT_DOWNLOAD_CONNECTION_TIMEOUT", "10000")
        for key, command in self.browser_installs():
            if not found:
                self.speaker.begin(key)
                self.attempt(command, silence=180)
                found = self.prove()
        if not found:
            raise TroubleError("no_browser")
        if self.wants_shell(found):
            found = self.try_shell(found)
        self.speaker.line("      " + self.speaker.text("using", path=found))
        self.wanted = replace(self.wanted, browser=found)
        self.finish()

    def try_shell(self, found: str) -> str:
        """Install Debian's shell and give the browser to work with: `found` where that does not succeed."""
        self.speaker.begin("apt_shell", path=found)
        self.wanted = replace(self.wanted, shell_tried=True)
        worked = self.attempt(apt_install(APT_SHELL), silence=180)
        return (self.prove() if worked else "") or found

    def browser_installs(self) -> Iterator[tuple[str, list[str | Path]]]:
        """Give the ways to install a browser that may be tried here, in order."""
        yield "download", [self.places.python, "-m", "playwright", "install", "chromium"]
        if self.apt:
            yield "apt_browser", apt_install(*APT_BROWSER, wish=APT_SHELL)

    def prove(self) -> str:
        """Ask the product's own search for a browser that starts; empty when there is none."""
        heard: list[str] = []

        def hear(line: str | None) -> None:
            heard.append(line or "")
            self.speaker.tick()

        self.watch([self.places.python, "-m", "bots.drivers.browsers", "--prove"], hear)
        answer = re.search(r"^\{.*\}$", "".join(heard), re.MULTILINE)
        return str(json.loads(answer.group()).get("path", "")) if answer else ""

    def pip(self) -> list[str | Path]:
        """Give the words every pip call begins with."""
        quiet = ["--disable-pip-version-check", "--no-input", "--progress-bar", "off"]
        return [self.places.python, "-m", "pip", "install", *quiet]

    def step(self, key: str, command: Sequence[str | Path], **values: object) -> None:
        """Run one command as a step; raises `TroubleError`."""
        self.speaker.begin(key, **values)
        self.must(command)

    def must(self, command: Sequence[str | Path], progress: Progress | None = None) -> None:
        """Run the step's command; raises `TroubleError` with its last lines when it fails."""
        if not self.attempt(command, progress):
            lines = self.places.log.read_text(encoding="utf-8").splitlines()[-5:]
            key = "pip_failed" if "pip" in command else "failed"
            raise TroubleError(key, step=self.speaker.title, log=self.places.log, lines="\n".join(lines))

    def attempt(self, command: Sequence[str | Path], progress: Progress | None = None, silence: float = 900) -> bool:
        """Run one command with progress and say how it ended; True when it worked."""
        progress = progress or (lambda line: (line or "").strip())
        code = self.watch(command, lambda line: self.speaker.tick(progress(line)), silence)
        self.speaker.end(worked=code == 0)
        return code == 0

    def watch(self, command: Sequence[str | Path], hear: Callable[[str | None], None], silence: float = 900) -> int:
        """Run one command in this folder with its words in the log; give its exit code."""
        return watch(command, self.environ, self.places.root, self.places.log, hear, silence=silence)


STEPS: dict[str, Callable[[House], None]] = {
    "venv_package": House.install_venv_package,
    "make": House.make,
    "packages": House.install_packages,
    "project": House.install_project,
    "browser": House.settle_browser,
}


def may_apt() -> bool:
    """Say whether Debian's packages can be installed from here."""
    return sys.platform == "linux" and os.geteuid() == 0 and shutil.which("apt-get") is not None


def apt_install(*packages: str, wish: str = "") -> list[str | Path]:
    """Give the command that installs Debian packages without a question; it works where only the `wish` is unknown."""
    apt = "apt-get -q -o DPkg::Lock::Timeout=120"
    install = f"{apt} install -y --no-install-recommends"
    wished = f" && {{ {install} {wish} || true; }}" if wish else ""
    environment = "export DEBIAN_FRONTEND=noninteractive LC_ALL=C"
    return ["sh", "-c", f"{environment}; {apt} update; {install} {' '.join(packages)}{wished}"]

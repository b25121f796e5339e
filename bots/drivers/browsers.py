"""Which browser on this machine the web driver works with.

The order: the configured path, the browser that `bootstrap.py` proved to start, Playwright's own,
then Chrome, Edge or Chromium as installed on the machine. Of all but the configured one, those without a
window come first, as they work faster, unless the window is to be shown: then they are not given at all.
Installing one is `bootstrap.py`'s business.
"""

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from importlib.util import find_spec
from pathlib import Path
from typing import Literal

from bridge.errors import ApplicationError, BrowserGone, BrowserMissing, BrowserWindowless

SETTING = "ERPBRIDGE_BROWSER"
REMEMBERED = "erpbridge-browser.txt"
TRIAL_SECONDS = 60.0

Source = Literal["configured", "remembered", "playwright", "chrome", "edge", "chromium"]

_PLAYWRIGHT_LAYOUTS = (
    "chrome-linux*/chrome",
    "chrome-win*/chrome.exe",
    "chrome-mac*/*.app/Contents/MacOS/*",
    "chrome-headless-shell-*/chrome-headless-shell",
    "chrome-headless-shell-win*/chrome-headless-shell.exe",
    "chrome-*/headless_shell",  # and so in older Playwrights
    "chrome-win*/headless_shell.exe",
)
_COMMANDS: tuple[tuple[Source, str], ...] = (
    ("chromium", "chromium-headless-shell"),
    ("chrome", "google-chrome"),
    ("chrome", "google-chrome-stable"),
    ("edge", "microsoft-edge"),
    ("edge", "microsoft-edge-stable"),
    ("chromium", "chromium"),
    ("chromium", "chromium-browser"),
)
_WINDOWS_FOLDERS = ("PROGRAMFILES", "PROGRAMFILES(X86)", "PROGRAMW6432", "LOCALAPPDATA")
_WINDOWS_PROGRAMS: tuple[tuple[Source, str], ...] = (
    ("chrome", "Google/Chrome/Application/chrome.exe"),
    ("edge", "Microsoft/Edge/Application/msedge.exe"),
    ("chromium", "Chromium/Application/chrome.exe"),
)
_MAC_PROGRAMS: tuple[tuple[Source, str], ...] = (
    ("chrome", "Google Chrome.app/Contents/MacOS/Google Chrome"),
    ("edge", "Microsoft Edge.app/Contents/MacOS/Microsoft Edge"),
    ("chromium", "Chromium.app/Contents/MacOS/Chromium"),
)


@dataclass(frozen=True)
class Browser:
    """A browser's executable and how it was found."""

    path: Path
    source: Source

    @property
    def windowless(self) -> bool:
        """Whether it is one of the shells that draw pages in memory only; their names say so on every system."""
        return "headless" in self.path.name


@dataclass(frozen=True)
class Machine:
    """Where to look: given whole, so that a folder can stand in for a machine of any kind."""

    platform: str = sys.platform
    environment: Mapping[str, str] = field(default_factory=lambda: os.environ)
    home: Path = field(default_factory=Path.home)
    root: Path = Path("/")
    prefix: Path = Path(sys.prefix)


def find_browser(configured: Path | None = None, machine: Machine | None = None, *, headed: bool = False) -> Browser:
    """Give the first browser in the order above; raises BrowserGone, BrowserMissing or BrowserWindowless.

    A configured path (the argument, else the environment's `ERPBRIDGE_BROWSER`) is never silently
    passed over: when it does not exist, or has no window where `headed` asks for one, that is the error.
    """
    machine = machine or Machine()
    named = _configured(configured, machine)
    if named and not named.is_file():
        raise BrowserGone(path=str(named), setting=SETTING)
    fitting = [Browser(named, "configured")] if named else candidates(machine, headed=headed) or candidates(machine)
    if not fitting:
        raise BrowserMissing(setting=SETTING)
    if headed and fitting[0].windowless:
        raise BrowserWindowless(path=str(fitting[0].path), setting=SETTING)
    return fitting[0]


def candidates(machine: Machine, *, headed: bool = False) -> list[Browser]:
    """All browsers of the machine that can show a window where `headed` asks for one, best first.

    The configured one is not among them, nor is any that did not start when they were last tried.
    """
    known = [browser for browser in _existing(machine) if browser.path not in _note(machine)[1:]]
    # Sorting keeps the order of equals; a full browser that was remembered must not outlive a shell installed later.
    return [browser for browser in sorted(known, key=_slowness) if not (headed and browser.windowless)]


def _slowness(browser: Browser) -> int:
    return 0 if browser.windowless else 1


def prove_browser(
    configured: Path | None = None,
    machine: Machine | None = None,
    starts: Callable[[Path], bool] | None = None,
) -> Browser:
    """Give the first browser that really starts, and remember it; raises BrowserGone or BrowserMissing.

    A browser that exists may still miss system libraries, which only a start shows; such ones are noted,
    so that the search passes them over.
    """
    machine, starts = machine or Machine(), starts or _starts
    (machine.prefix / REMEMBERED).unlink(missing_ok=True)
    named = _configured(configured, machine)
    tried = [find_browser(named, machine)] if named else candidates(machine)
    failed: list[Path] = []
    for browser in tried:
        if starts(browser.path):
            if not named:
                _remember([browser.path, *failed], machine)
            return browser
        failed.append(browser.path)
    raise BrowserMissing(setting=SETTING)


def _configured(configured: Path | None, machine: Machine) -> Path | None:
    setting = machine.environment.get(SETTING)
    return configured or (Path(setting) if setting else None)


def _remember(paths: list[Path], machine: Machine) -> None:
    """Note the browser that started, then those that did not, a line each."""
    (machine.prefix / REMEMBERED).write_text("\n".join(map(str, paths)), encoding="utf-8")


def _note(machine: Machine) -> list[Path]:
    note = machine.prefix / REMEMBERED
    return [Path(line) for line in note.read_text(encoding="utf-8").splitlines()] if note.is_file() else []


def _existing(machine: Machine) -> Iterator[Browser]:
    """Every browser there is, in the order above, whether or not it has a window."""
    yield from (Browser(path, "remembered") for path in _note(machine)[:1] if path.is_file())
    yield from (Browser(path, "playwright") for path in _playwright_builds(machine))
    installed = {"win32": _on_windows, "darwin": _on_mac}.get(machine.platform, _on_path)
    yield from installed(machine)


def _playwright_builds(machine: Machine) -> Iterator[Path]:
    kinds = ("chromium-*", "chromium_headless_shell-*")
    builds = [build for kind in kinds for build in _playwright_folder(machine).glob(kind)]
    whole = [build for build in builds if (build / "INSTALLATION_COMPLETE").exists()]
    for build in sorted(whole, key=_revision, reverse=True):
        for layout in _PLAYWRIGHT_LAYOUTS:
            yield from (path for path in build.glob(layout) if path.is_file())


def _revision(build: Path) -> int:
    digits = re.search(r"\d+$", build.name)
    return int(digits.group()) if digits else 0


def _playwright_folder(machine: Machine) -> Path:
    """Where Playwright keeps its browsers, as its documentation of `PLAYWRIGHT_BROWSERS_PATH` says."""
    setting = machine.environment.get("PLAYWRIGHT_BROWSERS_PATH")
    if setting == "0":
        package = find_spec("playwright")
        home = Path(package.origin).parent if package and package.origin else machine.prefix
        return home / "driver" / "package" / ".local-browsers"
    if setting:
        return Path(setting)
    if machine.platform == "win32":
        local = machine.environment.get("LOCALAPPDATA")
        return (Path(local) if local else machine.home / "AppData" / "Local") / "ms-playwright"
    if machine.platform == "darwin":
        return machine.home / "Library" / "Caches" / "ms-playwright"
    cache = machine.environment.get("XDG_CACHE_HOME")
    return (Path(cache) if cache else machine.home / ".cache") / "ms-playwright"


def _on_path(machine: Machine) -> Iterator[Browser]:
    # A scheduler may start us with a bare PATH, so the usual folders are asked too.
    usual = [str(machine.root / folder) for folder in ("usr/bin", "usr/local/bin", "snap/bin")]
    search = os.pathsep.join([machine.environment.get("PATH", ""), *usual])
    for source, command in _COMMANDS:
        if path := shutil.which(command, path=search):
            yield Browser(Path(path), source)


def _on_windows(machine: Machine) -> Iterator[Browser]:
    # Windows spells its variables in any case; os.environ folds them, a given mapping need not.
    folded = {name.upper(): value for name, value in machine.environment.items()}
    folders = [Path(folded[name]) for name in _WINDOWS_FOLDERS if folded.get(name)]
    yield from _in_folders(folders, _WINDOWS_PROGRAMS)


def _on_mac(machine: Machine) -> Iterator[Browser]:
    yield from _in_folders([machine.root / "Applications", machine.home / "Applications"], _MAC_PROGRAMS)


def _in_folders(folders: list[Path], programs: tuple[tuple[Source, str], ...]) -> Iterator[Browser]:
    for source, program in programs:
        for folder in folders:
            if (folder / program).is_file():
                yield Browser(folder / program, source)


def _starts(path: Path) -> bool:
    """Say whether the browser renders an empty page without a screen within `TRIAL_SECONDS`."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder, tempfile.TemporaryFile() as page:
        flags = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run"]
        command = [str(path), *flags, f"--user-data-dir={folder}", "--dump-dom", "about:blank"]
        try:
            ended = subprocess.run(
                command,
                stdin=subprocess.DEVNULL,
                stdout=page,
                stderr=subprocess.DEVNULL,
                timeout=TRIAL_SECONDS,
                check=False,
            )
        except (OSError, subprocess.TimeoutExpired):
            return False
        page.seek(0)
        return ended.returncode == 0 and b"<html" in page.read()


def main() -> int:
    """Print the browser as JSON (`path`, `source`, or `error`); the exit code says whether there is one."""
    parser = argparse.ArgumentParser(prog="python -m bots.drivers.browsers", description=__doc__)
    parser.add_argument("--prove", action="store_true", help="start it once and remember the one that starts")
    try:
        browser = prove_browser() if parser.parse_args().prove else find_browser()
    except ApplicationError as missing:
        sys.stdout.write(json.dumps({"error": str(missing)}) + "\n")
        return 1
    sys.stdout.write(json.dumps({**asdict(browser), "path": str(browser.path)}) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())

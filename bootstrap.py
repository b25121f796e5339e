"""How a fresh machine comes to run this project: `python3 bootstrap.py demo`, `test` or any `erpbridge` word.

Needs nothing but Python 3.11: it makes `.venv`, installs the hash-locked dependencies, finds or installs
a browser, and says each step. A stamp in `.venv` makes the second run start at once.
"""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

from requirements.children import alone, run
from requirements.houses import House
from requirements.places import HERE
from requirements.speech import Speaker, TroubleError, choose_language, windows_ui_language

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

OLDEST_PYTHON = (3, 11)
PRODUCT = ("bots", "bridge", "jobs")
NEED_BROWSER = ("demo", "test", "setup")


LEVELS = {"": "not real and not sweep and not long", "--real": "not long", "--long": ""}


def checks(house: House, *, level: str, arguments: Sequence[str]) -> list[tuple[str, list[str | Path]]]:
    """Give every check a developer must pass, cheapest first."""
    module: list[str | Path] = [house.places.python, "-m"]
    workers = str(min(8, (os.cpu_count() or 1) + 1))  # one more than there are cores, since many wait for a server
    selection = ["-m", LEVELS[level]] if LEVELS[level] else []
    spread = ["-n", workers, "--dist", "loadfile", "--no-loadscope-reorder"]  # in the tests' order: the long ones first
    return [
        ("ruff check", [*module, "ruff", "check"]),
        ("ruff format", [*module, "ruff", "format", "--check"]),
        ("mypy", [*module, "mypy"]),
        ("mypy, Windows", [*module, "mypy", "--platform", "win32", "--cache-dir", ".mypy_cache/win32", *PRODUCT]),
        ("lint-imports", [house.places.scripts / "lint-imports"]),
        ("pytest", [*module, "pytest", *spread, *selection, *arguments]),
    ]


def test(house: House, arguments: list[str]) -> int:
    """Run all checks, also after one has failed, and sum up; 0 when all passed."""
    level = next((each for each in ("--long", "--real") if each in arguments), "")
    house.environ["ERPBRIDGE_LONG"] = "1" if level == "--long" else ""
    passed_on = [word for word in arguments if word not in LEVELS]
    speaker, results = house.speaker, []
    for name, command in checks(house, level=level, arguments=passed_on):
        speaker.line(f"== {name}")
        began = speaker.now()
        results.append((name, run(command, house.environ, house.places.root), round(speaker.now() - began)))
    speaker.line(f"== {speaker.text('summary')}")
    for name, code, seconds in results:
        verdict = speaker.text("check_failed", code=code) if code else speaker.text("passed")
        speaker.line(f"{name:<14} {verdict} ({speaker.text('seconds', seconds=seconds)})")
    return int(any(code for _, code, _ in results))


def erpbridge(house: House, words: list[str]) -> int:
    """Become the product's command; on Windows, which cannot, wait for it."""
    command = [str(house.places.python), "-m", "bridge.cli", *words]
    if sys.platform != "win32":
        os.chdir(house.places.root)
        os.execve(command[0], command, house.environ)
    return run(command, house.environ, house.places.root)


def relock(speaker: Speaker, environ: dict[str, str], words: list[str]) -> int:
    """Write the lock files anew, in a small environment of its own so that a broken lock can be mended."""
    tool = HERE.cache / "lock-venv"
    python = tool / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")
    locks = HERE.root / "requirements"
    speaker.line(speaker.text("lock"))
    return (
        (0 if python.exists() else run([sys.executable, "-m", "venv", tool], environ, HERE.root))
        or run([python, "-m", "pip", "install", "-q", "--require-hashes", "-r", locks / "lock.txt"], environ, HERE.root)
        or run([python, locks / "relock.py", *words], environ, HERE.root)
    )


def split_words(arguments: Sequence[str]) -> tuple[str | None, list[str]]:
    """Take `--language X` or `--language=X` out of the words."""
    words = list(arguments)
    for index, word in enumerate(words):
        if word == "--language":
            return "".join(words[index + 1 : index + 2]), words[:index] + words[index + 2 :]
        if word.startswith("--language="):
            return word.partition("=")[2], words[:index] + words[index + 1 :]
    return None, words


def main(arguments: Sequence[str]) -> int:
    """Prepare what the first word needs, then do it; give its exit code."""
    wanted, words = split_words(arguments)
    speaker = Speaker(choose_language(wanted, os.environ, windows_ui_language()), sys.stdout)
    environ = {**os.environ, **({"ERPBRIDGE_LANGUAGE": speaker.language} if wanted else {})}
    try:
        return act(speaker, environ, words)
    except TroubleError as trouble:
        speaker.line(speaker.text(trouble.key, **trouble.values))
        return 1
    except OSError as error:
        speaker.line(speaker.text("cannot", error=error))
        return 1
    except KeyboardInterrupt:
        speaker.line(speaker.text("stopped"))
        return 130


def act(speaker: Speaker, environ: dict[str, str], words: list[str]) -> int:
    """Do what the first word says."""
    if not words or words[0] in ("-h", "--help", "help"):
        speaker.line(speaker.text("usage"))
        return 0 if words else 2
    if sys.version_info < OLDEST_PYTHON:
        raise TroubleError("old_python", version=sys.version.split()[0])
    word, rest = words[0], words[1:]
    if word == "lock":
        return relock(speaker, environ, rest)
    with alone(HERE.cache / "bootstrap.lock", lambda: speaker.line(speaker.text("busy"))):
        house = House(speaker, environ, "dev" if word == "test" else "ocr" if "--ocr" in rest else "run")
        house.prepare(need_browser=word in NEED_BROWSER)
    if word == "setup":
        speaker.line(speaker.text("ready"))
        return 0
    return test(house, rest) if word == "test" else erpbridge(house, words)


if __name__ == "__main__":
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(errors="replace")  # type: ignore[union-attr]
    sys.exit(main(sys.argv[1:]))

"""Which steps a machine still lacks: decided from facts alone, so that every case can be tested."""

from __future__ import annotations

import hashlib
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

from requirements.speech import TroubleError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path


LEVELS = ("run", "ocr", "dev")  # each holds all of those before it


def higher(one: str, other: str) -> str:
    """Give the one of two levels that holds the other; what is no level holds nothing."""
    return max(one, other, key=lambda level: LEVELS.index(level) if level in LEVELS else -1)


@dataclass(frozen=True)
class Stamp:
    """What a finished `.venv` holds; written last, so a half-made one never carries it.

    `shell_tried` says that Debian was asked for its headless shell, whatever came of it.
    """

    digest: str
    level: str
    python: str
    place: str
    browser: str = ""
    shell_tried: bool = False


@dataclass(frozen=True)
class Facts:
    """What decides the steps: `venv` is absent, ruined, stale or fresh."""

    venv: str
    ensurepip: bool
    apt: bool
    browser: bool


def digest_of(files: Sequence[Path]) -> str:
    """Give one sha256 over the files' names and contents, line ends folded as git folds them."""
    total = hashlib.sha256()
    for file in files:
        total.update(file.name.encode() + b"\0" + file.read_bytes().replace(b"\r\n", b"\n") + b"\0")
    return total.hexdigest()


def venv_state(found: Stamp | None, wanted: Stamp, *, exists: bool, works: bool, making: bool) -> str:
    """Say whether `.venv` is absent, ruined (make it anew), stale (install into it) or fresh."""
    if not exists:
        return "absent"
    if making or not works:
        return "ruined"
    if found is None:
        return "stale"
    if (found.python, found.place) != (wanted.python, wanted.place):
        return "ruined"
    return "fresh" if found.digest == wanted.digest and higher(found.level, wanted.level) == found.level else "stale"


def plan(facts: Facts) -> tuple[str, ...]:
    """Give the steps that are missing, in order; raises `TroubleError` when one cannot be done here."""
    steps: list[str] = []
    if facts.venv in ("absent", "ruined"):
        if not facts.ensurepip:
            if not facts.apt:
                raise TroubleError("no_venv", package=venv_package())
            steps.append("venv_package")
        steps.append("make")
    if facts.venv != "fresh":
        steps += ["packages", "project"]
    return (*steps, *(() if facts.browser and facts.venv not in ("absent", "ruined") else ("browser",)))


def venv_package() -> str:
    """Name the Debian package that holds this Python's `ensurepip`."""
    return f"python{sys.version_info[0]}.{sys.version_info[1]}-venv"

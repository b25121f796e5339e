"""Which exact packages, with which hashes, every machine installs: writes the lock files beside this one.

Run by `python bootstrap.py lock`, which brings uv. Asks the package index this machine is configured for,
covers Linux, Windows and macOS in one file, and refuses to write the address of any index.
"""

import os
import subprocess
import sys
import sysconfig
import tomllib
from pathlib import Path

HERE = Path(__file__).resolve().parent
PYPROJECT = HERE.parent / "pyproject.toml"
HEADER = """\
# {what} Locked with hashes for Linux, Windows and macOS; never edited by hand.
# After a change in pyproject.toml:    python bootstrap.py lock
# To take newer versions:              python bootstrap.py lock --upgrade
"""
EXTRAS = ["--extra", "dev", "--extra", "ocr"]
LOCKS = {
    "lock.txt": ("The program that writes these files.", []),
    "build.txt": ("What builds the few packages that come as source only.", []),
    "run.txt": ("What the product needs to run.", [str(PYPROJECT)]),
    "ocr.txt": (
        "What the product needs to read labels on desktops.",
        [str(PYPROJECT), "--extra", "ocr", "-c", "run.txt"],
    ),
    "dev.txt": ("What the product and its tests need.", [str(PYPROJECT), *EXTRAS, "-c", "run.txt"]),
}
EXTRA_INPUTS = {
    "lock.txt": ["uv"],
    "build.txt": ["setuptools>=80"],
    # An editable install builds with what is installed, so the build's own needs are locked too.
    "run.txt": [*tomllib.loads(PYPROJECT.read_text(encoding="utf-8"))["build-system"]["requires"], "editables"],
}
EXTRA_INPUTS["ocr.txt"] = EXTRA_INPUTS["dev.txt"] = EXTRA_INPUTS["run.txt"]


def main(arguments: list[str]) -> int:
    """Write all lock files; give 0, or 1 with uv's own words when one cannot be resolved."""
    index = configured_index()
    environ = {name: value for name, value in os.environ.items() if not name.startswith("UV_")}
    environ |= {"UV_SYSTEM_CERTS": "1"} | ({"UV_DEFAULT_INDEX": index} if index else {})
    for name, (what, inputs) in LOCKS.items():
        locked = resolve(name, inputs, arguments, environ)
        if locked is None:
            return 1
        refuse_addresses(name, locked)
        (HERE / name).write_text(HEADER.format(what=what) + locked, encoding="utf-8", newline="\n")
    return 0


def resolve(name: str, inputs: list[str], arguments: list[str], environ: dict[str, str]) -> str | None:
    """Give the text of one lock; versions already locked are kept unless `--upgrade` is among the arguments."""
    uv = Path(sysconfig.get_path("scripts")) / "uv"
    form = [
        "--override",
        "overrides.txt",
        "--universal",
        "--generate-hashes",
        "--no-annotate",
        "--no-header",
        "--no-config",
        "--quiet",
    ]
    ended = subprocess.run(
        [uv, "pip", "compile", *form, "--python-version", "3.11", *inputs, "-", "-o", name, *arguments],
        cwd=HERE,
        env=environ,
        input="\n".join(EXTRA_INPUTS[name]),
        stdout=subprocess.DEVNULL,
        text=True,
        check=False,
    )
    return (HERE / name).read_text(encoding="utf-8") if ended.returncode == 0 else None


def configured_index() -> str:
    """Give the package index pip is configured for, empty for pip's own default; uv does not read pip's settings."""
    asked = [sys.executable, "-m", "pip", "config", "get"]
    for key in (":env:.index-url", "install.index-url", "global.index-url"):
        answer = subprocess.run([*asked, key], capture_output=True, text=True, check=False)
        if answer.returncode == 0:
            return answer.stdout.strip()
    return ""


def refuse_addresses(name: str, locked: str) -> None:
    """Exit when a line names an index or a link, which would tie every machine to this one's network."""
    for line in locked.splitlines():
        if "://" in line or line.startswith("-"):
            sys.exit(f"{name} would name an address: {line}")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

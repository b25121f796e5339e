"""Is what every machine installs pinned, hashed, and free of any one network's addresses?"""

import re
import tomllib

import pytest

from requirements.places import HERE
from requirements.relock import LOCKS, refuse_addresses

PINS = re.compile(
    r"^([a-z0-9][a-z0-9._-]*)==(\S+)(?: ;.*?)? \\$((?:\n    --hash=sha256:[0-9a-f]{64}(?: \\)?$)+)", re.MULTILINE
)


def lock_text(name: str) -> str:
    """Give a lock without its heading."""
    text = (HERE.root / "requirements" / name).read_text(encoding="utf-8")
    return re.sub(r"^#.*\n", "", text, flags=re.MULTILINE)


def pins(name: str) -> set[tuple[str, str]]:
    """Give the name and version of every package of a lock."""
    return {(match[1], match[2]) for match in PINS.finditer(lock_text(name))}


@pytest.mark.parametrize("name", list(LOCKS))
def test_a_lock_holds_pins_with_hashes_and_nothing_else(name: str) -> None:
    """No index, no link, no option: each machine uses its own index, and the hashes decide."""
    assert pins(name)
    assert not PINS.sub("", lock_text(name)).strip()


def test_tests_run_against_the_very_versions_that_run() -> None:
    """What passed the tests is what is installed to work."""
    assert pins("run.txt") < pins("dev.txt")


@pytest.mark.parametrize(("lock", "extra"), [("run.txt", None), ("dev.txt", "dev")])
def test_every_dependency_of_the_project_is_locked(lock: str, extra: str | None) -> None:
    """A dependency added to pyproject.toml without `bootstrap.py lock` is noticed before a fresh machine fails."""
    project = tomllib.loads((HERE.root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    wanted = [*project["dependencies"], *(project["optional-dependencies"][extra] if extra else ())]
    names = {re.split(r"[^A-Za-z0-9._-]", need)[0].lower().replace("_", "-") for need in wanted}
    assert names <= {name for name, _ in pins(lock)}


def test_windows_gets_what_only_windows_needs() -> None:
    """The lock is made on one system and installs on all: packages of the others are in it with their condition."""
    assert re.search(r"^colorama==\S+ ; sys_platform == 'win32'", lock_text("run.txt"), re.MULTILINE)


@pytest.mark.parametrize("line", ["--index-url https://example.invalid/simple", "pip @ https://example.invalid/p.whl"])
def test_a_lock_that_names_an_address_is_refused(line: str) -> None:
    """The index of the machine that wrote the lock never reaches a commit."""
    with pytest.raises(SystemExit, match="address"):
        refuse_addresses("run.txt", f"rich==15.0.0 \\\n    --hash=sha256:00\n{line}\n")

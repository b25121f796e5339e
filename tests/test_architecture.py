"""Is everything where the sentence of the house says it is? What import-linter, ruff and mypy cannot see."""

import ast
import configparser
import importlib
import inspect
import os
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import get_args
from urllib.parse import urlsplit

import pytest
from pydantic import BaseModel

from bridge.store.selector_files import ErpData, ScreenData, load_profile

ROOT = Path(__file__).parents[1]
ROOMS = ("bridge", "bots", "jobs", "sandbox", "requirements", "docs", "tests")
KEPT = (*ROOMS, "selectors", ".ci")
SENTENCE = "**jobs** know *when*, **bots** know *how*, **selectors** know *where*, **bridge** knows *what*"
MOST_LINES, MOST_LINES_OF_TESTS = 300, 400
LONGER = {
    "bridge/errors.py": "every error with its sentence stands in one list",
    "docs/verify_evidence.py": "an auditor runs this one file without our code",
}
NAMED_AFTER_NOTHING = {"utils", "util", "helpers", "helper", "manager", "service", "handler", "base", "common", "misc"}
ORDERS = {"if", "unless", "else", "when", "then", "for", "while", "loop", "repeat", "retry", "times", "wait", "sleep"}
VERBS = ORDERS | {"click", "press", "fill", "goto", "open", "do", "steps", "script", "javascript", "eval", "run"}
CSS = re.compile(
    r"[a-z*]*[#.][A-Za-z][\w-]*([ >+~.#:\[].*)?"  # "#txtCust", "tr.line > td"
    r"|[a-z*]*\[[\w-]+[~|^$*]?=?.*\].*"  # "input[name=x]"
    r"|[\w*]+ *[>+~] *[\w*]+.*|.*:(nth|first|last|has|not)\b.*|//.*",
    re.DOTALL,
)

ENDINGS = {".toml"}


def modules(*rooms: str) -> list[Path]:
    """Every Python file of these rooms, and of the house itself."""
    found = [path for room in rooms for path in (ROOT / room).rglob("*.py") if "__pycache__" not in path.parts]
    return sorted([*found, ROOT / "bootstrap.py"] if rooms == ROOMS else found)


def files() -> Iterator[Path]:
    """Every file of ours that is kept."""
    yield from (path for path in ROOT.iterdir() if path.is_file() and not path.name.startswith("."))
    yield ROOT / "screenshots" / "README.md"
    for room in KEPT:
        for path in sorted((ROOT / room).rglob("*")):
            if path.is_file() and "__pycache__" not in path.parts:
                yield path


def name_of(path: Path) -> str:
    """The path as the house writes it."""
    return path.relative_to(ROOT).as_posix()


def tree_of(path: Path) -> ast.Module:
    """The module, parsed."""
    return ast.parse(path.read_text(encoding="utf-8"))


def texts_in(path: Path) -> list[str]:
    """Every string of a module that is no docstring."""
    tree = tree_of(path)
    bodies = [node.body for node in ast.walk(tree) if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef)]
    docs = {id(body[0].value) for body in bodies if body and isinstance(body[0], ast.Expr)}
    strings = (node for node in ast.walk(tree) if isinstance(node, ast.Constant) and id(node) not in docs)
    return [node.value for node in strings if isinstance(node.value, str)]


# --- every module ---------------------------------------------------------------------------------------------------


def test_every_module_opens_with_one_sentence() -> None:
    """Whoever opens a file reads first whose question it answers."""
    silent = [
        name_of(path)
        for path in modules(*ROOMS)
        if (ast.get_docstring(tree_of(path)) or "").partition("\n\n")[0][-1:] not in {".", "?"}
    ]
    assert silent == []


def test_every_module_is_short() -> None:
    """A file that nobody reads to its end is two files; the exceptions have a reason."""
    lengths = {name_of(path): len(path.read_text(encoding="utf-8").splitlines()) for path in modules(*ROOMS)}
    long = {
        name
        for name, lines in lengths.items()
        if lines >= (MOST_LINES_OF_TESTS if name.startswith("tests/") else MOST_LINES)
    }
    assert long == {name for name, reason in LONGER.items() if reason}


def test_no_module_is_named_after_nothing() -> None:
    """A name that says what is inside, never that something is."""
    parts = {name_of(path): set(re.split(r"[/_.]", name_of(path))) for path in modules(*ROOMS)}
    assert [name for name, words in parts.items() if words & NAMED_AFTER_NOTHING] == []


def test_every_silenced_warning_has_a_reason() -> None:
    """Behind each `noqa` stands why."""
    unexplained = [
        f"{name_of(path)}:{number}"
        for path in modules(*ROOMS)
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if (found := re.search(r"# noqa\b(?!`)(.*)", line)) and not re.search(r" (-|#) \w", found[1])
    ]
    assert [place for place in unexplained if not place.startswith("tests/test_architecture.py")] == []


def test_nothing_is_left_for_later() -> None:
    """No stub, and no note that something is still to be done."""
    later = re.compile("raise Not" + r"ImplementedError|#\s*(TO" + r"DO|FIX" + r"ME|X" + r"XX)\b")
    assert [name_of(path) for path in modules(*ROOMS) if later.search(path.read_text(encoding="utf-8"))] == []


# --- tests ----------------------------------------------------------------------------------------------------------


def functions(path: Path) -> Iterator[ast.FunctionDef]:
    """Every test in a file, also those in classes."""
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
            yield node


def test_every_test_states_its_promise() -> None:
    """The docstring says what is promised; the name alone is what is done."""
    silent = [
        f"{name_of(path)}::{test.name}"
        for path in modules("tests")
        for test in functions(path)
        if not ast.get_docstring(test)
    ]
    assert silent == []


def test_tests_neither_patch_nor_sleep() -> None:
    """They use whole stand-ins, and wait for what they wait for; benches keep time and are no tests."""
    forbidden = {("time", "sleep"), ("mock", "patch"), ("unittest", "mock")}
    found = []
    for path in (path for path in modules("tests") if path.parent.name != "bench"):
        for node in ast.walk(tree_of(path)):
            match node:
                case ast.Attribute(value=ast.Name(id=left), attr=right) if (left, right) in forbidden:
                    found.append(f"{name_of(path)}:{node.lineno}")
                case ast.ImportFrom(module=str(module), names=names) if any(
                    (module.rpartition(".")[2], each.name) in forbidden for each in names
                ):
                    found.append(f"{name_of(path)}:{node.lineno}")
                case ast.Import(names=names) if any(each.name.startswith("unittest.mock") for each in names):
                    found.append(f"{name_of(path)}:{node.lineno}")
    assert found == []


# --- jobs know when, bots know how, selectors know where ------------------------------------------------------------


def test_every_job_stands_in_the_schedule_and_can_be_run() -> None:
    """Each file of jobs is one job with `run(app)`, and the schedule names each of them and nothing else."""
    schedule = tomllib.loads((ROOT / "jobs" / "schedule.toml").read_text(encoding="utf-8"))["jobs"]
    assert {name: job["run"] for name, job in schedule.items()} == {
        path.stem: f"jobs.{path.stem}:run" for path in modules("jobs") if path.stem != "__init__"
    }
    for name in schedule:
        run = importlib.import_module(f"jobs.{name}").run
        assert list(inspect.signature(run).parameters) == ["app"]


@pytest.mark.parametrize(
    "text",
    [
        "#txtCust",
        "tr.line",
        "input[name=x]",
        "a > b",
        "td:nth-child(2)",
        "//div",
        "a[href^='/so/']",
        "table.x tr",
        "[q]",
    ],
)
def test_a_css_text_is_recognised(text: str) -> None:
    """The next test would see it."""
    assert CSS.fullmatch(text)


def test_bots_hold_verbs_only() -> None:
    """No CSS, no path into a page and no coordinate stands in a bot: that is what selectors are for."""
    bots = [path for path in modules("bots") if "drivers" not in path.parts]
    assert len(bots) > 3
    told = {
        name_of(path): [text for text in texts_in(path) if CSS.fullmatch(text) and text not in ENDINGS] for path in bots
    }
    numbers = {
        name_of(path): [
            node.value
            for node in ast.walk(tree_of(path))
            if isinstance(node, ast.Constant) and isinstance(node.value, int | float) and abs(node.value) > 9
        ]
        for path in bots
    }
    assert {name: found for name, found in told.items() if found} == {}
    assert {name: found for name, found in numbers.items() if found} == {}


def test_no_code_stands_among_the_selectors() -> None:
    """Data only; and an importable `selectors` would shadow the module that asyncio needs."""
    assert {path.suffix for path in (ROOT / "selectors").rglob("*") if path.is_file()} <= {".toml", ".png", ".md"}


def models_of(model: type[BaseModel]) -> Iterator[type[BaseModel]]:
    """The model and all that its fields are made of."""
    yield model
    for field in model.model_fields.values():
        left = [field.annotation]
        while left:
            kind = left.pop()
            left += get_args(kind)
            if isinstance(kind, type) and issubclass(kind, BaseModel) and kind is not model:
                yield from models_of(kind)


@pytest.mark.parametrize("kind", [ErpData, ScreenData])
def test_a_selector_file_can_say_no_verb(kind: type[BaseModel]) -> None:
    """Nothing that a selector file may hold acts, decides, waits or repeats; an unknown key is an error."""
    for model in models_of(kind):
        assert not VERBS & set(model.model_fields), model.__name__
        assert model.model_config.get("extra") == "forbid", model.__name__


@pytest.mark.parametrize("folder", sorted((ROOT / "selectors").glob("*/erp.toml")), ids=lambda path: path.parent.name)
def test_the_selectors_as_shipped_are_whole(folder: Path) -> None:
    """Every profile loads, and knows the targets that its forms name."""
    profile = load_profile(folder.parent)
    assert {"order_entry", "order_show", "order_list"} <= set(profile.screens)


# --- the house ------------------------------------------------------------------------------------------------------


def test_every_package_is_shipped() -> None:
    """A room that is left out of the wheel is missed only after the installation."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    shipped = set(project["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"])
    packages = {path.parent.name for path in ROOT.glob("*/__init__.py")}
    assert (
        packages - {"requirements", "tests"} == shipped
    )  # the one works before, the other instead of, an installation


def test_a_seat_is_small() -> None:
    """Its process imports what it was started by; neither the store nor the engine nor pandas comes with it."""
    large = "{'sqlalchemy', 'alembic', 'dbos', 'pandas', 'apscheduler', 'httpx', 'typer', 'rich', 'holidays'}"
    code = f"import sys, bridge.cli, bridge.engine.seat_processes; print({large} & sys.modules.keys() or '')"
    said = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert said.stdout.strip() == ""


def test_the_readme_says_the_sentence() -> None:
    """Whoever comes to the house learns first what is in which room."""
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert SENTENCE in readme.replace("\n> ", " ")


def here() -> set[str]:
    """What only this machine is called: where the house stands, and the package indexes that pip asks."""
    settings = configparser.ConfigParser(interpolation=None)
    places = [Path.home() / ".config" / "pip" / "pip.conf", Path.home() / ".pip" / "pip.conf", Path("/etc/pip.conf")]
    settings.read([*places, Path.home() / "pip" / "pip.ini"], encoding="utf-8")
    told = [value for section in settings.values() for key, value in section.items() if "index-url" in key]
    told += [value for name, value in os.environ.items() if name.endswith(("INDEX_URL", "INDEX"))]
    urls = [urlsplit(url) for value in told for url in value.split()]
    indexes = {url.hostname or url.path for url in urls if (url.hostname or url.path) not in {"", "localhost"}}
    return indexes | {str(ROOT), ROOT.as_posix(), f"{Path.home().as_posix()}/"}


def test_nothing_kept_names_this_machine() -> None:
    """No file holds a path of the machine it was written on, or the package index that it uses."""
    forbidden = {text.encode() for text in here() if len(text) > 3}
    assert len(forbidden) >= 2
    told = [name_of(path) for path in files() if any(text in path.read_bytes() for text in forbidden)]
    assert told == []


def test_the_lock_names_no_index() -> None:
    """Packages are locked by their hashes, wherever they come from."""
    locks = list((ROOT / "requirements").glob("*.txt"))
    assert locks
    assert [
        name_of(path) for path in locks if re.search(r"index-url|https?://", path.read_text(encoding="utf-8"))
    ] == []

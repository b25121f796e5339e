"""Which texts can a user see? Read from the code itself, so that no new one is forgotten."""

import ast
import importlib
import pkgutil
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from bridge.errors import BridgeError
from bridge.locale.catalogues import catalogue

ROOT = Path(__file__).parents[1]
ROOMS = ("bridge", "bots", "jobs")
ALL = slice(None)
# Whose arguments are said, and which of them.
SPEAKERS: Mapping[str, slice] = {
    "say": slice(1),
    "Phrase": slice(1),
    "translate": slice(1),
    "headings": ALL,
    "words": slice(1),
    "_words": slice(1),
    "_fact": slice(1),
}
# These hand texts on; whoever calls them says which.
HANDING_ON = frozenset({"bridge/locale", "bridge/cli/languages.py", "bridge/reports/texts.py"})
PLACE = re.compile(r"\{([A-Za-z_][A-Za-z0-9_]*)\}")
NAMES = re.compile(r"(CRM|ERP|UTC|[^A-Za-z])*")


@dataclass(frozen=True)
class Said:
    """One place in the code that says something: a literal text, or the source of whatever is said there."""

    where: str
    text: str | None
    source: str


def needs_words(text: str) -> bool:
    """Whether a text has words at all, not only values and names that are the same everywhere."""
    return not NAMES.fullmatch(PLACE.sub("", text))


def places(text: str) -> list[str]:
    """The names of the values that a text wants, in alphabetical order."""
    return sorted(PLACE.findall(text.replace("{{", "").replace("}}", "")))


@cache
def modules() -> Mapping[str, ast.Module]:
    """Every module of the product, by its path."""
    paths = (path for room in ROOMS for path in sorted((ROOT / room).rglob("*.py")))
    return {path.relative_to(ROOT).as_posix(): ast.parse(path.read_text(encoding="utf-8")) for path in paths}


@cache
def said() -> tuple[Said, ...]:
    """Every call that says something in the reader's language."""
    pages = (path for path in sorted((ROOT / "bridge").rglob("*.html")))
    own = {path: tree for path, tree in modules().items() if not path.startswith(tuple(HANDING_ON))}
    spoken = [each for path, tree in own.items() for each in _said_in(path, tree)]
    return (*spoken, *(each for path in pages for each in _said_on(path)))


def _said_on(path: Path) -> Iterator[Said]:
    """What a page says by itself; what it is given to say was said by whoever gave it."""
    for text in re.findall(r'words\("([^"]+)"\)', path.read_text(encoding="utf-8")):
        yield Said(path.name, text, repr(text))


def _said_in(path: str, tree: ast.Module) -> Iterator[Said]:
    for call in ast.walk(tree):
        if isinstance(call, ast.Call) and called(call) in SPEAKERS and not _of_str(call):
            yield from (_one(path, argument) for argument in call.args[SPEAKERS[called(call)]])


def _of_str(call: ast.Call) -> bool:
    """Whether it is `text.translate(table)`, which is Python's and says nothing."""
    return isinstance(call.func, ast.Attribute) and call.func.attr == "translate"


def _one(path: str, argument: ast.expr) -> Said:
    text = argument.value if isinstance(argument, ast.Constant) and isinstance(argument.value, str) else None
    return Said(f"{path}:{argument.lineno}", text, ast.unparse(argument))


def called(call: ast.Call) -> str:
    """The name of what is called."""
    match call.func:
        case ast.Name(name) | ast.Attribute(attr=name):
            return name
        case _:
            return ""


@cache
def errors() -> Mapping[str, type[BridgeError]]:
    """Every error of the product, by the sentence it owns."""
    for room in ROOMS:
        package = importlib.import_module(room)
        for module in pkgutil.walk_packages(package.__path__, f"{room}."):
            if not module.name.endswith("__main__") and ".migrations." not in module.name:
                importlib.import_module(module.name)
    kinds: list[type[BridgeError]] = [BridgeError, *BridgeError.kinds.values()]
    ours = (kind for kind in kinds if kind.__module__.split(".")[0] in ROOMS)
    return {" ".join((kind.__doc__ or "").split()): kind for kind in ours}


@cache
def chinese() -> Mapping[str, str]:
    """The Chinese catalogue."""
    return catalogue("zh_CN")

"""Do the documents say what is true of the code?"""

import importlib
import inspect
import pkgutil
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote

import pytest
import typer.main

import bridge
from bridge import errors
from bridge.cli.commands import cli
from bridge.crm.specs import read_spec
from bridge.errors import BridgeError
from bridge.store.selector_files import ErpData, ScreenData

ROOT = Path(__file__).parents[1]
DOCUMENTS = sorted(
    path
    for folder in ("", "docs", "docs/how-to", "docs/decisions", "sandbox/*", "screenshots", "selectors/*", "tests/**")
    for path in ROOT.glob(f"{folder}/*.md" if folder else "*.md")
)
RUNBOOK = ROOT / "docs" / "operations.md"
GLOSSARY = ROOT / "docs" / "glossary.md"
FENCE = re.compile(r"^ *```(\w*)\n(.*?)^ *```", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
COMMAND = re.compile(r"\berpbridge ((?:--[a-z]+ \S+ )*[a-z][\w -]*)")
WORDS = (
    "order",
    "order reference",
    "revision",
    "document",
    "posting",
    "attempt",
    "ledger",
    "seat",
    "in doubt",
    "probe",
    "read-back",
    "ERP profile",
    "surface",
    "screen",
    "anchor",
    "target",
    "locator",
    "drift",
    "driver",
    "evidence",
    "packet",
    "write-back",
    "break",
    "hold",
    "business exception",
    "application (system) exception",
)
MOST_README_LINES = 120


def text_of(path: Path) -> str:
    """The document."""
    return path.read_text(encoding="utf-8")


def name_of(path: Path) -> str:
    """The document's path as a test's name."""
    return path.relative_to(ROOT).as_posix()


def headings(text: str) -> list[tuple[int, str]]:
    """Level and words of every heading outside code."""
    found = re.findall(r"^(#+) (.+)$", FENCE.sub("", text), re.MULTILINE)
    return [(len(marks), words.strip()) for marks, words in found]


def slugs(text: str) -> set[str]:
    """The names by which GitHub links to the headings: lower case, letters, digits, hyphens."""
    return {re.sub(r"[^\w\- ]", "", words.lower()).replace(" ", "-") for _, words in headings(text)}


def command_words() -> dict[str, set[str]]:
    """Every command of the product (`orders list`) with its options."""
    found: dict[str, set[str]] = {}

    def walk(command: object, words: list[str]) -> None:
        found[" ".join(words)] = {option for each in getattr(command, "params", []) for option in each.opts}
        for name, child in getattr(command, "commands", {}).items():
            walk(child, [*words, name])

    walk(typer.main.get_command(cli), [])
    return found


def commands_shown(text: str) -> Iterator[str]:
    """What stands behind `erpbridge` in code, up to what is not a word of ours."""
    inline = re.findall(r"`(erpbridge [^`]+)`", FENCE.sub("", text))
    fenced = [line for _, block in FENCE.findall(text) for line in block.splitlines()]
    for line in (*inline, *fenced):
        for match in COMMAND.finditer(line.partition("#")[0]):
            yield line[match.start() :].partition("#")[0].strip()


def entries() -> dict[str, str]:
    """The words of the glossary, each with what is said of it."""
    return dict(re.findall(r"^### ([^\n]+)\n+(.*?)(?=^##|\Z)", text_of(GLOSSARY), re.MULTILINE | re.DOTALL))


def toml_in(path: Path) -> list[str]:
    """The TOML blocks of a document."""
    return [block for language, block in FENCE.findall(text_of(path)) if language == "toml"]


def error_kinds() -> list[type[BridgeError]]:
    """Every error of the product that is raised as such: those that others stand on are none."""
    for module in pkgutil.walk_packages(bridge.__path__, "bridge."):
        if ".migrations" not in module.name and not module.name.endswith("__main__"):
            importlib.import_module(module.name)
    return [kind for kind in BridgeError.kinds.values() if not kind.__subclasses__()]


def test_the_readme_is_read_to_its_end() -> None:
    """README.md has fewer than 120 lines, in both languages."""
    for name in ("README.md", "README.zh-CN.md"):
        assert len(text_of(ROOT / name).splitlines()) < MOST_README_LINES, name


def test_there_are_documents() -> None:
    """The tests below look at something."""
    assert {"README.md", "docs/tour.md", "sandbox/harbour/README.md", "docs/decisions/README.md"} <= {
        name_of(path) for path in DOCUMENTS
    }


@pytest.mark.parametrize("path", DOCUMENTS, ids=name_of)
def test_every_relative_link_leads_somewhere(path: Path) -> None:
    """A link to a file of ours names a file that is there, and a heading that is there."""
    broken = []
    for link in LINK.findall(FENCE.sub("", text_of(path))):
        if re.match(r"[a-z]+:", link):
            continue
        place, _, heading = unquote(link).partition("#")
        target = (path.parent / place).resolve() if place else path
        wrong_heading = heading and target.suffix == ".md" and target.exists() and heading not in slugs(text_of(target))
        if not target.exists() or not target.is_relative_to(ROOT) or wrong_heading:
            broken.append(link)
    assert not broken


@pytest.mark.parametrize("path", DOCUMENTS, ids=name_of)
def test_every_command_shown_exists(path: Path) -> None:
    """A command of ours in a document is one the command line knows, with the options it shows."""
    known = command_words()
    everywhere = known[""]
    unknown = []
    for line in commands_shown(text_of(path)):
        words = re.sub(r"^erpbridge((?: --config \S+| --verbose| -v)*) ?", "", line).split()
        command = next((" ".join(words[:n]) for n in (2, 1) if " ".join(words[:n]) in known), None)
        options = {word.partition("=")[0] for word in words if re.fullmatch(r"--?[a-z][a-z-]*", word)}
        if command is None or not options <= known[command] | everywhere:
            unknown.append(line)
    assert not unknown


@pytest.mark.parametrize("word", WORDS)
def test_every_word_of_the_field_is_explained(word: str) -> None:
    """The glossary has the word with its Chinese term and what to avoid."""
    assert re.search(r"^Chinese: .*[\u4e00-\u9fff]", entries()[word], re.MULTILINE)
    assert re.search(r"^\*\*Avoid:\*\* \*\w", entries()[word], re.MULTILINE)


def test_every_entry_of_the_glossary_says_what_to_avoid() -> None:
    """No entry lacks its Chinese term or its "avoid"."""
    assert not [word for word, said in entries().items() if "**Avoid:**" not in said or "Chinese: " not in said]


def test_no_two_words_share_a_chinese_term() -> None:
    """One Chinese term means one thing."""
    terms = re.findall(r"^Chinese: (.+)$", text_of(GLOSSARY), re.MULTILINE)
    assert len(terms) == len(set(terms))


def test_the_chinese_readme_has_what_the_english_one_has() -> None:
    """Both have the same headings by level, the same links into the project, and the same code."""
    english, chinese = text_of(ROOT / "README.md"), text_of(ROOT / "README.zh-CN.md")
    assert [level for level, _ in headings(english)] == [level for level, _ in headings(chinese)]

    def files(text: str) -> set[str]:
        return {link.partition("#")[0] for link in LINK.findall(text)} - {"README.md", "README.zh-CN.md"}

    def code(text: str) -> list[str]:
        return [line.partition("#")[0].rstrip() for _, block in FENCE.findall(text) for line in block.splitlines()]

    assert files(english) == files(chinese)
    assert code(english) == code(chinese)


def test_the_runbook_knows_every_error() -> None:
    """Whatever an order or a command can end with has its code in the runbook, so that it cannot lag behind."""
    text = text_of(RUNBOOK)
    assert not sorted(kind.code for kind in error_kinds() if f"`{kind.code}`" not in text)


def test_the_runbook_names_no_error_that_is_gone() -> None:
    """A code in a table of the runbook is one that exists."""
    kinds = {kind.code for kind in error_kinds()}
    states = {"pending", "claimed", "in_doubt", "held", "posted", "rejected", "failed", "cancelled"}
    cells = re.findall(r"^\| ((?:`[a-z_]+`(?:, )?)+) \|", text_of(RUNBOOK), re.MULTILINE)
    shown = {code for cell in cells for code in re.findall(r"`([a-z_]+)`", cell)}
    assert len(shown) > len(states)
    assert not shown - kinds - states


def test_every_error_that_holds_or_rejects_is_a_leaf() -> None:
    """The two tests above look at the errors that stop an order: none of them is passed over as a base."""
    stopping = {
        kind
        for _, kind in inspect.getmembers(errors, inspect.isclass)
        if issubclass(kind, errors.BusinessException) and kind.__subclasses__()
    }
    assert stopping == {errors.BusinessException, errors.Held, errors.Rejected}


def test_the_changelog_has_a_section_for_what_is_coming() -> None:
    """The changelog's newest section is what is not released yet, or the first release."""
    assert re.search(r"^## \[?(Unreleased|0\.1\.0)\b", text_of(ROOT / "CHANGELOG.md"), re.MULTILINE)


def test_the_example_of_a_crm_can_be_read() -> None:
    """The block of the recipe is a CRM that `erpbridge check` would take."""
    (block,) = toml_in(ROOT / "docs/how-to/add-a-crm.md")
    assert read_spec(tomllib.loads(block)["crms"]["acme"]).reference_code == "AC"


def test_the_examples_of_an_erp_can_be_read() -> None:
    """The blocks of the recipe are a profile, a screen and a configuration as they are read."""
    blocks = [tomllib.loads(block) for block in toml_in(ROOT / "docs/how-to/add-an-erp.md")]
    profile, screen, settings, *parts = blocks
    assert ErpData.model_validate(profile).reference is not None
    assert ScreenData.model_validate(screen).commit is not None
    assert [ErpData.model_validate(profile | part).keys for part in parts if part["keys"]]
    assert set(settings["erps"]["quarry"]) >= {"address", "user", "selectors", "crm", "cut_over"}


def test_the_sample_packet_is_as_it_was_written() -> None:
    """Whoever opens it sees a real attempt, and the verifier that needs none of our code agrees."""
    sample = ROOT / "screenshots" / "sample"
    command = [sys.executable, str(ROOT / "docs" / "verify_evidence.py"), str(sample)]
    verdict = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (verdict.returncode, "1 packets: clean" in verdict.stdout) == (0, True), verdict.stdout
    assert sorted(path.name for path in sample.rglob("*.webp")) == [
        "0001-filled.webp",
        "0002-answer.webp",
        "0003-document.webp",
    ]


def test_the_licence_is_the_one_that_is_named() -> None:
    """LICENSE is the text of the Apache License 2.0, whole."""
    text = text_of(ROOT / "LICENSE")
    assert "Apache License\n                           Version 2.0, January 2004" in text
    assert "END OF TERMS AND CONDITIONS" in text

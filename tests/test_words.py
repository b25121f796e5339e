"""Doubts the words: every text a user sees exists in English and in Chinese, and says the same in both."""

import ast
import re
from collections.abc import Iterator

import pytest
from babel.messages.pofile import read_po

from bridge.errors import BridgeError
from bridge.locale import CHINESE, LANGUAGES
from tests.spoken_codes import KEPT, codes
from tests.spoken_texts import ROOT, called, chinese, errors, modules, needs_words, places, said

CATALOGUE = ROOT / "bridge" / "locale" / "zh_CN.po"
TERM = re.compile(r"^### (.+)\nChinese: (.+)$", re.MULTILINE)
CHARACTER = re.compile(r"[\u4e00-\u9fff]")
EVIL = "{0}{evil.__class__}%s{{why}}"
# Values that people read as sentences; the others are names, numbers and what somebody else wrote.
SENTENCES = frozenset({"why", "what", "kind", "field", "problem", "expected", "last", "differences", "verdict", "text"})
OPTIONS = frozenset({"Option", "Argument", "command", "add_typer", "Typer"})


def seen() -> set[str]:
    """Every text that a user can see."""
    literal = {each.text for each in said() if each.text is not None}
    kept = {text for texts in KEPT.values() for text in texts}
    return {text for text in (*literal, *kept, *codes(), *errors()) if needs_words(text)}


def test_every_text_that_a_user_sees_has_a_chinese_translation() -> None:
    """No reader of Chinese meets an English sentence of ours."""
    assert sorted(seen() - chinese().keys()) == []


def test_no_translation_is_left_over() -> None:
    """What nobody says any more is not translated either, so that the catalogue can be read by a person."""
    assert sorted(chinese().keys() - seen()) == []


def test_whoever_says_what_stands_elsewhere_is_known_here() -> None:
    """A text that does not stand in the call which says it is found all the same, because the place is on a list."""
    sources = {each.source for each in said() if each.text is None}
    assert sources == KEPT.keys() - {"TEXTS[kind]"}


def test_both_languages_want_the_same_values() -> None:
    """A sentence loses none of its values in Chinese and asks for none that are not there."""
    assert [text for text, worded in chinese().items() if places(text) != places(worded)] == []


def test_no_place_for_a_value_can_do_more_than_name_it() -> None:
    """No sentence looks into its values, formats them, or holds a brace that is neither doubled nor a place."""
    sentences = (*chinese(), *chinese().values(), *seen())
    assert [text for text in sentences if re.search(r"[{}]", re.sub(r"\{\{|\}\}|\{\w+\}", "", text))] == []


def test_what_is_chinese_holds_chinese() -> None:
    """No translation is an English text by mistake."""
    assert [text for text, worded in chinese().items() if not CHARACTER.search(worded)] == []


def test_the_words_are_those_of_the_glossary() -> None:
    """A word of the glossary is called in the product what the glossary calls it."""
    glossary = dict(TERM.findall((ROOT / "docs" / "glossary.md").read_text(encoding="utf-8")))
    words = {text.lower(): worded for text, worded in chinese().items()}
    shared = glossary.keys() & words.keys()
    assert {"order", "in doubt", "target", "locator", "drift", "evidence", "break"} <= shared
    assert {word: words[word] for word in shared} == {word: glossary[word] for word in shared}


def test_the_catalogue_is_read_without_complaint_and_says_nothing_twice() -> None:
    """No entry is doubtful, unfinished or there a second time."""
    with CATALOGUE.open("rb") as file:
        messages = [message for message in read_po(file, locale=CHINESE, abort_invalid=True) if message.id]
    written = CATALOGUE.read_text(encoding="utf-8").count("\nmsgid ")
    assert [message.id for message in messages if message.fuzzy or not message.string] == []
    assert (len(messages), written) == (len(chinese()), len(chinese()))


@pytest.mark.parametrize("kind", errors().values(), ids=lambda kind: str(kind.code))
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_error_is_worded_with_any_values(kind: type[BridgeError], language: str) -> None:
    """Whatever an order holds, its error is a sentence that shows it as it is."""
    names = places(" ".join((kind.__doc__ or "").split()))
    worded = kind(**dict.fromkeys(names, EVIL)).worded(language)
    assert worded.count(EVIL) == len(names)


@pytest.mark.parametrize("kind", errors().values(), ids=lambda kind: str(kind.code))
def test_every_error_owns_a_sentence_for_a_clerk(kind: type[BridgeError]) -> None:
    """An error's own words are one text, begun with a value or a capital letter and ended as a sentence is."""
    text = " ".join((kind.__doc__ or "").split())
    assert re.fullmatch(r"[A-Z{].*[.}?]|[A-Z{].*\.\)", text), text


def test_errors_are_given_no_english_that_cannot_be_translated() -> None:
    """A reason inside a reason is a phrase, never a bare English text."""
    assert list(_bare_sentences()) == []


def test_the_command_line_prints_no_english_that_cannot_be_translated() -> None:
    """Whatever the command line prints or shows as help went through `say`."""
    found = [
        f"{path}:{value.lineno}: {ast.unparse(value)}"
        for path, call in _calls("bridge/cli")
        for value in _printed(call)
        if _is_english(value)
    ]
    assert found == []


def _bare_sentences() -> Iterator[str]:
    kinds = {kind.__name__ for kind in errors().values()}
    for path, call in _calls("bridge", "bots", "jobs"):
        values = (
            [keyword.value for keyword in call.keywords if keyword.arg in SENTENCES] if called(call) in kinds else []
        )
        if ast.unparse(call.func) == "InvalidConfig.of" or (called(call) == "ValueError" and _is_border(path)):
            values = [node for argument in call.args for node in _texts_in(argument)]
        yield from (f"{path}:{value.lineno}: {ast.unparse(value)}" for value in values if _is_english(value))


def _texts_in(value: ast.expr) -> list[ast.expr]:
    return list(value.elts) if isinstance(value, ast.List) else [value]


def _is_border(path: str) -> bool:
    """Whether pydantic hands a ValueError of this module on to whoever wrote the configuration."""
    return path.startswith(("bridge/crm/", "bridge/settings", "bridge/scheduler"))


def _printed(call: ast.Call) -> list[ast.expr]:
    if called(call) in {"line", "table", "print"}:
        return call.args
    if called(call) in OPTIONS:
        return [keyword.value for keyword in call.keywords if keyword.arg == "help"]
    return []


def _calls(*rooms: str) -> Iterator[tuple[str, ast.Call]]:
    for path, tree in modules().items():
        if path.startswith(tuple(f"{room}/" for room in rooms)):
            yield from ((path, node) for node in ast.walk(tree) if isinstance(node, ast.Call))


def _is_english(value: ast.expr) -> bool:
    """Whether a literal text, or the literal part of one, holds a word of ours."""
    parts = value.values if isinstance(value, ast.JoinedStr) else [value]
    literal = "".join(part.value for part in parts if isinstance(part, ast.Constant) and isinstance(part.value, str))
    return re.search(r"[a-z]{2}", literal) is not None

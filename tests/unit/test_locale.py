"""Doubts the phrases and the command line's speech: no value ever becomes a text, and no console makes output fail."""

import io
import json
import os
import pickle
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.cli.languages import headings, language, say, speak, word
from bridge.cli.outputs import Console, cells
from bridge.cli.streams import can_show, never_fail
from bridge.errors import (
    AttemptsExhausted,
    CustomerUnknown,
    FoundDifferent,
    InvalidConfig,
    MoveForbidden,
    Reason,
    ScreenUnknown,
    TextTooLong,
)
from bridge.locale import CHINESE, ENGLISH, LANGUAGES, Phrase, fault, filled, language_of_reader, plain, restored
from bridge.model.forms import Difference, told

EVIL = ("{0}", "{}", "{erp}", "{evil.__class__}", "{erp.__class__.__mro__}", "{erp!r:>99}", "%s", "%(erp)s", "{{", "}")
ROOT = Path(__file__).parents[2]
VARIABLES = ("ERPBRIDGE_LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG")


@pytest.fixture(autouse=True)
def nobody_asked(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A reader who said nothing, before and after."""
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("LANG", "en_GB.UTF-8")
    speak("")
    yield
    speak("")


# --- phrases --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("value", EVIL)
@pytest.mark.parametrize("language", LANGUAGES)
def test_what_a_crm_wrote_stands_in_the_sentence_as_it_was_written(value: str, language: str) -> None:
    """A customer's name cannot reach into a message, whatever braces and signs it holds."""
    worded = CustomerUnknown(customer=value, erp="harbour").worded(language)
    assert (value in worded, "harbour" in worded) == (True, True)
    assert worded.count("harbour") == 1


@given(st.text(), st.text())
def test_values_never_change_the_words_around_them(one: str, other: str) -> None:
    """Any two texts stand in their places, and nothing else of the sentence differs."""
    assert Phrase("a {one} b {other} c", one=one, other=other) == f"a {one} b {other} c"


@given(st.text())
def test_no_text_makes_wording_fail(text: str) -> None:
    """Even a text that is no sentence of ours can be said."""
    assert all(isinstance(Phrase(text, name="x").worded(each), str) for each in LANGUAGES)


@pytest.mark.parametrize("text", ["{a.b}", "{a[0]}", "{a!r}", "{a:>9}", "{0}", "{}", "{ a }"])
def test_a_place_can_only_name_its_value(text: str) -> None:
    """A sentence has no way to look into a value: anything but a name in braces is plain text."""
    assert filled(text, {"a": ("secret",)}) == text


def test_a_missing_value_shows_as_a_question_mark() -> None:
    """A sentence with a hole is still a sentence."""
    assert filled("{erp} and {{braces}}", {}) == "? and {braces}"


def test_a_phrase_inside_a_phrase_is_said_in_the_same_language() -> None:
    """No sentence is half translated."""
    last = ScreenUnknown(erp="harbour", expected=Phrase("any screen"), text="")
    whole = AttemptsExhausted(attempts=3, last=last.phrase)
    assert (
        whole.worded(CHINESE) == "3 次尝试均失败，最后一次的原因：harbour 应显示屏幕 任一已知屏幕，却显示了未知的屏幕："
    )
    assert whole.worded().startswith("3 attempts failed, the last one with: harbour shows an unknown screen")


def test_a_phrase_is_its_english_sentence() -> None:
    """Whoever knows nothing of languages reads English."""
    phrase = Phrase("the column {name} is missing", name="erp_code")
    assert (str(phrase), phrase.worded(), phrase + "!") == (phrase, phrase, "the column erp_code is missing!")


def _nested() -> Phrase:
    inner = [Phrase("is missing"), Phrase("{field} of line {line}", field="item", line=2), "as it is {x}"]
    return Phrase.joined([fault("here", each) for each in inner], "\n  ", before="\n  ")


@pytest.mark.parametrize(
    "carry",
    [
        lambda phrase: restored(json.loads(json.dumps(plain(phrase)))),
        lambda phrase: pickle.loads(pickle.dumps(phrase)),
    ],
    ids=["the ledger", "a pipe"],
)
def test_a_phrase_that_was_kept_speaks_every_language_still(carry: Callable[[Phrase], Phrase]) -> None:
    """What went through the ledger or from a seat to its parent is said as it would have been at once."""
    phrase = _nested()
    carried = carry(phrase)
    assert [carried.worded(each) for each in LANGUAGES] == [phrase.worded(each) for each in LANGUAGES]
    assert carried.worded(CHINESE) == "\n  here: 缺失\n  here: 第 2 行的 item\n  here: as it is {x}"


@pytest.mark.parametrize("value", [{"say": "Orders"}, {"say": "x", "params": {}, "more": 1}, {}, "text", 3, None])
def test_only_a_phrase_is_restored_as_one(value: object) -> None:
    """Any other value of a reason comes back as it is."""
    assert restored(value) is value


def test_differences_name_their_fields_in_the_readers_language() -> None:
    """What differs is told with the clerk's words for the fields, and the values as they are."""
    different = told((Difference("order_date", "1", "2"), Difference("item", "{a}", "'", 3)))
    reason = FoundDifferent(erp="granite", documents="7", differences=different).reason
    assert reason.worded(CHINESE).endswith("内容不一致：订单日期: '1' ≠ '2'; 物料 (3): '{a}' ≠ \"'\"")
    assert reason.worded().endswith("order date: '1' ≠ '2'; item (3): '{a}' ≠ \"'\"")


def test_codes_are_said_as_words_and_kept_as_codes() -> None:
    """A state in a message reads "in doubt" or 存疑; the ledger keeps in_doubt."""
    error = MoveForbidden(reference="SB-1-X", state="in_doubt", to="pending")
    assert error.worded() == "SB-1-X is in doubt; it cannot become pending."
    assert error.worded(CHINESE) == "SB-1-X 的状态是“存疑”，不能改为“待录入”。"
    assert error.params["state"] == "in_doubt"


@pytest.mark.parametrize("name", ["{erp}", "a{", "x.y", "", "Orders\n"])
def test_a_name_that_is_no_code_stays_what_it_is(name: str) -> None:
    """A target may be called anything; its name is a value, never a sentence."""
    assert [Phrase.code(name).worded(each) for each in LANGUAGES] == [name.replace("_", " "), name]


def test_faults_are_listed_one_by_one_in_either_language() -> None:
    """Every fault of a configuration has a line of its own."""
    faults = InvalidConfig.of([fault("a.toml", Phrase("the file is missing")), "b: {x}"])
    assert faults.lines() == ["a.toml: the file is missing", "b: {x}"]
    assert faults.lines(CHINESE) == ["a.toml: 缺少该文件", "b: {x}"]
    assert InvalidConfig(count=1, faults="  as text").lines(CHINESE) == ["as text"]


def test_a_reason_of_a_newer_version_shows_itself() -> None:
    """A code that this version does not know is shown rather than hidden."""
    assert Reason("from_the_future", {"x": 1}).worded(CHINESE) == "from_the_future {'x': 1}"


# --- languages ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("variables", "installation", "spoken"),
    [
        ({}, "", ENGLISH),
        ({"LANG": "zh_CN.UTF-8"}, "", CHINESE),
        ({"LANG": "zh_CN.UTF-8", "LC_ALL": "C"}, "", ENGLISH),
        ({"LANG": "en_US", "LC_MESSAGES": "zh_CN"}, "", CHINESE),
        ({"LANG": "zh_CN"}, "en", ENGLISH),
        ({"LANG": "C"}, "zh_CN", CHINESE),
        ({"ERPBRIDGE_LANGUAGE": "en", "LANG": "zh_CN"}, "zh_CN", ENGLISH),
        ({"ERPBRIDGE_LANGUAGE": "zh", "LANG": "en"}, "en", CHINESE),
        ({"ERPBRIDGE_LANGUAGE": "Chinese (Simplified)_China"}, "", CHINESE),
        ({"ERPBRIDGE_LANGUAGE": "fr"}, "zh_CN", ENGLISH),
    ],
)
def test_the_reader_decides_then_the_installation_then_the_system(
    variables: dict[str, str], installation: str, spoken: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each may say it, the nearer one counts; what we do not speak is English."""
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert language_of_reader(installation) == spoken


def test_the_command_line_speaks_the_installations_language() -> None:
    """Tables, reasons and headings of one command are all in one language."""
    speak(CHINESE)
    with redirect_stdout(io.TextIOWrapper(io.BytesIO(), encoding="utf-8")):
        assert (language(), say("Orders"), word("in_doubt"), headings("state", "ERP")) == (
            CHINESE,
            "订单",
            "存疑",
            ["状态", "ERP"],
        )
    assert word(None) == ""


@pytest.mark.parametrize("encoding", ["ascii", "cp1252", "cp437", "latin-1"])
def test_a_console_without_chinese_characters_is_spoken_to_in_english(encoding: str) -> None:
    """A page of question marks helps nobody."""
    speak(CHINESE)
    with redirect_stdout(io.TextIOWrapper(io.BytesIO(), encoding=encoding)):
        assert (language(), say("Orders")) == (ENGLISH, "Orders")


# --- consoles -------------------------------------------------------------------------------------------------------


def _printed(encoding: str, what: Callable[[Console], None]) -> str:
    content = io.BytesIO()
    out = io.TextIOWrapper(content, encoding=encoding, newline="")
    with redirect_stdout(out), redirect_stderr(out):
        never_fail()
        what(Console())
        out.flush()
    return content.getvalue().decode(encoding)


ANY = "Li Ÿ 王小明 \ud800 \x1b[31m \u202e ≠ … [red]x[/] :smile: {x}"


@pytest.mark.parametrize("encoding", ["ascii", "cp1252", "gbk", "cp437", "utf-8"])
def test_no_console_makes_output_fail(encoding: str) -> None:
    """Whatever an order holds can be printed anywhere; what the code page lacks shows as another sign."""

    def speak_at_length(console: Console) -> None:
        console.line(ANY)
        console.table(ANY, ["a", "b"], [(ANY, None), (3, ANY)])
        console.fail(TextTooLong(field="remarks", length=1, most=0, text=ANY, erp="harbour"))

    assert "[red]x[/] :smile: {x}" in _printed(encoding, speak_at_length)


def test_signs_that_a_code_page_lacks_are_written_with_those_it_has() -> None:
    """A difference is still seen as one."""
    assert _printed("ascii", lambda console: console.line("a ≠ b …")) == "a != b ...\n"


@pytest.mark.parametrize("encoding", ["ascii", "gbk", "utf-8"])
def test_json_is_whole_on_every_console(encoding: str) -> None:
    """A program that reads us gets every character, on whatever code page."""
    record = {"name": "王小明 \ud800 Ÿ"}
    assert json.loads(_printed(encoding, lambda console: console.json(record))) == record


def test_text_from_outside_gives_no_orders_to_the_terminal() -> None:
    """Escape sequences and what turns text around are shown as marks, line ends only where we put them."""
    printed = _printed("utf-8", lambda console: console.line("a\x1b[2Jb\u202ec\rd\ne\u3000f"))
    assert printed == "a�[2Jb�c�d\ne\u3000f\n"
    assert cells("a\nb\tc") == "a b�c"


def test_wide_characters_keep_a_table_straight() -> None:
    """Every line of a table is as wide as the others where a Chinese character takes two places."""
    lines = _printed("gbk", lambda console: console.table("单", ["状态", "n"], [("存疑", 1), ("in", 22)])).split("\n")
    widths = {len(line.encode("gbk")) for line in lines[1:] if line}
    assert len(widths) == 1


@pytest.mark.parametrize("encoding", ["gbk", "ascii"])
def test_the_program_itself_ends_with_a_sentence_on_any_code_page(encoding: str, tmp_path: Path) -> None:
    """A wrong configuration is told in one sentence and an exit status, never by a trace."""
    given = {**os.environ, "PYTHONIOENCODING": encoding, "ERPBRIDGE_LANGUAGE": "zh_CN"}
    command = [sys.executable, "-m", "bridge.cli", "--config", str(tmp_path / "缺.toml"), "status"]
    done = subprocess.run(command, cwd=ROOT, env=given, capture_output=True, check=False, timeout=120)
    said = done.stderr.decode(encoding)
    assert (done.returncode, "Traceback" in said) == (2, False)
    assert ("缺少该文件" if encoding == "gbk" else "the file is missing") in said


def test_a_stream_knows_what_it_can_show() -> None:
    """Standard output is asked where no other stream is given; a stream without an encoding shows everything."""
    assert can_show("王", io.TextIOWrapper(io.BytesIO(), encoding="gbk"))
    assert not can_show("王", io.TextIOWrapper(io.BytesIO(), encoding="ascii"))
    assert can_show("王", io.StringIO())

"""Does a fresh machine get exactly what it lacks, in words its reader knows?"""

import ast
import io
import string
import sys
from pathlib import Path

import pytest

import bootstrap
from bootstrap import checks, main, split_words
from bots.drivers.browsers import REMEMBERED
from requirements.houses import STEPS, House, PipProgress
from requirements.places import HERE, Places
from requirements.plans import Facts, Stamp, digest_of, plan, venv_state
from requirements.speech import TEXTS, Speaker, TroubleError, choose_language

STAMP = Stamp("d1", "run", "3.11", "/here/.venv")
PROGRAMS = [HERE.root / "bootstrap.py", *sorted((HERE.root / "requirements").glob("*.py"))]


@pytest.mark.parametrize(
    ("wanted", "environ", "windows_ui", "language"),
    [
        ("zh", {"LANG": "en_US.UTF-8"}, 0, "zh"),
        ("en", {"LANG": "zh_CN.UTF-8"}, 0x0804, "en"),
        (None, {"ERPBRIDGE_LANGUAGE": "zh_CN", "LANG": "en_US.UTF-8"}, 0, "zh"),
        (None, {"LC_ALL": "zh_CN.UTF-8", "LANG": "de_DE.UTF-8"}, 0, "zh"),
        (None, {"LANG": "de_DE.UTF-8"}, 0x0804, "en"),
        (None, {"LANG": "C.UTF-8"}, 0x0804, "zh"),
        (None, {}, 0x0404, "zh"),
        (None, {}, 0x0409, "en"),
        (None, {}, 0, "en"),
    ],
)
def test_the_language_is_asked_for_then_the_environments_then_that_of_windows(
    wanted: str | None, environ: dict[str, str], windows_ui: int, language: str
) -> None:
    """A Chinese desktop speaks Chinese without a setting, and a setting always wins."""
    assert choose_language(wanted, environ, windows_ui) == language


def test_every_text_exists_in_both_languages_with_the_same_values() -> None:
    """No reader misses a path or a number that the other language shows."""
    for key, (english, chinese) in TEXTS.items():
        names = [{name for _, name, _, _ in string.Formatter().parse(text) if name} for text in (english, chinese)]
        assert names[0] == names[1], key
        assert any("\u4e00" <= letter <= "\u9fff" for letter in chinese), key


@pytest.mark.parametrize(
    ("found", "exists", "works", "making", "state"),
    [
        (None, False, False, False, "absent"),
        (STAMP, True, True, False, "fresh"),
        (Stamp("d1", "dev", "3.11", "/here/.venv"), True, True, False, "fresh"),
        (STAMP, True, True, True, "ruined"),
        (STAMP, True, False, False, "ruined"),
        (None, True, True, False, "stale"),
        (Stamp("d0", "run", "3.11", "/here/.venv"), True, True, False, "stale"),
        (Stamp("d1", "run", "3.12", "/here/.venv"), True, True, False, "ruined"),
        (Stamp("d1", "run", "3.11", "/moved/.venv"), True, True, False, "ruined"),
    ],
)
def test_a_venv_is_made_anew_only_when_it_cannot_be_mended(
    found: Stamp | None, exists: bool, works: bool, making: bool, state: str
) -> None:
    """Half-made, moved, broken or of another Python: anew; another lock: mended; the same: left alone."""
    assert venv_state(found, STAMP, exists=exists, works=works, making=making) == state


def test_a_venv_for_running_does_not_do_for_testing() -> None:
    """After `demo`, `test` still installs what only tests need."""
    wanted = Stamp("d1", "dev", "3.11", "/here/.venv")
    assert venv_state(STAMP, wanted, exists=True, works=True, making=False) == "stale"


@pytest.mark.parametrize(
    ("facts", "steps"),
    [
        (Facts("fresh", ensurepip=True, apt=False, browser=True), ()),
        (Facts("fresh", ensurepip=True, apt=False, browser=False), ("browser",)),
        (Facts("stale", ensurepip=False, apt=False, browser=True), ("packages", "project")),
        (Facts("absent", ensurepip=True, apt=False, browser=False), ("make", "packages", "project", "browser")),
        (Facts("ruined", ensurepip=True, apt=True, browser=True), ("make", "packages", "project", "browser")),
        (
            Facts("absent", ensurepip=False, apt=True, browser=False),
            ("venv_package", "make", "packages", "project", "browser"),
        ),
    ],
)
def test_only_the_missing_steps_are_planned(facts: Facts, steps: tuple[str, ...]) -> None:
    """A second run has nothing to do, a bare Debian gets everything, and each step has its procedure."""
    assert plan(facts) == steps
    assert set(steps) <= set(STEPS)


def test_without_venv_and_without_root_the_package_to_install_is_named() -> None:
    """One sentence says exactly what to install on a Debian that lacks `python3-venv`."""
    with pytest.raises(TroubleError) as trouble:
        plan(Facts("absent", ensurepip=False, apt=False, browser=True))
    sentence = Speaker("en", io.StringIO()).text(trouble.value.key, **trouble.value.values)
    assert f"sudo apt-get install python3.{sys.version_info[1]}-venv" in sentence


def test_the_digest_follows_contents_and_not_line_ends(tmp_path: Path) -> None:
    """A checkout with Windows line ends is not installed twice; a changed hash is noticed."""
    lock = tmp_path / "run.txt"
    lock.write_bytes(b"a==1\nb==2\n")
    first = digest_of([lock])
    lock.write_bytes(b"a==1\r\nb==2\r\n")
    assert digest_of([lock]) == first
    lock.write_bytes(b"a==1\nb==3\n")
    assert digest_of([lock]) != first


@pytest.fixture
def places(tmp_path: Path) -> Places:
    """A project folder with locks and a `.venv` that looks whole, but no stamp."""
    here = Places(tmp_path)
    for file in (
        *here.locks.values(),
        here.build_lock,
        here.root / "pyproject.toml",
        here.python,
        here.packages / "pip" / "x",
        here.log,
    ):
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("x", encoding="utf-8")
    return here


def house(places: Places, level: str = "run", **environ: str) -> House:
    """Give the house of a folder, speaking to nobody."""
    return House(Speaker("en", io.StringIO()), environ, level, places)


def test_a_finished_house_is_fresh_until_its_lock_changes(places: Places) -> None:
    """The stamp written at the end is what the next run trusts, and only for the same lock."""
    assert house(places).facts().venv == "stale"
    house(places).finish()
    assert house(places).facts().venv == "fresh"
    places.locks["run"].write_text("y", encoding="utf-8")
    assert house(places).facts().venv == "stale"


def test_a_house_that_was_being_changed_is_ruined(places: Places) -> None:
    """A kill in the middle of installing is noticed by the next run."""
    house(places).finish()
    places.making.touch()
    assert house(places).facts().venv == "ruined"


def test_a_venv_without_pip_is_ruined(places: Places) -> None:
    """A `.venv` another tool made without pip is replaced instead of failing for ever."""
    (places.packages / "pip" / "x").unlink()
    (places.packages / "pip").rmdir()
    assert house(places).facts().venv == "ruined"


def test_running_after_testing_keeps_what_tests_need(places: Places) -> None:
    """`demo` after `test` neither removes nor forgets the packages of tests."""
    house(places, "dev").finish()
    assert house(places, "run").wanted.level == house(places, "ocr").wanted.level == "dev"
    assert house(places, "dev").facts().venv == "fresh"


def test_what_reads_labels_is_added_and_kept(places: Places) -> None:
    """`setup --ocr` after `setup` installs it, and nothing that follows takes it away again."""
    house(places).finish()
    assert house(places, "ocr").facts().venv == "stale"
    house(places, "ocr").finish()
    assert [house(places, level).facts().venv for level in ("run", "ocr", "dev")] == ["fresh", "fresh", "stale"]
    assert house(places).wanted.level == "ocr"


def test_a_known_browser_is_asked_for_again_only_when_it_changed(places: Places) -> None:
    """Another configured browser, or one that was removed, is looked at anew."""
    browser = places.root / "chrome"
    browser.touch()
    places.stamp.write_text(
        f'{{"digest": "", "level": "run", "python": "", "place": "", "browser": "{browser.as_posix()}"}}',
        encoding="utf-8",
    )
    places.browser.write_text(str(browser), encoding="utf-8")
    assert house(places).knows_browser()
    assert not house(places, ERPBRIDGE_BROWSER="/another").knows_browser()
    browser.unlink()
    assert not house(places).knows_browser()


def test_both_sides_agree_where_the_browser_is_remembered() -> None:
    """The bootstrap, which may not import the product, looks at the file the product writes."""
    assert HERE.browser.name == REMEMBERED


def test_pip_is_shown_while_it_fetches_and_while_it_installs() -> None:
    """Minutes are never silent: names while fetching, a count on disk while installing."""
    progress = PipProgress(3, iter((1, 2)).__next__, Speaker("en", io.StringIO()).text)
    assert progress("Collecting alembic==1.20.1 (from -r run.txt (line 4))\n") == "fetched 1/3 alembic"
    assert progress("  Downloading alembic-1.20.1-py3-none-any.whl (240 kB)\n") == "fetched 1/3 alembic (240 kB)"
    assert progress("Ignoring colorama: markers 'x' don't match your environment\n") == "fetched 2/3 colorama"
    assert progress(None) is None
    assert progress("Installing collected packages: alembic, rich\n") is None
    assert progress(None) == "installed 1/3"
    assert progress(None) == "installed 2/3"


def test_a_log_gets_a_line_of_progress_every_ten_seconds() -> None:
    """CI sees that a step is alive without thousands of lines."""
    out, clock = io.StringIO(), iter((0.0, 0.0, 3.0, 11.0, 11.0, 11.0, 12.0, 12.0))
    speaker = Speaker("en", out, clock.__next__)
    speaker.begin("find")
    speaker.tick("one")
    speaker.tick("two")
    speaker.end(worked=True)
    assert out.getvalue().splitlines() == [
        "[1/1] Looking for a browser that starts",
        "      11 s  two",
        "      done in 12 s",
    ]


@pytest.mark.parametrize(
    ("arguments", "language", "words"),
    [
        (["demo"], None, ["demo"]),
        (["--language", "zh", "test", "-k", "x"], "zh", ["test", "-k", "x"]),
        (["test", "--language=en", "--real"], "en", ["test", "--real"]),
        (["test", "--languages"], None, ["test", "--languages"]),
    ],
)
def test_the_language_is_taken_out_wherever_it_stands(
    arguments: list[str], language: str | None, words: list[str]
) -> None:
    """All other words reach pytest or erpbridge untouched."""
    assert split_words(arguments) == (language, words)


def test_real_programs_are_left_out_unless_asked_for(places: Places) -> None:
    """`test` needs no third-party ERP and minutes only, `test --long` leaves no test out, pytest's own words pass."""
    plain = checks(house(places), level="", arguments=["-k", "x"])
    names = ["ruff check", "ruff format", "mypy", "mypy, Windows", "lint-imports", "pytest"]
    assert [name for name, _ in plain] == names
    assert plain[-1][1][-4:] == ["-m", "not real and not sweep and not long", "-k", "x"]
    assert checks(house(places), level="--real", arguments=[])[-1][1][-2:] == ["-m", "not long"]
    assert "-m" not in checks(house(places), level="--long", arguments=[])[-1][1][3:]


def test_without_a_word_the_usage_is_shown(capsys: pytest.CaptureFixture[str]) -> None:
    """A person who only types the file's name learns the commands, in the language asked for."""
    assert main(["--language", "zh"]) == 2
    assert "在示例系统上演示" in capsys.readouterr().out


@pytest.mark.parametrize("program", PROGRAMS, ids=lambda path: path.name)
def test_the_bootstrap_needs_nothing_but_python_itself(program: Path) -> None:
    """A machine without any package runs it, and an older Python can read it far enough to say so."""
    tree = ast.parse(program.read_text(encoding="utf-8"), feature_version=(3, 8))
    allowed = {*sys.stdlib_module_names, "requirements"}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            assert {alias.name.split(".")[0] for alias in node.names} <= allowed
        if isinstance(node, ast.ImportFrom):
            assert (node.module or "").split(".")[0] in allowed


def test_an_old_python_is_told_which_one_is_needed(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """One sentence instead of a traceback."""
    monkeypatch.setattr(bootstrap, "OLDEST_PYTHON", (99,))
    assert main(["demo", "--language", "en"]) == 1
    assert capsys.readouterr().out.startswith("Python 3.11 or newer is needed")

"""Does the check of a Windows session name all that would keep a seat from working, and nothing else?"""

from pathlib import Path

import pytest
from PIL import Image

from bots.drivers.win_seats import first_word
from bots.drivers.win_session_doors import HIGH, MEDIUM
from bots.drivers.win_sessions import Session
from bridge.locale import CHINESE as IN_CHINESE
from tests.unit.windows.sessions import CHINESE, GERMAN, OTHER, OWN, SIZE, FakeSession, caps_locked

PROGRAM = Path("erp.exe")
BLACK = Image.new("RGB", SIZE)
CASES = (
    (FakeSession(session=0, console=0), "session", "fault"),
    (FakeSession(state=4), "session_in_use", "fault"),
    (FakeSession(console=1), "session_in_use", "advice"),
    (FakeSession(console=None), "session_in_use", "advice"),
    (FakeSession(remote=True), "session_in_use", "advice"),
    (FakeSession(desktop=None), "unlocked", "fault"),
    (FakeSession(desktop="Winlogon"), "unlocked", "fault"),
    (FakeSession(desktop="Screen-saver"), "unlocked", "fault"),
    (FakeSession(size=(1920, 1080)), "size", "fault"),
    (FakeSession(monitors=2), "monitors", "fault"),
    (FakeSession(real_dpi=144), "scaling", "fault"),
    (FakeSession(language=GERMAN), "layout", "fault"),
    (FakeSession(language=CHINESE), "layout", "fault"),
    (FakeSession(input_method=True), "input_method", "fault"),
    (caps_locked(), "caps_lock", "fault"),
    (FakeSession(shown=BLACK), "picture", "fault"),
    (FakeSession(shown=None), "picture", "fault"),
    (FakeSession(screen_saver=True), "screen_saver", "fault"),
    (FakeSession(dark_after=600), "power", "fault"),
    (FakeSession(running=[OTHER], rights={OWN: MEDIUM, OTHER: HIGH}), "integrity", "fault"),
    (FakeSession(running=[OTHER], rights={OWN: MEDIUM, OTHER: None}), "integrity", "fault"),
)


def test_a_session_as_it_should_be_has_nothing_against_it() -> None:
    """Everything is looked at, and all of it is fine."""
    found = FakeSession(running=[OTHER]).findings(PROGRAM)
    assert len(found) == 13
    assert {each.weight for each in found.values()} == {"fine"}
    assert not [each for each in found.values() if each.remedy]


@pytest.mark.parametrize(("session", "code", "weight"), CASES, ids=range(len(CASES)))
def test_what_is_wrong_is_named_with_what_to_do(session: FakeSession, code: str, weight: str) -> None:
    """That one thing, and nothing beside it, in both languages."""
    found = session.findings(PROGRAM)
    assert {each.code: each.weight for each in found.values() if each.weight != "fine"} == {code: weight}
    remedy = found[code].remedy
    assert remedy is not None
    assert remedy.worded(IN_CHINESE) != remedy
    assert found[code].what.worded(IN_CHINESE) != found[code].what


def test_a_seat_with_more_rights_than_the_program_is_fine() -> None:
    """Windows keeps keys from those above only."""
    found = FakeSession(running=[OTHER], rights={OWN: HIGH, OTHER: MEDIUM}).findings(PROGRAM)
    assert found["integrity"].weight == "fine"


@pytest.mark.parametrize(("manifest", "weight"), [("requireAdministrator", "fault"), ("asInvoker", "fine")])
def test_a_program_that_will_ask_for_more_rights_is_known_before_it_runs(
    tmp_path: Path, manifest: str, weight: str
) -> None:
    """By the manifest that it carries."""
    program = tmp_path / "erp.exe"
    program.write_bytes(b'MZ\0\0<requestedExecutionLevel level="' + manifest.encode() + b'" uiAccess="false"/>\0')
    assert FakeSession().findings(program)["integrity"].weight == weight


def test_without_a_program_its_rights_are_not_asked_for() -> None:
    """That it is missing is told elsewhere."""
    assert "integrity" not in FakeSession().findings(None)


@pytest.mark.parametrize(
    ("command", "program"),
    [
        (r"C:\ERP\erp.exe /user:x", r"C:\ERP\erp.exe"),
        (r'"C:\Program Files\ERP\erp.exe" /user:x', r"C:\Program Files\ERP\erp.exe"),
        ("erp.exe", "erp.exe"),
        ("", ""),
    ],
)
def test_a_command_line_of_windows_names_its_program(command: str, program: str) -> None:
    """A backslash is a part of the path, and only quotation marks keep blanks."""
    assert first_word(command) == program


def test_a_session_asks_each_door_for_what_it_promises() -> None:
    """The stand-in is one for all of them; the real ones are five."""
    fake = FakeSession()
    assert Session(fake, fake, fake, fake, fake, lambda: None, lambda _: ())

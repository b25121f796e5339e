"""Does the ERP's program end with its seat on Windows, and are the calls laid out as Windows wants them?"""

import ctypes
import sys
from collections.abc import Iterable

import pytest
from PIL import Image

from bots.drivers.desktop_parts import Window
from bots.drivers.win_calls import RealDwm, RealUser32
from bots.drivers.win_clipboard_calls import RealClipboardCalls
from bots.drivers.win_eyes import Eyes
from bots.drivers.win_session_calls import RealAdvapi32, RealKernel32, RealPowrProf, RealStation, RealWts
from bots.drivers.win_sights import Element, UiaSight
from bots.drivers.win_structures import (
    BasicLimits,
    CallFailedError,
    ExtendedLimits,
    Guid,
    Input,
    KeyboardInput,
    Message,
    ProcessInformation,
    Rect,
    StartupInfo,
    WindowClass,
)
from bridge.model.profiles import Locator
from tests.unit.windows.desktops import FakeCamera, seat
from tests.unit.windows.elements import FakeElement

PLACED = Window(1, "Entry", 100, 50, 600, 400)
NOTHING_SEEN = Image.new("RGB", (1, 1))
REAL = (
    *(RealUser32, RealDwm, RealClipboardCalls, RealWts),
    *(RealKernel32, RealAdvapi32, RealPowrProf, RealStation),
)


# --- the program ----------------------------------------------------------------------------------------------------


def test_a_program_does_nothing_before_it_is_in_its_job() -> None:
    """So that nothing it starts can stay behind; its handles are given back, the job's is kept."""
    assert seat().kernel32.done == ["create_job", "create_suspended", "assign", "resume", "close 71", "close 70"]


def test_what_cannot_be_put_into_a_job_is_not_let_loose() -> None:
    """It is ended before it did anything."""
    worked = seat()
    worked.kernel32.done.clear()
    worked.kernel32.refuses = "assign"
    with pytest.raises(CallFailedError):
        worked.desktop.program.start()
    assert "resume" not in worked.kernel32.done
    assert "terminate_process" in worked.kernel32.done
    assert worked.kernel32.done[-1] == "close job"
    assert not worked.desktop.program.runs()


def test_a_program_is_started_anew_and_ended_with_all_of_it() -> None:
    """The one before is gone first; it runs as long as anything of it does."""
    worked = seat()
    program = worked.desktop.program
    program.start()
    assert [shown.title for shown in worked.machine.windows.values()].count("Lab") == 1
    assert program.runs()
    for processes in worked.kernel32.jobs.values():
        processes.clear()
    assert not program.runs()
    program.end()
    program.end()
    assert worked.kernel32.done[-2:] == ["terminate_job", "close job"]


def test_the_program_that_runs_is_handed_an_address() -> None:
    """By its own command line with the address, as one word, behind it; in the job of the one that runs."""
    worked = seat()
    worked.desktop.program.hand("erp://host/open order/7")
    assert worked.kernel32.commands == ["erp.exe", 'erp.exe "erp://host/open order/7"']
    assert len(worked.kernel32.jobs) == 1
    worked.desktop.program.end()
    worked.desktop.program.hand("erp://host/7")
    assert worked.kernel32.commands[2:] == ["erp.exe", "erp.exe erp://host/7"]


# --- what is seen ---------------------------------------------------------------------------------------------------


def test_a_picture_of_a_window_leaves_out_what_is_beside_the_display() -> None:
    """Also on a display that begins left of its first monitor."""
    camera = FakeCamera()
    eyes = Eyes(camera)
    assert eyes.grab().size == (1920, 800)
    assert eyes.grab(Window(1, "", -700, 700, 200, 200)).size == (140, 100)
    assert camera.asked == {"left": -640, "top": 700, "width": 140, "height": 100}
    assert eyes.grab(Window(1, "", 5000, 5000, 200, 200)).size == (1, 1)
    assert eyes.grab().getpixel((0, 0)) == (3, 2, 1)
    eyes.close()


# --- what programs say themselves -----------------------------------------------------------------------------------

GRID = FakeElement(
    "lines",
    role="DataGrid",
    heads=["Item", "Qty"],
    cells={(0, 0): FakeElement(held="P-30"), (0, 1): FakeElement(name="2")},
    rows=1,
)
TREE = (
    FakeElement(name="Customer", role="Text", said="Customer", edges=(110, 60, 180, 80)),
    FakeElement("txtCust", name="Customer", role="Edit", held="C1001", edges=(200, 60, 300, 80)),
    FakeElement("txtNote", role="Document", said="two\nlines"),
    FakeElement("txtPass", role="Edit", held="secret", is_secret=True),
    FakeElement("ok", name="OK", role="Button", edges=None),
    GRID,
)


def accessible(value: str, role: str = "") -> Locator:
    """As a selector file says it."""
    return Locator("accessible", value, role)


def sight(tree: Iterable[Element] | None = TREE) -> UiaSight:
    """A window that tells of these."""
    return UiaSight(lambda window: tree if window == PLACED.id else None)


@pytest.mark.parametrize(
    ("locator", "places"),
    [
        (accessible("txtCust"), [(100, 10)]),
        (accessible("Customer"), [(10, 10), (100, 10)]),
        (accessible("Customer", "edit"), [(100, 10)]),
        (accessible("Customer", "Button"), []),
        (accessible("OK"), []),
        (accessible("customer"), []),
    ],
    ids=["by its number", "by a name that two have", "by name and role", "another role", "out of sight", "other case"],
)
def test_an_element_is_found_where_it_is_in_the_window(locator: Locator, places: list[tuple[int, int]]) -> None:
    """By what its programmer or people call it; all that are meant are told, so that two are not taken for one."""
    found = sight().spots(PLACED, NOTHING_SEEN, locator)
    assert found is not None
    assert [(spot.left, spot.top) for spot in found] == places


def test_a_window_that_tells_of_nothing_is_looked_at_in_other_ways() -> None:
    """That is another thing than one that does not have the element."""
    assert sight(None).spots(PLACED, NOTHING_SEEN, accessible("txtCust")) is None
    assert sight(None).text(PLACED, accessible("txtCust")) is None
    assert sight(None).table(PLACED, accessible("lines")) is None


def test_whether_an_element_has_the_keyboard_is_said_where_one_is_meant() -> None:
    """A click is then known to have arrived."""
    focused = FakeElement("txtRef", role="Edit", has_keyboard=True)
    shown = sight((*TREE, focused))
    found = [shown.has_keyboard(PLACED, accessible(name)) for name in ("txtRef", "txtCust", "Customer")]
    assert found == [True, False, None]


def test_an_element_says_what_it_holds_unless_it_is_a_secret() -> None:
    """By its value, else its text; of two that are meant none is read."""
    assert sight().text(PLACED, accessible("txtCust")) == "C1001"
    assert sight().text(PLACED, accessible("txtNote")) == "two\nlines"
    assert sight().text(PLACED, accessible("txtPass")) is None
    assert sight().text(PLACED, accessible("Customer")) is None


def test_a_table_is_told_whole_or_not_at_all() -> None:
    """A row that is only made once somebody scrolls there would be missing."""
    assert sight().table(PLACED, accessible("lines")) == (("Item", "Qty"), ("P-30", "2"))
    for wrong in ({"rows": 2}, {"heads": ["Item"]}, {"heads": None}, {"rows": None}):
        changed = FakeElement(**{**vars(GRID), **wrong})
        assert sight([changed]).table(PLACED, accessible("lines")) is None
    assert sight().table(PLACED, accessible("txtCust")) is None


# --- the calls ------------------------------------------------------------------------------------------------------


@pytest.mark.skipif(ctypes.sizeof(ctypes.c_void_p) != 8, reason="the sizes are those of 64-bit Windows")
def test_structures_are_as_long_as_on_windows_of_64_bits() -> None:
    """SendInput refuses an INPUT of another length; the others would be read beside their members."""
    kinds = (Rect, KeyboardInput, Input, Message, WindowClass, StartupInfo, ProcessInformation, Guid)
    assert [ctypes.sizeof(kind) for kind in kinds] == [16, 24, 40, 48, 72, 104, 24, 16]
    assert (ctypes.sizeof(BasicLimits), ctypes.sizeof(ExtendedLimits)) == (64, 144)
    assert (Input.u.offset, BasicLimits.LimitFlags.offset, StartupInfo.hStdInput.offset) == (8, 16, 80)


@pytest.mark.skipif(sys.platform == "win32", reason="there they are opened")
@pytest.mark.parametrize("real", REAL, ids=lambda real: real.__name__)
def test_elsewhere_than_on_windows_its_calls_are_refused(real: type[object]) -> None:
    """As what is not there, and not as something else."""
    with pytest.raises(CallFailedError, match="Windows"):
        real()

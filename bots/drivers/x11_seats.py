"""Can a desktop seat work on this Linux machine? What it needs is looked for, and a display is started for a moment."""

import os
import shlex
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from importlib.util import find_spec

import mss
from PIL import Image
from Xlib.display import Display as Connection

from bots.drivers.desktop_seats import (
    caps_lock_finding,
    density_finding,
    picture_finding,
    program_finding,
    size_finding,
)
from bots.drivers.masks import blank
from bots.drivers.x11_displays import Display, DisplaySize
from bots.drivers.x11_eyes import Eyes
from bots.drivers.x11_keyboards import Keyboard
from bots.drivers.x11_windows import Windows
from bridge.errors import DisplayMissing
from bridge.locale import Phrase
from bridge.ports.seat_findings import SeatFinding, advice, bad, fine

PROGRAMS = ("Xvfb", "openbox", "xauth")
READING = ("rapidocr", "onnxruntime")
PLAIN = "abcxyzABCXYZ0123456789-/"
MILLIMETRES = 25.4  # of an inch
SECONDS_TO_SHOW = 5.0
POLL = 0.02


def desktop_findings(command: str, size: DisplaySize) -> Iterator[SeatFinding]:
    """All that matters to a seat that works this program on a display of that size."""
    missing = [program for program in PROGRAMS if shutil.which(program) is None]
    yield _programs(missing)
    yield program_finding(next(iter(shlex.split(command)), ""))
    if not missing:
        yield from _display(size)
    yield _fonts()
    yield _reading()


# --- what is installed ----------------------------------------------------------------------------------------------


def _programs(missing: list[str]) -> SeatFinding:
    if not missing:
        return fine("packages", Phrase("{programs} are installed.", programs=", ".join(PROGRAMS)))
    return bad(
        "packages",
        Phrase("{programs} are missing.", programs=", ".join(missing)),
        Phrase("Install the packages {packages}.", packages="xvfb openbox xauth"),
    )


def _fonts() -> SeatFinding:
    lister = shutil.which("fc-list")
    listed = subprocess.run([lister, ":lang=zh"], capture_output=True, check=False).stdout if lister else b""
    if listed.strip():
        return fine("fonts", Phrase("There are fonts with Chinese characters."))
    return bad(
        "fonts",
        Phrase("No font with Chinese characters was found: pictures would show boxes."),
        Phrase("Install the packages {packages}.", packages="fontconfig fonts-noto-cjk"),
    )


def _reading() -> SeatFinding:
    missing = [package for package in READING if find_spec(package) is None]
    if not missing:
        return fine("ocr", Phrase("Texts on pictures can be read."))
    return advice(
        "ocr",
        Phrase("Texts on pictures cannot be read: {packages} are missing.", packages=", ".join(missing)),
        Phrase(
            "Needed only where a profile finds targets by their labels: install {packages}.", packages="erpbridge[ocr]"
        ),
    )


# --- a display, for a moment ----------------------------------------------------------------------------------------


def _display(size: DisplaySize) -> Iterator[SeatFinding]:
    try:
        display = Display.started(size)
    except (DisplayMissing, OSError) as error:
        yield bad(
            "display",
            Phrase("No display could be started: {why}", why=str(error)),
            Phrase("Start Xvfb by hand on this machine, and see what it says."),
        )
        return
    with display, _entered(display):
        yield fine("display", Phrase("A display was started."))
        yield from _looked_at(display.name, size)


@contextmanager
def _entered(display: Display) -> Iterator[None]:
    """Connections find the display, and its secret, while inside."""
    names = ("DISPLAY", "XAUTHORITY")
    before = {name: os.environ.get(name) for name in names}
    os.environ.update({name: display.environ[name] for name in names})
    try:
        yield
    finally:
        for name, value in before.items():
            os.environ.pop(name)
            os.environ.update({name: value} if value is not None else {})


def _looked_at(name: str, size: DisplaySize) -> Iterator[SeatFinding]:
    newer = Phrase("Install a newer Xvfb: it must take -screen and -dpi.")
    with closing(Windows(name)) as windows, closing(Keyboard(name)) as keyboard, closing(Connection(name)) as line:
        yield size_finding((size.width, size.height), windows.size(), newer)
        screen = line.screen()
        yield density_finding(round(screen.width_in_pixels / screen.width_in_mms * MILLIMETRES), newer)
        yield _layout(keyboard)
        yield caps_lock_finding(on=keyboard.caps_lock())
        yield picture_finding(_seen(name, line), Phrase("See whether another program covers the display."))


def _layout(keyboard: Keyboard) -> SeatFinding:
    if keyboard.types(PLAIN):
        return fine("layout", Phrase("The keyboard layout is English."))
    return advice(
        "layout",
        Phrase("The keyboard has other keys than an American one: every text is pasted."),
        Phrase("Remove what sets another layout for X servers: /etc/default/keyboard, XKB_DEFAULT_LAYOUT."),
    )


def _seen(name: str, line: Connection) -> Image.Image | None:
    """A picture of the display once a window of ours stands there; without one it is of one colour."""
    screen = line.screen()
    window = screen.root.create_window(0, 0, 200, 100, 0, screen.root_depth, background_pixel=screen.white_pixel)
    end = time.monotonic() + SECONDS_TO_SHOW
    with closing(Eyes(name)) as eyes:
        while True:
            window.map()  # again and again: a window manager that is only just starting may not hear of it
            line.sync()
            try:
                picture = eyes.grab()
            except mss.ScreenShotError:
                return None
            if not blank(picture) or time.monotonic() > end:
                return picture
            time.sleep(POLL)

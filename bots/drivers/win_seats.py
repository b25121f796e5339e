"""Can a desktop seat work in the Windows session of this process? Windows itself is asked."""

import os
import shutil
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path

import mss
import psutil
from PIL import Image

from bots.drivers.desktop_seats import program_finding
from bots.drivers.win_session_calls import RealAdvapi32, RealKernel32, RealPowrProf, RealStation, RealWts
from bots.drivers.win_sessions import Session
from bots.drivers.win_structures import CallFailedError
from bridge.locale import Phrase
from bridge.ports.seat_findings import SeatFinding, bad


def desktop_findings(command: str, size: tuple[int, int]) -> Iterator[SeatFinding]:
    """All that matters to a seat that works this program on a display of that size."""
    name = first_word(command)
    yield program_finding(name)
    found = shutil.which(name) if name else None
    program = Path(found) if found else None
    try:
        yield from real_session().findings(program, size)
    except CallFailedError as error:
        yield bad(
            "windows",
            Phrase("Windows did not answer: {why}", why=str(error)),
            Phrase("Run the check in the session of the user under whom the seat will work."),
        )


def first_word(command: str) -> str:
    """The program of a command line of Windows, which may stand in quotation marks; a backslash is one."""
    text = command.strip()
    return text[1:].partition('"')[0] if text.startswith('"') else text.partition(" ")[0]


def real_session() -> Session:
    """The session of this process."""
    return Session(RealWts(), RealKernel32(), RealAdvapi32(), RealPowrProf(), RealStation(), _picture, _processes_of)


def _picture() -> Image.Image | None:
    from bots.drivers.win_eyes import Eyes

    try:
        with closing(Eyes(mss.MSS())) as eyes:
            return eyes.grab()
    except (mss.ScreenShotError, OSError):
        return None


def _processes_of(program: Path) -> Sequence[int]:
    """The processes of that program; those that may not be asked for their file are found by its name."""
    wanted = os.path.normcase(program)
    return [
        each.pid
        for each in psutil.process_iter(["exe", "name"])
        if os.path.normcase(each.info["exe"] or "") == wanted
        or (not each.info["exe"] and (each.info["name"] or "").lower() == program.name.lower())
    ]

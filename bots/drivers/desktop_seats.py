"""What must be true of any desktop before somebody sits there: how large, how dense, and that it can be seen?"""

import shutil

from PIL import Image

from bots.drivers.masks import blank
from bridge.locale import Phrase
from bridge.ports.seat_findings import SeatFinding, bad, fine

DPI = 96


def size_finding(wanted: tuple[int, int], found: tuple[int, int], remedy: Phrase) -> SeatFinding:
    """Whether the display is as large as configured."""
    wide, told = ("{} × {}".format(*each) for each in (wanted, found))
    if wanted == found:
        return fine("size", Phrase("The display is as large as configured: {size}.", size=told))
    return bad("size", Phrase("The display is {size}, and {wanted} is configured.", size=told, wanted=wide), remedy)


def density_finding(dpi: int, remedy: Phrase) -> SeatFinding:
    """Whether everything is drawn at 100 %."""
    if dpi == DPI:
        return fine("scaling", Phrase("The scaling is 100 %."))
    percent = round(dpi / DPI * 100)
    return bad("scaling", Phrase("The scaling is {percent} % ({dpi} dpi).", percent=percent, dpi=dpi), remedy)


def picture_finding(picture: Image.Image | None, remedy: Phrase) -> SeatFinding:
    """Whether something is to be seen."""
    if picture is not None and not blank(picture):
        return fine("picture", Phrase("The display can be seen."))
    return bad("picture", Phrase("A picture of the display shows one colour only, or cannot be taken."), remedy)


def caps_lock_finding(*, on: bool) -> SeatFinding:
    """Whether Caps Lock is off."""
    if not on:
        return fine("caps_lock", Phrase("Caps Lock is off."))
    return bad("caps_lock", Phrase("Caps Lock is on."), Phrase("Switch it off."))


def program_finding(program: str) -> SeatFinding:
    """Whether the program that the address names can be started."""
    if program and shutil.which(program) is not None:
        return fine("program", Phrase("The program {program} is there.", program=program))
    return bad(
        "program",
        Phrase("The program {program} is not there, or may not be started.", program=repr(program)),
        Phrase("Install it, or correct `address` of the ERP."),
    )

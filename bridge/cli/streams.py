"""What can standard output and standard error show? On a legacy code page other signs stand for what it lacks."""

import codecs
import io
import sys
from typing import TextIO

INSTEAD = {"…": "...", "≠": "!=", "·": "-", "–": "-", "’": "'", "“": '"', "”": '"', "\N{REPLACEMENT CHARACTER}": "?"}
HANDLER = "erpbridge"


def never_fail() -> None:
    """From now on a character that the console's code page lacks shows as another one instead of ending the program."""
    codecs.register_error(HANDLER, _instead)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors=HANDLER)


def can_show(text: str, stream: TextIO | None = None) -> bool:
    """Whether the stream (standard output, unless another is given) has all characters of the text."""
    encoding = getattr(stream or sys.stdout, "encoding", None) or "utf-8"
    try:
        text.encode(encoding)
    except UnicodeEncodeError:
        return False
    return True


def _instead(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    lost = error.object[error.start : error.end]
    shown = (INSTEAD.get(character, "?") for character in lost)
    return "".join(character if can_show(character) else "?" for character in "".join(shown)), error.end

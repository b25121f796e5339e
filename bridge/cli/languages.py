"""In which language does the command line speak? The reader's, unless the console could not show it."""

from dataclasses import dataclass

from bridge.cli.streams import can_show
from bridge.locale import CHINESE, ENGLISH, filled, language_of_reader, name_of, translate

SAMPLE = "中文，。"


@dataclass
class _Speech:
    """What is spoken here, in every thread of the process."""

    installation: str = ""


_SPEECH = _Speech()


def speak(installation: str) -> None:
    """From now on speak the installation's language, unless the reader asks for another."""
    _SPEECH.installation = installation


def language() -> str:
    """The language of whoever reads, English where their console has no Chinese characters."""
    wanted = language_of_reader(_SPEECH.installation)
    return ENGLISH if wanted == CHINESE and not can_show(SAMPLE) else wanted


def say(text: str, **params: object) -> str:
    """The text in the reader's language, with its parameters."""
    return filled(translate(text, language()), params)


def headings(*texts: str) -> list[str]:
    """Column headings in the reader's language."""
    return [say(text) for text in texts]


def word(code: str | None) -> str:
    """What people call one of our codes (a state, a phase, the name of a count); JSON keeps the code."""
    return "" if code is None else translate(name_of(code), language())

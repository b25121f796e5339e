"""How is a text called in a language? A gettext catalogue beside this file for each, read as it is."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path

from babel.messages.pofile import read_po

ENGLISH = "en"
CHINESE = "zh_CN"
LANGUAGES = (ENGLISH, CHINESE)


def translate(text: str, language: str = ENGLISH) -> str:
    """The text in the language, or the English text where the catalogue has no words for it."""
    return text if language == ENGLISH else catalogue(language).get(text, text)


@cache
def catalogue(language: str) -> Mapping[str, str]:
    """What each text is called in the language."""
    with Path(__file__).with_name(f"{language}.po").open("rb") as file:
        messages = list(read_po(file, locale=language))
    return {str(message.id): str(message.string) for message in messages if message.id and message.string}

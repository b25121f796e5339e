"""In which words does a reader see a text? English is the key, the catalogues hold the other languages."""

import locale as system_locale
import os
from functools import cache
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po

ENGLISH = "en"
CHINESE = "zh_CN"
LANGUAGES = (ENGLISH, CHINESE)


def translate(text: str, language: str = ENGLISH) -> str:
    """The text in the language, or the English text where the catalogue has no word for it."""
    if language == ENGLISH:
        return text
    message = _catalogue(language).get(text)
    return str(message.string) if message is not None and message.string else text


def language_of_reader() -> str:
    """The language this process speaks: ERPBRIDGE_LANGUAGE, else the system's own, else English."""
    wanted = os.environ.get("ERPBRIDGE_LANGUAGE") or os.environ.get("LC_ALL") or os.environ.get("LANG") or ""
    if not wanted:
        wanted = system_locale.getlocale()[0] or ""
    return CHINESE if wanted.lower().startswith(("zh", "chinese")) else ENGLISH


def say(text: str, **params: object) -> str:
    """The text in the reader's language, with its parameters."""
    worded = translate(text, language_of_reader())
    return worded.format(**params) if params else worded


@cache
def _catalogue(language: str) -> Catalog:
    path = Path(__file__).with_name(f"{language}.po")
    with path.open("rb") as file:
        return read_po(file, locale=language)

"""How does a text with values in it stay sayable in every language, wherever it was made and however it was kept?

Text from outside (a CRM's, an ERP's, a library's) is only ever a value, never the text that values are put into, and
the text has no means to look into a value: `{name}` is all it can say.
"""

import re
from collections.abc import Iterable, Mapping
from typing import Any, Self

from bridge.locale.catalogues import ENGLISH, translate

_PLACE = re.compile(r"\{\{|\}\}|\{([A-Za-z_][A-Za-z0-9_]*)\}")
_KEPT = frozenset({"say", "params"})
UNKNOWN = "?"


class Phrase(str):
    """A text of ours with its values; as a `str` it is the English sentence.

    `params` may be phrases themselves. A value that is missing shows as a question mark instead of raising.
    """

    __slots__ = ("params", "text")

    text: str
    params: Mapping[str, Any]

    def __new__(cls, text: str, /, **params: Any) -> Self:
        """Our own text, word for word, and the values for its places."""
        phrase = super().__new__(cls, _worded(text, params, ENGLISH))
        phrase.text, phrase.params = text, params
        return phrase

    def worded(self, language: str = ENGLISH) -> str:
        """The sentence in the language."""
        return _worded(self.text, self.params, language)

    @classmethod
    def code(cls, code: str) -> Self:
        """One of our codes or a profile's name, as people call it; a name nobody knows stays what it is."""
        name = name_of(code)
        return cls(name) if name.replace(" ", "").isalnum() else cls("{code}", code=code)

    @classmethod
    def joined(cls, parts: Iterable[str], between: str = ", ", before: str = "") -> Self:
        """Several texts as one phrase, each still worded for itself; `before` stands before the first."""
        given = {f"part{number}": part for number, part in enumerate(parts)}
        return cls(before + between.join(f"{{{name}}}" for name in given), **given)

    def __reduce__(self) -> tuple[Any, ...]:
        return (_rebuilt, (type(self), self.text, dict(self.params)))


def name_of(code: str) -> str:
    """What people call one of our codes in English; JSON, selectors and the ledger keep the code."""
    return code.replace("_", " ")


def _rebuilt(kind: type[Phrase], text: str, params: Mapping[str, Any]) -> Phrase:
    return kind(text, **params)


def _worded(text: str, params: Mapping[str, Any], language: str) -> str:
    said = {name: value.worded(language) if isinstance(value, Phrase) else value for name, value in params.items()}
    return filled(translate(text, language), said)


def filled(text: str, params: Mapping[str, object]) -> str:
    """The text with the values in their places; `{{` and `}}` are braces."""

    def value(place: re.Match[str]) -> str:
        name = place[1]
        return place[0][0] if name is None else str(params.get(name, UNKNOWN))

    return _PLACE.sub(value, text)


def plain(value: Any) -> Any:
    """The value as JSON can keep it without losing how it is said in other languages."""
    if not isinstance(value, Phrase):
        return value
    return {"say": value.text, "params": {name: plain(each) for name, each in value.params.items()}}


def restored(value: Any) -> Any:
    """The value that `plain` made plain."""
    if not isinstance(value, dict) or value.keys() != _KEPT:
        return value
    return Phrase(value["say"], **{name: restored(each) for name, each in value["params"].items()})

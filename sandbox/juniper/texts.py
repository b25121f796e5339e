"""How long is a text, and how wide? The books count bytes of one encoding, the screen counts cells."""

import unicodedata


def width(text: str) -> int:
    """The cells that a text takes: two for each wide character, none for a mark on the one before."""
    return sum(_cells(char) for char in text)


def _cells(char: str) -> int:
    if unicodedata.category(char) in {"Mn", "Me", "Cf"}:
        return 0
    return 2 if unicodedata.east_asian_width(char) in {"W", "F"} else 1


def typable(char: str) -> bool:
    """Whether a field takes this character at all: nothing invisible, and no marks that lean on others."""
    return unicodedata.category(char)[0] not in "CM"


def size(text: str, encoding: str) -> int:
    """The bytes that a text takes in the books."""
    return len(text.encode(encoding, "replace"))


def storable(text: str, encoding: str) -> str:
    """Text as the books keep it: characters that the encoding does not know become question marks."""
    return text.encode(encoding, "replace").decode(encoding)


def fitted(text: str, limit: int, encoding: str) -> str:
    """Text cut at so many bytes; a character that does not fit whole leaves blanks."""
    raw = text.encode(encoding, "replace")
    if len(raw) <= limit:
        return raw.decode(encoding)
    whole = raw[:limit].decode(encoding, "ignore")
    while size(whole, encoding) > limit or not raw.startswith(whole.encode(encoding)):
        whole = whole[:-1]
    return whole + " " * (limit - size(whole, encoding))


def padded(text: str, cells: int) -> str:
    """Text of exactly so many cells, cut or filled with blanks on the right."""
    kept = text
    while width(kept) > cells:
        kept = kept[:-1]
    return kept + " " * (cells - width(kept))


def dotted(label: str, cells: int) -> str:
    """A label with dots up to its colon, such as `Customer . . . :`."""
    text = f"{label} "
    while width(text) < cells:
        text += "." if (cells - width(text)) % 2 == 0 else " "
    return f"{text}:"

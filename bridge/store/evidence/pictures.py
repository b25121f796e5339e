"""Is this content the picture it is said to be?"""

from dataclasses import dataclass

_PNG = b"\x89PNG\r\n\x1a\n"


@dataclass(frozen=True)
class Measures:
    """A picture's format ("webp" or "png") and its size in pixels."""

    format: str
    width: int
    height: int


def measured(content: bytes) -> Measures | None:
    """What a picture's own header says; None where it is neither a PNG nor a lossless WebP.

    The headers are those of the PNG specification (IHDR) and of RFC 9649 (VP8L, and VP8X for extended files).
    """
    if content[:8] == _PNG and content[12:16] == b"IHDR" and len(content) >= 24:  # noqa: PLR2004 - the header's length
        return Measures("png", *(int.from_bytes(content[at : at + 4], "big") for at in (16, 20)))
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP" and len(content) >= 30:  # noqa: PLR2004 - the header's length
        return _webp(content)
    return None


def _webp(content: bytes) -> Measures | None:
    if content[12:16] == b"VP8L" and content[20] == 0x2F:  # noqa: PLR2004 - the lossless signature
        bits = int.from_bytes(content[21:25], "little")
        return Measures("webp", (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1)
    if content[12:16] == b"VP8X":
        return Measures("webp", *(int.from_bytes(content[at : at + 3], "little") + 1 for at in (24, 27)))
    return None

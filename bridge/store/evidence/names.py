"""How are folders and files of evidence called, so that no text from outside ever becomes a path?

A name of safe characters is kept; any other is replaced by an underscore and a digest, which no safe name begins with.
"""

import hashlib
import re

MANIFEST = "manifest.jsonl"
ANCHORS = "anchors.jsonl"
SAMPLE = "sample"

_REFERENCE = re.compile(r"[A-Z0-9][A-Z0-9-]{0,63}")
_WORD = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}")
# Windows keeps these names for devices, in any folder and any case.
_DEVICES = re.compile(r"(con|prn|aux|nul|com[0-9]|lpt[0-9])", re.IGNORECASE)

FILE = re.compile(r"([0-9]{4,9})-[a-z0-9_][a-z0-9_-]{0,39}\.(webp|png|bin|json)(\.part)?")
FOLDER = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_-]{0,63}-[0-9]{1,9}")
MONTH = re.compile(r"[0-9]{4}-[0-9]{2}")
ERP = re.compile(r"[a-z0-9_][a-z0-9_-]{0,39}")


def erp_folder(erp: str) -> str:
    """The folder of one ERP; the folder of the sample packets is nobody's."""
    return _digested(erp) if erp == SAMPLE else _safe(erp, _WORD)


def word_of(text: str) -> str:
    """A text as a part of a file's name."""
    return _safe(text, _WORD)


def packet_folder(reference: str, attempt: int) -> str:
    """The folder of one attempt; raises ValueError for a negative attempt."""
    if attempt < 0:
        raise ValueError(attempt)
    return f"{reference_folder(reference)}-{attempt}"


def reference_folder(reference: str) -> str:
    """What the folders of all attempts at a reference begin with."""
    return _safe(reference, _REFERENCE)


def file_name(seq: int, step: str, extension: str) -> str:
    """The file of one entry: its number, its step and its format."""
    return f"{seq:04d}-{word_of(step)}.{extension}"


def number_in(name: str) -> int | None:
    """The entry number a file's name begins with; None where the name is not one of ours."""
    ours = FILE.fullmatch(name)
    return int(ours.group(1)) if ours else None


def _safe(text: str, alphabet: re.Pattern[str]) -> str:
    return text if alphabet.fullmatch(text) and not _DEVICES.fullmatch(text) else _digested(text)


def _digested(text: str) -> str:
    return "_" + hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:20]

"""What becomes of typed text? Forms and pages speak one byte per character unless told otherwise."""

from urllib.parse import parse_qsl, urlencode

from sandbox.harbour.options import Options


def fields(raw: bytes, options: Options) -> dict[str, str]:
    """The fields of a query or form; undecodable bytes become question marks, the last of equal names counts."""
    pairs = parse_qsl(
        raw.decode("ascii", "replace"), keep_blank_values=True, encoding=options.encoding, errors="replace"
    )
    return {name: value.replace("\ufffd", "?") for name, value in pairs}


def storable(text: str, options: Options) -> str:
    """Text as the database keeps it: characters the installation does not know become question marks."""
    return text.encode(options.encoding, "replace").decode(options.encoding)


def query(values: dict[str, str], options: Options) -> str:
    """A query string in the encoding of the pages."""
    return urlencode(values, encoding=options.encoding, errors="xmlcharrefreplace")


def page_bytes(html: str, options: Options) -> bytes:
    """A page as it goes over the wire."""
    return html.encode(options.encoding, "xmlcharrefreplace")

"""How does a request prove who we are, and which texts must never be seen anywhere else?"""

from base64 import b64encode
from collections.abc import Iterator
from urllib.parse import quote, quote_plus

from pydantic import SecretStr

from bridge.crm.specs import ApiKey, Basic, Bearer
from bridge.errors import InvalidConfig
from bridge.locale import Phrase


def signed_headers(auth: Bearer | Basic | ApiKey, secret: SecretStr) -> dict[str, str]:
    """The headers that carry the secret; raises InvalidConfig where it cannot stand in one."""
    word = secret.get_secret_value()
    if not word or (not isinstance(auth, Basic) and not _fits_header(word)):
        raise InvalidConfig.of([Phrase("the secret is empty, or holds characters that no header takes")])
    match auth:
        case Bearer():
            return {"Authorization": f"Bearer {word}"}
        case Basic():
            return {"Authorization": f"Basic {_pair(auth, word)}"}
        case ApiKey():
            return {auth.name: f"{auth.prefix}{word}"}


def masked_texts(auth: Bearer | Basic | ApiKey, secret: SecretStr) -> tuple[str, ...]:
    """The secret in all the writings an error or an answer may repeat it in, the longest first."""
    word = secret.get_secret_value()
    found = {word, quote(word, safe=""), quote_plus(word), repr(word)[1:-1], *_encoded(auth, word)}
    return tuple(sorted(found - {""}, key=len, reverse=True))


def _encoded(auth: Bearer | Basic | ApiKey, word: str) -> Iterator[str]:
    if isinstance(auth, Basic):
        yield _pair(auth, word)


def _pair(auth: Basic, word: str) -> str:
    return b64encode(f"{auth.username}:{word}".encode()).decode("ascii")


def _fits_header(word: str) -> bool:
    return word.isascii() and word.isprintable() and word == word.strip()

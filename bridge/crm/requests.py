"""Which request asks a configured question, once the placeholders are filled in?"""

from collections.abc import Collection, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from urllib.parse import quote

from bridge.crm.codecs import ENCODERS
from bridge.crm.endpoints import Endpoint, Incremental, ListEndpoint, WriteEndpoint
from bridge.crm.templates import fill
from bridge.crm.transports import Request

Values = Mapping[str, Any]
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_UNITS: Final = {"epoch_s": timedelta(seconds=1), "epoch_ms": timedelta(milliseconds=1)}


def question(endpoint: Endpoint, values: Values, *, expected: frozenset[int] = frozenset()) -> Request:
    """The request of an endpoint that only reads, so it may always be repeated."""
    incremental = endpoint.incremental if isinstance(endpoint, ListEndpoint) else None
    texts = {name: _written(value, incremental or Incremental()) for name, value in values.items()}
    return Request(
        method=endpoint.method,
        url=address(endpoint.path, texts),
        params=(*_encoded(endpoint, values), *_params(endpoint.params, texts, endpoint.encode)),
        body=fill(endpoint.body, texts),
        headers=_headers(endpoint.headers, texts),
        rules=endpoint.error_handler,
        expected=expected,
        repeatable=True,
    )


def message(endpoint: WriteEndpoint, values: Values, *, repeatable: bool) -> Request:
    """The request that tells the CRM."""
    return Request(
        method=endpoint.method,
        url=address(endpoint.path, values),
        params=tuple(_params(endpoint.params, values)),
        body=fill(endpoint.body, values),
        headers=_headers(endpoint.headers, values),
        rules=endpoint.error_handler,
        repeatable=repeatable,
    )


def address(template: str, values: Values) -> str:
    """The path with each value as one segment of it, whatever characters it holds."""
    return str(fill(template, {name: _segment(value) for name, value in values.items()}))


def written_instant(moment: datetime, pattern: str) -> str:
    """The instant as the CRM wants it asked for; never later than it is."""
    moment = moment.astimezone(UTC)
    if pattern in _UNITS:
        return str((moment - _EPOCH) // _UNITS[pattern])
    if pattern == "iso":
        return moment.isoformat(timespec="microseconds").replace("+00:00", "Z")
    return moment.strftime(pattern)


def _written(value: Any, incremental: Incremental) -> Any:
    return written_instant(value, incremental.format) if isinstance(value, datetime) else value


def _encoded(endpoint: Endpoint, values: Values) -> list[tuple[str, str]]:
    """The parameters that an encoder writes; it sees the values with their types."""
    return [(name, ENCODERS[codec](fill(endpoint.params[name], values))) for name, codec in endpoint.encode.items()]


def _params(params: Mapping[str, Any], values: Values, encode: Collection[str] = ()) -> Iterator[tuple[str, str]]:
    """The query's names and texts: a list repeats its name, null leaves it out."""
    for name in (name for name in params if name not in encode):
        value = fill(params[name], values)
        for one in value if isinstance(value, list) else [value]:
            if one is not None:
                yield name, _text(one)


def _headers(headers: Mapping[str, str], values: Values) -> dict[str, str]:
    """The headers with their values; a line break cannot enter one."""
    return {name: " ".join(_text(fill(text, values)).split()) for name, text in headers.items()}


def _segment(value: Any) -> str:
    text = quote("" if value is None else str(value), safe="", errors="surrogatepass")
    return text.replace(".", "%2E") if text in (".", "..") else text


def _text(value: Any) -> str:
    text = str(value).lower() if isinstance(value, bool) else str(value)
    return text.encode("utf-8", "replace").decode("utf-8")

"""What is configured for one CRM, and everything that is wrong with it at once?"""

import re
from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import httpx
from pydantic import AfterValidator, Field, ValidationError, model_validator

from bridge.crm.codecs import DECODERS
from bridge.crm.endpoints import (
    Condition,
    CursorPages,
    Endpoint,
    KeysetPages,
    ListEndpoint,
    Path,
    Paths,
    Seconds,
    Strict,
    WriteEndpoint,
)
from bridge.crm.templates import placeholders
from bridge.errors import InvalidConfig
from bridge.model.orders import OrderStatus

MESSAGE_NAMES = ("posting_id", "order_id", "order_number", "sequence", "erp", "document", "status", "message")
LOOPBACK = ("127.0.0.1", "::1", "localhost")


def _zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError(f"there is no time zone {name!r}") from None
    return name


def _decoder(name: str) -> str:
    if name not in DECODERS:
        raise ValueError(f"there is no codec {name!r}; there are {', '.join(sorted(DECODERS))}")
    return name


def _address(text: str) -> str:
    try:
        url = httpx.URL(text)
    except httpx.InvalidURL as error:
        raise ValueError(str(error)) from None
    if url.scheme not in ("http", "https") or not url.host or url.userinfo or url.query or url.fragment:
        raise ValueError("an address is http(s)://host/path, without user, password or query")
    return text.rstrip("/")


Zone = Annotated[str, AfterValidator(_zone)]


class Bearer(Strict):
    """The secret is a token in the Authorization header."""

    type: Literal["bearer"]


class Basic(Strict):
    """The secret is the password of a user."""

    type: Literal["basic"]
    username: str


class ApiKey(Strict):
    """The secret stands in a header of the CRM's own, behind a prefix if it wants one."""

    type: Literal["api_key"]
    name: str
    prefix: str = ""


class Throttle(Strict):
    """The most requests the CRM is sent."""

    per_second: float = Field(gt=0, le=1000)


class Retry(Strict):
    """How long to go on: at most so many tries and so many seconds in all; the first wait doubles from try to try."""

    attempts: int = Field(default=5, ge=1, le=100)
    total_seconds: Seconds = 60
    first_wait: Seconds = 1


class Client(Strict):
    """How the CRM is reached; `timeout` is in seconds per request, `most_bytes` the longest answer taken."""

    base_url: Annotated[str, AfterValidator(_address)]
    auth: Annotated[Bearer | Basic | ApiKey, Field(discriminator="type")]
    headers: dict[str, str] = Field(default_factory=dict)
    throttle: Throttle | None = None
    retry: Retry = Retry()
    timeout: float = Field(default=30, gt=0, le=3600)
    most_bytes: int = Field(default=64 * 1024 * 1024, ge=1024)
    plain_http: bool = False

    @model_validator(mode="after")
    def _safe(self) -> "Client":
        url = httpx.URL(self.base_url)
        if url.scheme == "http" and url.host not in LOOPBACK and not self.plain_http:
            raise ValueError("base_url would send the secret in the clear; use https, or say plain_http = true")
        return self


class LineFields(Strict):
    """Where a line's values stand in the line; `only` says which are goods, `position` may be counted."""

    path: Path
    item: Paths
    description: Paths | None = None
    quantity: Paths
    unit_price: Paths
    amount: Paths | None = None
    position: Paths | None = None
    only: tuple[Condition, ...] = ()


class Fields(Strict):
    """Where an order's values stand in the record; of several paths the first that is not null counts."""

    id: Paths
    number: Paths
    status: Paths
    customer: Paths
    customer_name: Paths | None = None
    order_date: Paths
    currency: Paths
    changed_at: Paths
    total: Paths | None = None
    po_number: Paths | None = None
    remarks: Paths | None = None
    revision: Paths | None = None
    lines: LineFields


class Readings(Strict):
    """How the CRM writes values: `date` is "iso" or a pattern of strptime, `instant` "iso", "epoch_s" or "epoch_ms".

    `zone` is where a date given as an instant is meant, `naive_zone` what an instant without a zone is in; without
    them such a value is malformed, because anything else would be a guess.
    """

    date: str = "iso"
    instant: Literal["iso", "epoch_s", "epoch_ms"] = "iso"
    zone: Zone | None = None
    naive_zone: Zone | None = None


class CrmSpec(Strict):
    """One CRM behind a REST API; `reference_code` is what stands for it in the references that ERPs hold."""

    reference_code: str = Field(pattern=r"^[0-9A-Z]{1,3}$")
    client: Client
    orders: ListEndpoint
    get: Endpoint
    fields: Fields
    status: dict[str, OrderStatus] = Field(min_length=1)
    writeback: WriteEndpoint
    formats: Readings = Readings()
    decode: Annotated[str, AfterValidator(_decoder)] | None = None

    @model_validator(mode="after")
    def _fits_together(self) -> "CrmSpec":
        faults = [*_placeholder_faults(self), *_paging_faults(self), *_writing_faults(self.writeback)]
        if faults:
            raise ValueError("\n".join(faults))
        return self


def read_spec(table: Mapping[str, Any], where: str = "crm") -> CrmSpec:
    """The configuration of one CRM; raises InvalidConfig with all faults at once, each with its key."""
    try:
        return CrmSpec.model_validate(table)
    except ValidationError as error:
        raise InvalidConfig.of(faults_of(error, where)) from None


def faults_of(error: ValidationError, where: str) -> list[str]:
    """The faults that pydantic collected, each as `key: what is wrong`, without the values (one may be a secret)."""
    faults = []
    for found in error.errors(include_url=False, include_input=False, include_context=False):
        key = ".".join([where, *(str(part) for part in found["loc"])])
        for text in found["msg"].removeprefix("Value error, ").splitlines():
            inner, separator, rest = text.partition(": ")
            faults.append(f"{key}.{inner}: {rest}" if separator and " " not in inner else f"{key}: {text}")
    return faults


def _placeholder_faults(spec: CrmSpec) -> Iterator[str]:
    pages = spec.orders.paginator
    names = {f"paginator.{key}" for key in pages.keys} if isinstance(pages, KeysetPages) else {"paginator.cursor"}
    yield from _unknown("orders", spec.orders, {"incremental.start_value", *names})
    yield from _unknown("get", spec.get, {"id"})
    yield from _unknown("writeback", spec.writeback, {*MESSAGE_NAMES})
    if spec.writeback.read_back:
        yield from _unknown("writeback.read_back", spec.writeback.read_back, {*MESSAGE_NAMES})
    if "id" not in placeholders([spec.get.path, spec.get.params, spec.get.body]):
        yield "get: nothing asks for the order's {id}"
    for where, endpoint in (("orders", spec.orders), ("get", spec.get), ("read_back", spec.writeback.read_back)):
        for name in sorted(set(endpoint.encode) - set(endpoint.params)) if endpoint else ():
            yield f"{where}.encode.{name}: there is no such parameter"


def _unknown(where: str, endpoint: Endpoint | WriteEndpoint, known: set[str]) -> Iterator[str]:
    for key, name in (("path", "path"), ("params", "params"), ("json", "body"), ("headers", "headers")):
        for asked in sorted(placeholders(getattr(endpoint, name)) - known - {"null"}):
            yield f"{where}.{key}: there is no {{{asked}}} here; there are {', '.join(sorted(known))}"


def _paging_faults(spec: CrmSpec) -> Iterator[str]:
    endpoint, pages = spec.orders, spec.orders.paginator
    used = placeholders([endpoint.path, endpoint.params, endpoint.body])
    if isinstance(pages, KeysetPages):
        yield from _keyset_faults(pages, used, {path.text for path in spec.fields.changed_at})
    if isinstance(pages, CursorPages) and not (
        pages.cursor_param or pages.cursor_body_path or "paginator.cursor" in used
    ):
        yield "orders.paginator: cursor_param or cursor_body_path says where the cursor goes"


def _keyset_faults(pages: KeysetPages, used: set[str], stamps: set[str]) -> Iterator[str]:
    if set(pages.keys) != set(pages.initial):
        yield "orders.paginator.initial: it needs the same names as keys"
    for name in sorted(placeholders(pages.initial) - {"incremental.start_value", "null"}):
        yield f"orders.paginator.initial: there is no {{{name}}} here; there are incremental.start_value, null"
    for name in sorted(name for name in pages.keys if f"paginator.{name}" not in used):
        yield f"orders.paginator.keys.{name}: nothing asks for {{paginator.{name}}}, so pages would repeat"
    if {path.text for path in pages.keys.values()} <= stamps:
        yield "orders.paginator.keys: orders of one instant would be lost; add the id as a second key"


def _writing_faults(spec: WriteEndpoint) -> Iterator[str]:
    if spec.idempotency == "none" and spec.read_back is None:
        yield 'writeback.read_back: idempotency "none" needs it, or an unanswered message would be told twice'
    if spec.read_back and spec.read_back.pattern is not None and _groups(spec.read_back.pattern) != 1:
        yield "writeback.read_back.pattern: it must be a regular expression with one group, around the sequence"


def _groups(pattern: str) -> int | None:
    try:
        return re.compile(pattern).groups
    except re.error:
        return None

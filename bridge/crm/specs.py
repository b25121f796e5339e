"""What is configured for one CRM, and everything that is wrong with it at once?"""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import httpx
from pydantic import AfterValidator, Field, ValidationError, model_validator

from bridge.crm.codecs import DECODERS
from bridge.crm.endpoints import (
    Check,
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
from bridge.locale import Located, Phrase, UnfitError, fault, faults_in
from bridge.model.orders import OrderStatus

MESSAGE_NAMES = ("posting_id", "order_id", "order_number", "sequence", "erp", "document", "status", "message")
LOOPBACK = ("127.0.0.1", "::1", "localhost")


def _zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError(Phrase("{zone} is no time zone of the IANA list", zone=repr(name))) from None
    return name


def _decoder(name: str) -> str:
    if name not in DECODERS:
        known = ", ".join(sorted(DECODERS))
        raise ValueError(Phrase("there is no codec {name}; there are {known}", name=repr(name), known=known))
    return name


def _address(text: str) -> str:
    try:
        url = httpx.URL(text)
    except httpx.InvalidURL as error:
        raise ValueError(str(error)) from None
    if url.scheme not in ("http", "https") or not url.host or url.userinfo or url.query or url.fragment:
        raise ValueError(Phrase("an address is http(s)://host/path, without user, password or query"))
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
            clear = Phrase("base_url would send the secret in the clear; use https, or say plain_http = true")
            raise ValueError(clear)
        return self


class LineFields(Strict):
    """Where a line's values stand in the line; `only` says which are goods, `position` may be counted.

    `discount` is the amount taken off the line, where quantity times price is before it.
    """

    path: Path
    item: Paths
    description: Paths | None = None
    quantity: Paths
    unit_price: Paths
    amount: Paths | None = None
    position: Paths | None = None
    unit: Paths | None = None
    discount: Paths | None = None
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
    priority: Paths | None = None
    deadline: Paths | None = None
    discount: Paths | None = None
    freight: Paths | None = None
    tax: Paths | None = None
    company: Paths | None = None
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
    """One CRM behind a REST API; `reference_code` is what stands for it in the references that ERPs hold.

    `priority` gives numbers to its words for urgency; 0 comes first, and an order without one has 100.
    `prices_include_tax` says that the prices of its lines are with tax.
    """

    reference_code: str = Field(pattern=r"^[0-9A-Z]{1,3}$")
    client: Client
    orders: ListEndpoint
    get: Endpoint
    fields: Fields
    status: dict[str, OrderStatus] = Field(min_length=1)
    priority: dict[str, Annotated[int, Field(ge=0)]] = Field(default_factory=dict)
    writeback: WriteEndpoint
    formats: Readings = Readings()
    decode: Annotated[str, AfterValidator(_decoder)] | None = None
    prices_include_tax: bool = False

    @model_validator(mode="after")
    def _fits_together(self) -> "CrmSpec":
        faults = [*_placeholder_faults(self), *_paging_faults(self), *_writing_faults(self.writeback)]
        if faults:
            raise UnfitError(faults)
        return self


def read_spec(table: Mapping[str, Any], where: str = "crm") -> CrmSpec:
    """The configuration of one CRM; raises InvalidConfig with all faults at once, each with its key."""
    try:
        return CrmSpec.model_validate(table)
    except ValidationError as error:
        raise InvalidConfig.of(faults_of(error, where)) from None


def faults_of(error: ValidationError, where: str) -> list[Phrase]:
    """The faults that pydantic collected, each with its key below `where`, without the values (one may be a secret)."""
    return [fault(".".join(filter(None, (where, key))), what) for key, what in faults_in(error)]


def _placeholder_faults(spec: CrmSpec) -> Iterator[Located]:
    pages = spec.orders.paginator
    names = {f"paginator.{key}" for key in pages.keys} if isinstance(pages, KeysetPages) else {"paginator.cursor"}
    yield from _unknown("orders", spec.orders, {"incremental.start_value", *names})
    yield from _unknown("get", spec.get, {"id"})
    yield from _unknown("writeback", spec.writeback, {*MESSAGE_NAMES})
    if spec.writeback.read_back:
        yield from _unknown("writeback.read_back", spec.writeback.read_back, {*MESSAGE_NAMES})
    if spec.writeback.check:
        yield from _check_faults(spec.writeback.check)
    if "id" not in placeholders([spec.get.path, spec.get.params, spec.get.body]):
        yield "get", Phrase("nothing asks for the order's {{id}}")
    for where, endpoint in (("orders", spec.orders), ("get", spec.get), ("read_back", spec.writeback.read_back)):
        for name in sorted(set(endpoint.encode) - set(endpoint.params)) if endpoint else ():
            yield f"{where}.encode.{name}", Phrase("there is no such parameter")


def _check_faults(check: Check) -> Iterator[Located]:
    where = "writeback.check"
    yield from _unknown(where, check, {*MESSAGE_NAMES})
    asked = placeholders(list(check.equal.values()))
    for name in sorted(asked - {*MESSAGE_NAMES}):
        yield f"{where}.equal", _no_place(name, MESSAGE_NAMES)
    if not asked:
        yield f"{where}.equal", Phrase("nothing in it is of the message, so any answer would do")


def _unknown(where: str, endpoint: Endpoint | WriteEndpoint, known: set[str]) -> Iterator[Located]:
    for key, name in (("path", "path"), ("params", "params"), ("json", "body"), ("headers", "headers")):
        for asked in sorted(placeholders(getattr(endpoint, name)) - known - {"null"}):
            yield f"{where}.{key}", _no_place(asked, known)


def _no_place(name: str, known: Iterable[str]) -> Phrase:
    return Phrase("there is no {{{name}}} here; there are {known}", name=name, known=", ".join(sorted(known)))


def _paging_faults(spec: CrmSpec) -> Iterator[Located]:
    endpoint, pages = spec.orders, spec.orders.paginator
    used = placeholders([endpoint.path, endpoint.params, endpoint.body])
    if isinstance(pages, KeysetPages):
        yield from _keyset_faults(pages, used, {path.text for path in spec.fields.changed_at})
    if isinstance(pages, CursorPages) and not (
        pages.cursor_param or pages.cursor_body_path or "paginator.cursor" in used
    ):
        yield "orders.paginator", Phrase("cursor_param or cursor_body_path says where the cursor goes")


def _keyset_faults(pages: KeysetPages, used: set[str], stamps: set[str]) -> Iterator[Located]:
    where, known = "orders.paginator", {"incremental.start_value", "null"}
    if set(pages.keys) != set(pages.initial):
        yield f"{where}.initial", Phrase("it needs the same names as keys")
    for name in sorted(placeholders(pages.initial) - known):
        yield f"{where}.initial", _no_place(name, known)
    for name in sorted(name for name in pages.keys if f"paginator.{name}" not in used):
        asked = f"paginator.{name}"
        yield f"{where}.keys.{name}", Phrase("nothing asks for {{{asked}}}, so pages would repeat", asked=asked)
    if {path.text for path in pages.keys.values()} <= stamps:
        yield f"{where}.keys", Phrase("orders of one instant would be lost; add the id as a second key")


def _writing_faults(spec: WriteEndpoint) -> Iterator[Located]:
    where = "writeback.read_back"
    if spec.idempotency == "none" and spec.read_back is None and spec.check is None:
        yield where, Phrase('idempotency "none" needs it, or an unanswered message would be told twice')
    if spec.read_back and spec.read_back.pattern is not None and _groups(spec.read_back.pattern) != 1:
        yield f"{where}.pattern", Phrase("it must be a regular expression with one group, around the sequence")


def _groups(pattern: str) -> int | None:
    try:
        return re.compile(pattern).groups
    except re.error:
        return None

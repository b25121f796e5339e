"""How is one question put to a CRM, and how does its answer go on? The words are dlt's `rest_api` vocabulary.

See https://dlthub.com/docs/dlt-ecosystem/verified-sources/rest_api/basic. Added to it: the `keyset` paginator,
`encode`, `lookback`, `server_time_path` and `error_handler`.
"""

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field, JsonValue

from bridge.crm.codecs import ENCODERS
from bridge.crm.paths import ABSENT, JsonPath, parse_path
from bridge.crm.templates import fill
from bridge.locale import Phrase


class Strict(BaseModel):
    """A table of the configuration: frozen, and a key that nobody knows is an error."""

    model_config = ConfigDict(extra="forbid", frozen=True, arbitrary_types_allowed=True)


def _path(given: Any) -> JsonPath:
    if not isinstance(given, str):
        raise ValueError(Phrase("a path is text"))  # noqa: TRY004 - pydantic collects ValueError only
    return parse_path(given)


def _paths(given: Any) -> tuple[JsonPath, ...]:
    several = given if isinstance(given, list | tuple) else [given]
    if not several:
        raise ValueError(Phrase("at least one path is needed"))
    return tuple(_path(text) for text in several)


def _known_encoder(name: str) -> str:
    if name not in ENCODERS:
        known = ", ".join(sorted(ENCODERS))
        raise ValueError(Phrase("there is no encoder {name}; there are {known}", name=repr(name), known=known))
    return name


def _lower(given: Any) -> Any:
    return given.lower() if isinstance(given, str) else given


Path = Annotated[JsonPath, BeforeValidator(_path)]
Paths = Annotated[tuple[JsonPath, ...], BeforeValidator(_paths)]
Seconds = Annotated[float, Field(ge=0, le=86400, allow_inf_nan=False)]
Count = Annotated[int, Field(ge=1)]


class Condition(Strict):
    """What an answer must say: the value at `path` equals something, is one of several, or at least is not null."""

    path: Path
    equals: JsonValue = None
    any_of: tuple[JsonValue, ...] | None = Field(default=None, alias="in")

    def holds(self, data: Any) -> bool:
        """Whether the answer says so."""
        return _says(data, self.path, self.equals, self.any_of)


class ErrorRule(Strict):
    """What an answer with that status and body means; the first rule that fits counts, before the usual meaning.

    `retry` waits as long as `wait` says ("header" is Retry-After), `fail` is a refusal, `ignore` is "nothing there".
    """

    status: int | None = Field(default=None, ge=100, le=599)
    body_path: Path | None = None
    equals: JsonValue = None
    any_of: tuple[JsonValue, ...] | None = Field(default=None, alias="in")
    action: Literal["retry", "fail", "ignore"]
    wait: Literal["header"] | Seconds = "header"

    def fits(self, status: int, data: Any) -> bool:
        """Whether an answer is one of those."""
        body_fits = self.body_path is None or _says(data, self.body_path, self.equals, self.any_of)
        return body_fits and self.status in (None, status)


def _says(data: Any, path: JsonPath, equals: JsonValue, any_of: tuple[JsonValue, ...] | None) -> bool:
    value = path.find(data)
    wanted = any_of if any_of is not None else (() if equals is None else (equals,))
    if not wanted:
        return value is not None and value is not ABSENT
    return any(value == one and isinstance(value, bool) == isinstance(one, bool) for one in wanted)


class SinglePage(Strict):
    """Everything comes at once."""

    type: Literal["single_page"] = "single_page"


class JsonLink(Strict):
    """The answer holds the address of the next page."""

    type: Literal["json_link"]
    next_url_path: Path


class HeaderLink(Strict):
    """The Link header (RFC 8288) holds the address of the next page."""

    type: Literal["header_link"]
    links_next_key: str = "next"


class CursorPages(Strict):
    """The answer holds a word that asks for the next page, sent in a parameter or at a place in the body."""

    type: Literal["cursor"]
    cursor_path: Path
    cursor_param: str | None = None
    cursor_body_path: str | None = None
    stop_when_shorter_than: Count | None = None


class KeysetPages(Strict):
    """The next page begins behind the last record: `keys` name values of it, `initial` what stands there at first.

    Pages asked for so do not slide when orders change meanwhile. Ends at an empty page.
    """

    type: Literal["keyset"]
    keys: dict[str, Path] = Field(min_length=1)
    initial: dict[str, JsonValue]
    stop_when_shorter_than: Count | None = None


class OffsetPages(Strict):
    """Pages by counting; an order that changes meanwhile can slip through until the next reading or reconciliation."""

    type: Literal["offset"]
    limit: Count
    limit_param: str = "limit"
    offset_param: str = "offset"


class NumberedPages(Strict):
    """Pages by number; slides as `offset` does."""

    type: Literal["page_number"]
    base_page: int = 1
    page_param: str = "page"


Paginator = Annotated[
    SinglePage | JsonLink | HeaderLink | CursorPages | KeysetPages | OffsetPages | NumberedPages,
    Field(discriminator="type"),
]


class Incremental(Strict):
    """How to ask for changes only: `start_param`, or `{incremental.start_value}` anywhere, takes the moment.

    `lookback` is how many seconds before the last known change reading begins, for records whose transaction ended
    after later ones were read. `format` is "iso", "epoch_s", "epoch_ms" or a pattern of strftime (UTC).
    """

    start_param: str | None = None
    initial_value: AwareDatetime | None = None
    lookback: Seconds = 600
    format: str = "iso"


class Endpoint(Strict):
    """One question: where, with what, where the records are in the answer, and which errors mean something else."""

    path: str
    method: Annotated[Literal["get", "post"], BeforeValidator(_lower)] = "get"
    params: dict[str, Any] = {}
    body: Any = Field(default=None, alias="json")
    headers: dict[str, str] = {}
    encode: dict[str, Annotated[str, AfterValidator(_known_encoder)]] = {}
    data_selector: Path = JsonPath("$", ())
    error_handler: tuple[ErrorRule, ...] = ()


class ListEndpoint(Endpoint):
    """The question for changed orders; `server_time_path` is the CRM's clock in the answer, else its Date header."""

    paginator: Paginator = SinglePage()
    incremental: Incremental | None = None
    server_time_path: Path | None = None


class ReadBack(Endpoint):
    """How to see what the CRM was told last: the sequence at a path, by `pattern` (one group) where it is in a text."""

    sequence: Path
    pattern: str | None = None


class Check(Endpoint):
    """How to see whether the CRM holds a message: what each path of the record, or of one of several, must then be.

    The texts take the message's placeholders. Values are compared as texts; nothing, null and "" are the same.
    """

    equal: dict[Path, JsonValue] = Field(min_length=1)

    def shows(self, data: Any, values: Mapping[str, Any]) -> bool:
        """Whether a record in the answer says all of it."""
        found = self.data_selector.find(data)
        records = found if isinstance(found, list) else [found]
        wanted = [(path, _shown(fill(text, values))) for path, text in self.equal.items()]
        return any(all(_shown(path.find(record)) == text for path, text in wanted) for record in records)


def _shown(value: Any) -> str:
    return "" if value is None or value is ABSENT else str(value)


class WriteEndpoint(Strict):
    """How the CRM is told.

    `idempotency` is "sequence" where the CRM itself keeps the later news, "by_id" where the same values written twice
    are the same, "none" where a repetition makes a second entry. With `read_back` it is looked at before each writing,
    with `check` before a message is written again whose first writing was not answered.
    """

    method: Annotated[Literal["post", "put", "patch"], BeforeValidator(_lower)]
    path: str
    params: dict[str, Any] = {}
    body: Any = Field(default=None, alias="json")
    headers: dict[str, str] = {}
    success_when: tuple[Condition, ...] = ()
    error_handler: tuple[ErrorRule, ...] = ()
    idempotency: Literal["sequence", "by_id", "none"] = "none"
    read_back: ReadBack | None = None
    check: Check | None = None

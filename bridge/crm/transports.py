"""How does a request reach a CRM: once where it must, again where it may, never too fast and never too long?"""

import threading
import weakref
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any, Final, NoReturn

import httpx
from pydantic import SecretStr

from bridge.crm.credentials import masked_texts, signed_headers
from bridge.crm.endpoints import ErrorRule
from bridge.crm.payloads import Decoder, read_json, write_json
from bridge.crm.specs import LOOPBACK, Client
from bridge.errors import CrmDown, CrmRefused
from bridge.locale import Phrase
from bridge.ports import Clock

_PASSING: Final = frozenset({408, 425, 429, 500, 502, 503, 504})
_NOT_DONE: Final = frozenset({425, 429})  # refused before any work, so it may be sent again whatever it is
_LONGEST_TEXT: Final = 200
_LONGEST_WAIT: Final = 30.0


@dataclass(frozen=True)
class Request:
    """One request: `url` is relative to the CRM's address or an absolute one of the same host.

    `repeatable` says that doing it twice is the same as once; `expected` are statuses that answer "there is none".
    """

    method: str
    url: str
    params: Sequence[tuple[str, str]] = ()
    body: Any = None
    headers: dict[str, str] = field(default_factory=dict)
    rules: tuple[ErrorRule, ...] = ()
    expected: frozenset[int] = frozenset()
    repeatable: bool = False


@dataclass(frozen=True)
class Answer:
    """What came back; `nothing` where a rule or an expected status says that there is nothing."""

    status: int
    data: Any
    headers: httpx.Headers
    url: httpx.URL
    nothing: bool = False

    @property
    def server_time(self) -> datetime | None:
        """The CRM's clock as its Date header shows it, to the second; None where it shows none."""
        return _http_date(self.headers.get("date", ""))


class _UnansweredError(Exception):
    """No usable answer: `wait` seconds are asked for by the CRM, `sent` where the request may have had its effect."""

    def __init__(self, why: str, *, wait: float | None = None, sent: bool = True) -> None:
        super().__init__(why)
        self.why, self.wait, self.sent = why, wait, sent


class Transport:
    """Speaks HTTP to one CRM, for its reader and its writer."""

    def __init__(
        self,
        crm: str,
        client: Client,
        secret: SecretStr,
        clock: Clock,
        *,
        decoder: Decoder | None = None,
        wire: httpx.BaseTransport | None = None,
    ) -> None:
        self._crm, self._client, self._clock, self._decoder = crm, client, clock, decoder
        self._masks = masked_texts(client.auth, secret)
        self._turn, self._next_at = threading.Lock(), clock.now()
        own = {"Accept": "application/json", "User-Agent": "erpbridge"}
        self._http = httpx.Client(
            headers={**own, **client.headers, **signed_headers(client.auth, secret)},
            timeout=client.timeout,
            follow_redirects=False,  # a redirect would carry the secret to where nobody said it may go
            trust_env=httpx.URL(client.base_url).host not in LOOPBACK,
            transport=wire,
        )
        weakref.finalize(self, self._http.close)

    def close(self) -> None:
        """Close all connections."""
        self._http.close()

    def send(self, request: Request) -> Answer:
        """The CRM's answer; raises CrmDown where none came in time and CrmRefused where it is a no."""
        address, retry = self._address(request.url), self._client.retry
        deadline = self._clock.now() + timedelta(seconds=retry.total_seconds)
        attempt = 1
        while True:
            try:
                return self._once(request, address, deadline)
            except _UnansweredError as failure:
                backoff = min(retry.first_wait * 2 ** (attempt - 1), _LONGEST_WAIT)
                wait = backoff if failure.wait is None else failure.wait
                late = self._clock.now() + timedelta(seconds=min(wait, retry.total_seconds)) >= deadline
                if attempt == retry.attempts or late or (failure.sent and not request.repeatable):
                    self._give_up(failure.why, attempt)
            self._clock.wait(wait)
            attempt += 1

    def refuse(self, status: int, text: str) -> NoReturn:
        """Raise CrmRefused with a text that shows no secret."""
        raise CrmRefused(crm=self._crm, status=status, text=self.redacted(text)) from None

    def redacted(self, text: str) -> str:
        """The text without our secret, on one line and short."""
        if isinstance(text, Phrase):
            return Phrase(text.text, **{name: self.redacted(str(value)) for name, value in text.params.items()})
        for mask in self._masks:
            text = text.replace(mask, "***")
        text = " ".join(text.encode("utf-8", "backslashreplace").decode("utf-8").split())
        return text if len(text) <= _LONGEST_TEXT else f"{text[:_LONGEST_TEXT]}…"

    def _give_up(self, why: str, attempt: int) -> NoReturn:
        told = self.redacted(why)
        if attempt > 1:
            told = Phrase("{why} ({attempts} tries)", why=told, attempts=attempt)
        raise CrmDown(crm=self._crm, address=self._client.base_url, why=told) from None

    def _address(self, url: str) -> httpx.URL:
        """The whole address; a link to another host is refused, because the secret would go there too."""
        home = httpx.URL(f"{self._client.base_url}/")
        try:
            address = home.join(url) if "://" in url or url.startswith("/") else httpx.URL(f"{home}{url}")
        except httpx.InvalidURL as error:
            self.refuse(0, Phrase("the address {address} cannot be read: {why}", address=repr(url), why=error))
        if (address.scheme, address.host, address.port) != (home.scheme, home.host, home.port):
            self.refuse(0, Phrase("the address {address} is not on {host}", address=address, host=home.host))
        return address

    def _once(self, request: Request, address: httpx.URL, deadline: datetime) -> Answer:
        self._keep_pace()
        left = max(0.001, (deadline - self._clock.now()).total_seconds())
        asked = self._http.build_request(
            request.method.upper(),
            address.copy_merge_params(list(request.params)) if request.params else address,
            content=None if request.body is None else write_json(request.body),
            headers={**({} if request.body is None else {"Content-Type": "application/json"}), **request.headers},
            timeout=min(self._client.timeout, left),
        )
        try:
            response = self._http.send(asked, stream=True)
            try:
                content = self._content(response, deadline)
            finally:
                response.close()
        except httpx.RequestError as error:
            sent = not isinstance(error, httpx.ConnectError | httpx.ConnectTimeout | httpx.PoolTimeout)
            raise _UnansweredError(f"{type(error).__name__}: {error}", sent=sent) from None
        return self._judged(request, response, content)

    def _keep_pace(self) -> None:
        if self._client.throttle is None:
            return
        with self._turn:
            now = self._clock.now()
            start = max(now, self._next_at)
            self._next_at = start + timedelta(seconds=1 / self._client.throttle.per_second)
        if start > now:
            self._clock.wait((start - now).total_seconds())

    def _content(self, response: httpx.Response, deadline: datetime) -> bytes:
        content = bytearray()
        for part in response.iter_bytes():
            content += part
            if len(content) > self._client.most_bytes:
                most = self._client.most_bytes
                self.refuse(response.status_code, Phrase("the answer is longer than {most} bytes", most=most))
            if self._clock.now() > deadline:
                raise _UnansweredError(Phrase("the answer did not end in time"))
        return bytes(content)

    def _judged(self, request: Request, response: httpx.Response, content: bytes) -> Answer:
        status = response.status_code
        data, fault = _read(content, self._decoder)
        for rule in request.rules:
            if rule.fits(status, data):
                return self._ruled(rule, response, content)
        if status in request.expected:
            return Answer(status, None, response.headers, response.url, nothing=True)
        if not response.is_success:
            self._fail(response, content)
        if fault and "json" in response.headers.get("content-type", ""):
            raise _UnansweredError(Phrase("the answer is not whole: {why}", why=fault))
        if fault:
            self.refuse(status, Phrase("the answer is not JSON: {text}", text=_start(content)))
        return Answer(status, data, response.headers, response.url)

    def _ruled(self, rule: ErrorRule, response: httpx.Response, content: bytes) -> Answer:
        if rule.action == "ignore":
            return Answer(response.status_code, None, response.headers, response.url, nothing=True)
        if rule.action == "fail":
            self.refuse(response.status_code, _start(content))
        wait = self._asked_wait(response) if rule.wait == "header" else rule.wait
        raise _UnansweredError(f"{response.status_code} {_start(content)}", wait=wait, sent=False)

    def _fail(self, response: httpx.Response, content: bytes) -> NoReturn:
        status = response.status_code
        if status not in _PASSING:
            address = response.headers.get("location")
            self.refuse(status, Phrase("moved to {address}", address=address) if address else _start(content))
        why = f"{status} {_start(content)}"
        raise _UnansweredError(why, wait=self._asked_wait(response), sent=status not in _NOT_DONE)

    def _asked_wait(self, response: httpx.Response) -> float | None:
        """What Retry-After asks for, in seconds; a date is reckoned by the CRM's own clock."""
        text = response.headers.get("retry-after", "").strip()
        if text.isascii() and text.isdigit():
            return float(text[:9])
        moment = _http_date(text)
        now = _http_date(response.headers.get("date", "")) or self._clock.now()
        return None if moment is None else max(0.0, (moment - now).total_seconds())


def _read(content: bytes, decoder: Decoder | None) -> tuple[Any, str]:
    """The JSON of an answer and what is wrong with it; no content at all is None."""
    if not content.strip():
        return None, ""
    try:
        return read_json(content, decoder), ""
    except ValueError as error:
        return None, error.args[0] if isinstance(error.args[0], Phrase) else str(error)


def _start(content: bytes) -> str:
    return content[: 20 * _LONGEST_TEXT].decode("utf-8", "replace")


def _http_date(text: str) -> datetime | None:
    try:
        moment = parsedate_to_datetime(text)
    except ValueError:
        return None
    return moment.astimezone(UTC) if moment.tzinfo else None

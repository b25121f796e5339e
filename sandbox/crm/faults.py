"""How the CRM misbehaves when asked to: refusals, slowness and cut connections, counted per request."""

import json
import threading
import time
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from sandbox.crm.problems import bad_request, whole_number

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

CUT = "sandbox.cut"  # environment key: send half of the answer, then close
_KINDS = (401, 429, 500, "slow", "cut")
_MOMENTS = ("before", "after")
_FIELDS = {"status", "path", "method", "times", "skip", "retry_after", "moment", "seconds"}
_LONGEST = 3600.0


@dataclass(frozen=True, kw_only=True)
class Fault:
    """One misbehaviour: which requests it meets, how often, and whether the work was done before it strikes.

    `skip` matching requests pass first, then `times` are met. With `moment` "after", the request has its full
    effect and only the answer is spoilt; with "before" nothing has happened.
    """

    status: int | str
    path: str = "/api/"
    method: str | None = None
    times: int = 1
    skip: int = 0
    retry_after: int | None = None
    moment: str = "before"
    seconds: float = 5.0


def read_fault(given: Any) -> Fault:
    """The fault that a client describes, or a `Problem`."""
    if not isinstance(given, dict) or set(given) - _FIELDS:
        raise bad_request(f"A fault is an object with the fields {', '.join(sorted(_FIELDS))}.")
    if not isinstance(given.get("status"), int | str) or given["status"] not in _KINDS:
        raise bad_request("status must be 401, 429, 500, slow or cut.")
    fault = Fault(**given)
    if fault.moment not in _MOMENTS:
        raise bad_request("moment must be before or after.")
    if not isinstance(fault.path, str) or not isinstance(fault.method, str | None):
        raise bad_request("path and method must be text.")
    whole_number(fault.times, "times", low=1)
    whole_number(fault.skip, "skip", low=0)
    whole_number(fault.retry_after or 0, "retry_after", low=0)
    if not isinstance(fault.seconds, int | float) or not 0 <= fault.seconds <= _LONGEST:
        raise bad_request("seconds must be a number between 0 and 3600.")
    return fault


class FaultList:
    """The faults in force and how many requests each has seen; shared by all request threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._faults: list[Fault] = []
        self._seen: list[int] = []

    def add(self, fault: Fault) -> None:
        """Put a fault in force, behind those that are."""
        with self._lock:
            self._faults.append(fault)
            self._seen.append(0)

    def clear(self) -> None:
        """Behave again."""
        with self._lock:
            self._faults.clear()
            self._seen.clear()

    def as_json(self) -> list[dict[str, Any]]:
        """Every fault with `hits`, the number of requests it has met."""
        with self._lock:
            pairs = list(zip(self._faults, self._seen, strict=True))
        return [{**asdict(fault), "hits": _hits(fault, seen)} for fault, seen in pairs]

    def take(self, method: str, path: str) -> Fault | None:
        """The first fault that meets this request, counted; None when it may pass."""
        with self._lock:
            for index, fault in enumerate(self._faults):
                if _meets(fault, method, path) and self._seen[index] < fault.skip + fault.times:
                    self._seen[index] += 1
                    if self._seen[index] > fault.skip:
                        return fault
        return None


class FaultGate:
    """Stands before the application and spoils the requests that a fault meets; never those under /control."""

    def __init__(self, application: "WSGIApplication", faults: FaultList) -> None:
        self._application = application
        self._faults = faults

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        """Answer one request, spoilt or not; a connection cut before the work shows as `ConnectionAbortedError`."""
        path = str(environ["PATH_INFO"])
        fault = None if path.startswith("/control") else self._faults.take(environ["REQUEST_METHOD"], path)
        if fault is None:
            return self._application(environ, start_response)
        if fault.status == "cut" and fault.moment == "before":
            raise ConnectionAbortedError
        if fault.status == "slow" and fault.moment == "before":
            time.sleep(fault.seconds)
        if isinstance(fault.status, int) and fault.moment == "before":
            return _refuse(fault, fault.status, start_response)
        return self._spoil(fault, environ, start_response)

    def _spoil(self, fault: Fault, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        if isinstance(fault.status, int):
            _exhaust(self._application(environ, _ignore))
            return _refuse(fault, fault.status, start_response)
        environ[CUT] = fault.status == "cut"
        answer = self._application(environ, start_response)
        if fault.status == "slow" and fault.moment == "after":
            time.sleep(fault.seconds)
        return answer


def _meets(fault: Fault, method: str, path: str) -> bool:
    return path.startswith(fault.path) and (fault.method is None or fault.method.upper() == method)


def _hits(fault: Fault, seen: int) -> int:
    return max(0, seen - fault.skip)


def _ignore(_status: str, _headers: list[tuple[str, str]], _error: object = None, /) -> Any:
    return lambda _data: None


def _exhaust(answer: Iterable[bytes]) -> None:
    for _ in answer:
        pass


def _refuse(fault: Fault, status: int, start_response: "StartResponse") -> Iterable[bytes]:
    phrase = HTTPStatus(status).phrase
    body = json.dumps({"error": {"code": "fault", "message": f"{phrase} (on request)."}}).encode()
    headers = [("Content-Type", "application/json"), ("Content-Length", str(len(body)))]
    if fault.retry_after is not None:
        headers.append(("Retry-After", str(fault.retry_after)))
    if status == HTTPStatus.UNAUTHORIZED:
        headers.append(("WWW-Authenticate", "Bearer"))
    start_response(f"{status} {phrase}", headers)
    return [body]

"""How is a CRM behind a REST API told what became of an order, once, and never older news after newer?"""

import re
from dataclasses import asdict
from typing import Any

from bridge.crm.paths import ABSENT
from bridge.crm.requests import message, question
from bridge.crm.specs import CrmSpec
from bridge.crm.transports import Transport
from bridge.errors import CrmDown
from bridge.ports import WriteBack


class RestWriter:
    """Tells one CRM; see `CrmWriter`."""

    def __init__(self, code: str, spec: CrmSpec, transport: Transport) -> None:
        self.code = code
        self._spec, self._transport = spec.writeback, transport

    def close(self) -> None:
        """Close the connections, the reader's too."""
        self._transport.close()

    def tell(self, news: WriteBack) -> None:
        """Write it, unless the CRM is seen to hold it, or later news, already."""
        values = _values(news)
        if self._spec.read_back is None and self._spec.check is None:
            self._write(values, repeatable=self._spec.idempotency != "none")
        elif self._spec.read_back is None or not self._holds(news, values):
            self._write_and_look(news, values)

    def shows(self, news: WriteBack) -> bool:
        """Whether the CRM is seen to hold it, or later news; False also where nothing says how to look."""
        check = self._spec.check
        if check is None:
            return self._holds(news, _values(news))
        answer = self._transport.send(question(check, _values(news)))
        return not answer.nothing and check.shows(answer.data, _values(news))

    def _write_and_look(self, news: WriteBack, values: dict[str, Any]) -> None:
        """Write once; where no answer came, look, and only what can do no harm is written again."""
        try:
            self._write(values, repeatable=False)
        except CrmDown:
            if self.shows(news):
                return
            if self._spec.idempotency == "none":  # the first one may still be under way
                raise
            self._write(values, repeatable=False)

    def _write(self, values: dict[str, Any], *, repeatable: bool) -> None:
        answer = self._transport.send(message(self._spec, values, repeatable=repeatable))
        for condition in () if answer.nothing else self._spec.success_when:
            if not condition.holds(answer.data):
                self._transport.refuse(answer.status, f"{condition.path.text} does not say done: {answer.data}")

    def _holds(self, news: WriteBack, values: dict[str, Any]) -> bool:
        kept = self._kept(values)
        return kept is not None and kept >= news.sequence

    def _kept(self, values: dict[str, Any]) -> int | None:
        """The greatest sequence the CRM holds for the order; None where it was told nothing."""
        back = self._spec.read_back
        if back is None:
            return None
        answer = self._transport.send(question(back, values))
        if answer.nothing:
            return None
        found = back.data_selector.find(answer.data)
        records = found if isinstance(found, list) else [found]
        kept = [number for record in records for number in _sequences(back.sequence.find(record), back.pattern)]
        return max(kept, default=None)


def _values(news: WriteBack) -> dict[str, Any]:
    return {**asdict(news), "null": None}


def _sequences(value: Any, pattern: str | None) -> list[int]:
    if value is None or value is ABSENT or isinstance(value, bool):
        return []
    texts = re.findall(pattern, str(value)) if pattern else [str(value)]
    return [int(text) for text in texts if text.isascii() and text.isdigit() and len(text) < 19]  # noqa: PLR2004 - 64 bits

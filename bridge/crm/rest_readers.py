"""Which orders does a CRM behind a REST API hold, as its TOML block says they are read?"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any, Final

from bridge.crm.cursors import Standing, unpacked
from bridge.crm.pages import Place, first_place, next_place, page_params, with_cursor
from bridge.crm.paths import ABSENT, JsonPath
from bridge.crm.records import RecordReader
from bridge.crm.requests import question, written_instant
from bridge.crm.specs import CrmSpec
from bridge.crm.transports import Answer, Request, Transport
from bridge.crm.values import instant_of
from bridge.errors import CrmRefused, OrderMalformed, Reason
from bridge.model.orders import Order
from bridge.ports import OrderPage

_GONE: Final = frozenset({404, 410})
_EXPIRED: Final = frozenset({0, 400, 404, 410, 416, 422})  # 0: the page's address is no longer one of the CRM's
_BEGINNING: Final = datetime(1970, 1, 1, tzinfo=UTC)


class RestReader:
    """Reads one CRM; see `CrmReader`."""

    def __init__(self, code: str, spec: CrmSpec, transport: Transport) -> None:
        self.code = code
        self._spec, self._transport = spec, transport
        self._records = RecordReader(code, spec)
        self._layout = sha256(spec.orders.model_dump_json().encode()).hexdigest()[:12]

    def close(self) -> None:
        """Close the connections, the writer's too."""
        self._transport.close()

    def changed_orders(self, cursor: str | None) -> Iterator[OrderPage]:
        """All orders changed since the cursor, page by page; a draft that cannot be read yet is passed over."""
        standing, answer, place = self._begun(unpacked(cursor, self._layout))
        before: list[str] = []
        while True:
            records = self._selected(answer, self._spec.orders.data_selector)
            following = next_place(self._spec.orders.paginator, place, answer, records)
            ids = [self._records.id(record) for record in records]
            if following == place or (ids and ids == before):
                self._transport.refuse(answer.status, "the paging does not move on")
            stamps = [stamp for stamp in map(self._records.changed_at, records) if stamp]
            behind = standing.after_page(stamps, following)
            yield self._page(records, behind, last=following is None)
            if following is None:
                return
            standing, place, before = behind, following, ids
            answer = self._asked(place, standing)

    def order(self, order_id: str) -> Order | None:
        """The order as it is now; None where it is gone."""
        endpoint = self._spec.get
        told = any(rule.action == "ignore" for rule in endpoint.error_handler)
        answer = self._transport.send(question(endpoint, {"id": order_id}, expected=frozenset() if told else _GONE))
        if answer.nothing:
            return None
        found = endpoint.data_selector.find(answer.data)
        records = found if isinstance(found, list) else [found]
        if not records:
            return None
        order = self._records.order(records[0])
        if len(records) > 1 or order.id != order_id:
            self._transport.refuse(answer.status, f"asked for order {order_id}, it answered with {order.id}")
        return order

    def _begun(self, standing: Standing) -> tuple[Standing, Answer, Place]:
        """The first answer of a reading that goes on where it stood, or begins anew where that is no longer known."""
        if standing.place is not None:
            try:
                return standing, self._asked(standing.place, standing), standing.place
            except CrmRefused as refusal:
                if refusal.params["status"] not in _EXPIRED:
                    raise
        standing = Standing(standing.layout, standing.since)
        place = self._first(standing)
        answer = self._asked(place, standing)
        now = self._server_time(answer)
        if now and standing.since and now < standing.since:  # the CRM's clock was set back
            standing = replace(standing, since=now)
            place = self._first(standing)
            answer = self._asked(place, standing)
        return replace(standing, begun_at=now), answer, place

    def _first(self, standing: Standing) -> Place:
        return first_place(
            self._spec.orders.paginator, {"incremental.start_value": self._start(standing), "null": None}
        )

    def _start(self, standing: Standing) -> datetime | None:
        incremental = self._spec.orders.incremental
        if incremental is None:
            return None
        if standing.since is None:
            return incremental.initial_value
        return max(standing.since - timedelta(seconds=incremental.lookback), _BEGINNING)

    def _asked(self, place: Place, standing: Standing) -> Answer:
        endpoint = self._spec.orders
        if "url" in place:
            return self._transport.send(Request("get", place["url"], rules=endpoint.error_handler, repeatable=True))
        start = self._start(standing)
        values = {"incremental.start_value": start, "paginator.cursor": None, "null": None}
        asked = question(endpoint, values | {f"paginator.{name}": value for name, value in place.items()})
        extra = page_params(endpoint.paginator, place)
        if endpoint.incremental and endpoint.incremental.start_param and start:
            extra[endpoint.incremental.start_param] = written_instant(start, endpoint.incremental.format)
        body = with_cursor(endpoint.paginator, place, asked.body)
        return self._transport.send(replace(asked, params=(*asked.params, *extra.items()), body=body))

    def _selected(self, answer: Answer, selector: JsonPath) -> list[Any]:
        if answer.nothing:
            return []
        found = selector.find(answer.data)
        if not isinstance(found, list):
            what = "nothing" if found is ABSENT or found is None else type(found).__name__
            self._transport.refuse(answer.status, f"the answer holds no list at {selector.text}, but {what}")
        return found

    def _server_time(self, answer: Answer) -> datetime | None:
        path = self._spec.orders.server_time_path
        if path is None or answer.nothing:
            return answer.server_time
        try:
            return instant_of(path.find(answer.data), path.text, self._spec.formats)
        except OrderMalformed as fault:
            self._transport.refuse(answer.status, str(fault))

    def _page(self, records: list[Any], behind: Standing, *, last: bool) -> OrderPage:
        orders: list[Order] = []
        malformed: dict[str, Reason] = {}
        for record in records:
            try:
                orders.append(self._records.order(record))
            except OrderMalformed as fault:
                if not self._records.is_draft(record):
                    malformed[self._records.id(record)] = fault.reason
        return OrderPage(tuple(orders), malformed, behind.packed(), last)

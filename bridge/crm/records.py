"""Which order does a CRM's record hold, read by the configured paths and never touched up?"""

from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from hashlib import sha256
from typing import Any

from bridge.crm.endpoints import Paths
from bridge.crm.paths import ABSENT, first_found
from bridge.crm.specs import CrmSpec
from bridge.crm.values import code_of, day_of, instant_of, malformed, number_of, shown, text_of
from bridge.errors import OrderMalformed
from bridge.locale import Phrase
from bridge.model.orders import Order, OrderLine, OrderStatus

LEAST = 1_000_000  # the number of the least urgent order


class RecordReader:
    """Reads the records of one CRM."""

    def __init__(self, crm: str, spec: CrmSpec) -> None:
        self._crm = crm
        self._fields = spec.fields
        self._statuses = spec.status
        self._formats = spec.formats
        self._priorities = spec.priority
        self._gross = spec.prices_include_tax

    def order(self, record: Any) -> Order:
        """The order; raises OrderMalformed with the first thing that is wrong."""
        if not isinstance(record, dict):
            raise OrderMalformed(problem=Phrase("it is not a record: {value}", value=shown(record)))
        fields, formats = self._fields, self._formats
        customer = first_found(fields.customer, record)
        return Order(
            crm=self._crm,
            id=_id(first_found(fields.id, record)),
            number=code_of(first_found(fields.number, record), "number"),
            status=self._status(record),
            customer=None if customer is None else code_of(customer, "customer"),
            customer_name=_text(fields.customer_name, record, "customer_name"),
            ordered_on=day_of(first_found(fields.order_date, record), "order_date", formats),
            currency=code_of(first_found(fields.currency, record), "currency"),
            lines=tuple(self._lines(record)),
            changed_at=instant_of(first_found(fields.changed_at, record), "changed_at", formats),
            stated_total=_number(fields.total, record, "total"),
            po_number=_text(fields.po_number, record, "po_number"),
            remarks=_text(fields.remarks, record, "remarks"),
            crm_revision=_text(fields.revision, record, "revision"),
            priority=self._priority(record),
            deadline=self._deadline(record),
            discount=_number(fields.discount, record, "discount"),
            freight=_number(fields.freight, record, "freight"),
            tax=_number(fields.tax, record, "tax"),
            company=_text(fields.company, record, "company"),
            prices_include_tax=self._gross,
        )

    def _priority(self, record: Any) -> int | None:
        """The number, or the one that the configuration gives to the word; what it does not know is no priority."""
        value = None if self._fields.priority is None else first_found(self._fields.priority, record)
        if isinstance(value, str) and value in self._priorities:
            return self._priorities[value]
        return value if isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= LEAST else None

    def _deadline(self, record: Any) -> datetime | None:
        value = None if self._fields.deadline is None else first_found(self._fields.deadline, record)
        return None if value is None else instant_of(value, "deadline", self._formats)

    def id(self, record: Any) -> str:
        """The CRM's id of the record, or a digest of it where there is none that can be read."""
        try:
            return _id(first_found(self._fields.id, record))
        except OrderMalformed:
            return f"?{sha256(_whole(record)).hexdigest()[:12]}"

    def changed_at(self, record: Any) -> datetime | None:
        """The server's stamp of the record; None where it cannot be read."""
        try:
            return instant_of(first_found(self._fields.changed_at, record), "changed_at", self._formats)
        except OrderMalformed:
            return None

    def is_draft(self, record: Any) -> bool:
        """Whether the CRM says that the record is not finished; then nobody is told that it cannot be read."""
        try:
            return self._status(record) is OrderStatus.DRAFT
        except OrderMalformed:
            return False

    def _status(self, record: Any) -> OrderStatus:
        value = first_found(self._fields.status, record)
        word = str(value).lower() if isinstance(value, bool) else code_of(value, "status")
        if word not in self._statuses:
            raise malformed("status", Phrase("is {value}, which the configuration does not know", value=shown(word)))
        return self._statuses[word]

    def _lines(self, record: dict[str, Any]) -> Iterator[OrderLine]:
        fields = self._fields.lines
        given = fields.path.find(record)
        if not isinstance(given, list):
            listless = Phrase("is not a list: {value}", value=shown(given))
            raise malformed("lines", Phrase("is not in the record") if given is ABSENT else listless)
        kept = [line for line in given if all(condition.holds(line) for condition in fields.only)]
        for count, line in enumerate(kept, 1):
            yield self._line(line, count)

    def _line(self, line: Any, count: int) -> OrderLine:
        fields = self._fields.lines
        position = count if fields.position is None else _position(first_found(fields.position, line), count)
        return OrderLine(
            position=position,
            item=code_of(first_found(fields.item, line), _in_line("item", position)),
            description=_text(fields.description, line, _in_line("description", position)),
            quantity=number_of(first_found(fields.quantity, line), _in_line("quantity", position)),
            unit_price=number_of(first_found(fields.unit_price, line), _in_line("unit_price", position)),
            stated_amount=_number(fields.amount, line, _in_line("amount", position)),
            unit=_text(fields.unit, line, _in_line("unit", position)),
            discount=_number(fields.discount, line, _in_line("discount", position)),
        )


def _in_line(field: str, line: int) -> Phrase:
    return Phrase("{field} of line {line}", field=field, line=line)


def _whole(record: Any) -> bytes:
    try:
        return ascii(record).encode("ascii")
    except RecursionError:
        return b"nested too deeply"


def _id(value: Any) -> str:
    text = code_of(value, "id")
    if not text.strip():
        raise malformed("id", Phrase("is empty"))
    return text


def _position(value: Any, count: int) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 0 < value < 1_000_000:  # noqa: PLR2004 - a line count
        raise malformed(_in_line("position", count), Phrase("is not a line's: {value}", value=shown(value)))
    return value


def _text(paths: Paths | None, record: Any, field: str) -> str:
    return "" if paths is None else text_of(first_found(paths, record), field)


def _number(paths: Paths | None, record: Any, field: str) -> Decimal | None:
    value = None if paths is None else first_found(paths, record)
    return None if value is None else number_of(value, field)

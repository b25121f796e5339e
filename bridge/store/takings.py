"""What becomes of an order that the CRM shows, for the first time or again? One posting per order and ERP, for ever."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, delete, insert, select

from bridge.errors import OrderCancelled, OrderGone, OrderNotReleased, Reason
from bridge.model.orders import Order, OrderStatus
from bridge.model.postings import NORMAL, Phase, PostingState, Work
from bridge.ports import Taken
from bridge.store.databases import new_id
from bridge.store.order_texts import read_order, write_order
from bridge.store.postings import Step, change, move, note_move, posting_of, posting_row
from bridge.store.reasons import reason_values
from bridge.store.tables import malformed_orders, order_revisions, postings
from bridge.store.targets import Procedures, Target, target_of, way_to

S = PostingState
WITHDRAWN = frozenset({OrderCancelled.code, OrderGone.code, OrderNotReleased.code})


class Page:
    """Takes orders inside one transaction."""

    def __init__(self, connection: Connection, now: datetime) -> None:
        self._connection = connection
        self._now = now

    def take(  # noqa: PLR0917 - who did it closes every call of the ledger
        self,
        order: Order,
        erp: str,
        reference: str,
        state: PostingState,
        reason: Reason | None,
        actor: str,
        *,
        procedures: Collection[str] = (),
    ) -> Taken:
        """What `Ledger.take` does, durable with the page."""
        connection = self._connection
        gone = (malformed_orders.c.crm == order.crm, malformed_orders.c.order_id == order.id)
        connection.execute(delete(malformed_orders).where(*gone))
        row = _own(connection, order, erp)
        if row is None:
            owner = _owner(connection, erp, reference)
            if owner is not None:
                return Taken("conflict", posting_of(owner))
            row = self._begin(order, erp, reference, Step(state, actor, self._now, reason))
            return Taken("new", posting_of(row))
        row = _as_urgent(connection, row, order)
        if _same(_latest(connection, row), order) and not _is_back(row, order, state):
            return Taken("unchanged", posting_of(row))
        taken = _store(connection, row, order, Step(state, actor, self._now, reason))
        return _take_over(connection, row, taken, self._now, procedures)

    def knows(self, order: Order, erp: str) -> bool:
        """Whether the order, by the CRM's own id, has a posting in that ERP already."""
        return _own(self._connection, order, erp) is not None

    def note_malformed(self, crm: str, order_id: str, reason: Reason) -> None:
        """Keep that a record of the CRM cannot be read as an order, until it can."""
        key = {"crm": crm, "order_id": order_id}
        connection = self._connection
        connection.execute(delete(malformed_orders).filter_by(**key))
        connection.execute(insert(malformed_orders).values(**key, **reason_values(reason), seen_at=self._now))

    def _begin(self, order: Order, erp: str, reference: str, step: Step) -> Row[Any]:
        priority = NORMAL if order.priority is None else order.priority
        urgency = {"priority": priority, "deadline": order.deadline}
        values = {**_order_values(order), **reason_values(step.reason), **urgency}
        key = {"erp": erp, "reference": reference, "crm": order.crm, "order_id": order.id, "order_sequence": 1}
        start = {"state": step.state, "phase": Phase.NONE, "attempts": 0, "token": 0}
        moments = {"taken_at": step.at, "updated_at": step.at}
        result = self._connection.execute(insert(postings).values(**key, **values, **start, **moments))
        posting_id = new_id(result)
        _insert_revision(self._connection, posting_id, 1, order, step)
        note_move(self._connection, posting_id, None, step)
        return posting_row(self._connection, posting_id)


def settle_revision(connection: Connection, row: Row[Any], now: datetime) -> Row[Any]:
    """Take over the revision that came while the posting was being worked on, where the work has ended.

    What the bot of the ERP can do nobody says here; whoever works on it next knows, and holds what it cannot.
    """
    if row.waiting_sequence is None or _must_wait(row):
        return row
    _take_over(connection, row, _revision(connection, row, row.waiting_sequence), now, None)
    return posting_row(connection, row.id)


def waiting_status(connection: Connection, row: Row[Any]) -> OrderStatus | None:
    """The CRM's word on the revision that came while the posting is worked on; None where none came."""
    if row.waiting_sequence is None:
        return None
    return OrderStatus(_revision(connection, row, row.waiting_sequence).status)


def _own(connection: Connection, order: Order, erp: str) -> Row[Any] | None:
    key = (postings.c.erp == erp, postings.c.crm == order.crm, postings.c.order_id == order.id)
    return connection.execute(select(postings).where(*key)).one_or_none()


def _owner(connection: Connection, erp: str, reference: str) -> Row[Any] | None:
    key = (postings.c.erp == erp, postings.c.reference == reference)
    return connection.execute(select(postings).where(*key)).one_or_none()


def _latest(connection: Connection, row: Row[Any]) -> Row[Any]:
    return _revision(connection, row, row.waiting_sequence or row.order_sequence)


def _revision(connection: Connection, row: Row[Any], sequence: int) -> Row[Any]:
    key = (order_revisions.c.posting_id == row.id, order_revisions.c.sequence == sequence)
    return connection.execute(select(order_revisions).where(*key)).one()


def _as_urgent(connection: Connection, row: Row[Any], order: Order) -> Row[Any]:
    """The posting as urgent as the CRM says now, where it says another thing than before: what a person said stays."""
    before = read_order(_latest(connection, row).order_text)
    if (before.priority, before.deadline) == (order.priority, order.deadline):
        return row
    priority = NORMAL if order.priority is None else order.priority
    return change(connection, row, {"priority": priority, "deadline": order.deadline})


def _same(taken: Row[Any], order: Order) -> bool:
    return bool((taken.revision, taken.status) == (order.revision, order.status))


def _is_back(row: Row[Any], order: Order, state: PostingState) -> bool:
    """Whether an order that was withdrawn between two readings of the CRM is there again as if nothing had been."""
    withdrawn = row.state == S.CANCELLED and row.reason_code in WITHDRAWN
    return withdrawn and order.status is OrderStatus.RELEASED and state is not S.CANCELLED


def _store(connection: Connection, row: Row[Any], order: Order, step: Step) -> Row[Any]:
    sequence = (row.waiting_sequence or row.order_sequence) + 1
    _insert_revision(connection, row.id, sequence, order, step)
    return _revision(connection, row, sequence)


def _insert_revision(connection: Connection, posting_id: int, sequence: int, order: Order, step: Step) -> None:
    content = {"revision": order.revision, "status": order.status, "order_text": write_order(order)}
    judged = {"state": step.state, **reason_values(step.reason), "actor": step.actor, "taken_at": step.at}
    key = {"posting_id": posting_id, "sequence": sequence}
    connection.execute(insert(order_revisions).values(**key, **content, **judged))


def _order_values(order: Order) -> dict[str, object]:
    return {
        "revision": order.revision,
        "order_number": order.number,
        "customer": order.customer,
        "ordered_on": order.ordered_on,
    }


def _take_over(connection: Connection, row: Row[Any], taken: Row[Any], now: datetime, procedures: Procedures) -> Taken:
    if _must_wait(row):
        waiting = change(connection, row, {"waiting_sequence": taken.sequence})
        return Taken("waiting", posting_of(waiting))
    target = target_of(row, taken, procedures)
    values = {"order_sequence": taken.sequence, "waiting_sequence": None, "updated_at": now}
    values |= _order_values(read_order(taken.order_text)) | _begun_anew(row, target)
    current = change(connection, row, values)
    for state, reason in way_to(row, target):
        current = move(connection, current, Step(state, taken.actor, now, reason))
    return Taken(_outcome(row, current), posting_of(current))


def _begun_anew(row: Row[Any], target: Target) -> dict[str, object]:
    """How the next attempt begins: a change by reading the document, an order that is back without the void one."""
    if target.work is not Work.ENTER:
        due = reason_values(target.reason) if row.state == target.state == S.PENDING else {}
        return {"work": target.work, "phase": Phase.NONE, "refusal": None, **due}
    back = row.state == S.CANCELLED and target.state is not S.CANCELLED and row.phase == Phase.NONE
    return {"work": Work.ENTER} | ({"document": None} if back else {})


def _must_wait(row: Row[Any]) -> bool:
    """Whether somebody types the revision now, or may have stored it without our knowing how."""
    if row.state in (S.CLAIMED, S.IN_DOUBT) or row.phase == Phase.SENT:
        return True
    return bool(row.state == S.PENDING and row.phase in (Phase.NUMBERED, Phase.VERIFIED))


def _outcome(old: Row[Any], new: Row[Any]) -> str:
    if old.state != new.state and new.state == S.CANCELLED:
        return "cancelled"
    return "held" if old.state == S.POSTED and new.state == S.HELD else "revised"

"""Who works on a posting now, and how does that end? Every write is fenced by the token of the claim."""

import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, insert, select, update

from bridge.errors import (
    LeaseLost,
    MoveForbidden,
    OrderCancelled,
    OrderChanged,
    Reason,
    StopOrdered,
)
from bridge.model.documents import Document
from bridge.model.failures import counts, failures_in
from bridge.model.orders import OrderStatus
from bridge.model.postings import CRASH_TABLE, Claim, Phase, Posting, PostingState, Terms, Work
from bridge.model.read_backs import FilledForm
from bridge.ports import Clock
from bridge.store.circuits import exceeds, lets_through, note_end
from bridge.store.databases import Database
from bridge.store.deaths import after_death, host_died, rested
from bridge.store.document_states import note_entered, note_void
from bridge.store.lives import MayLive
from bridge.store.outboxes import put_in
from bridge.store.postings import Step, change, move, posting_of, posting_row
from bridge.store.read_backs import keep_read_backs
from bridge.store.readings import history_of
from bridge.store.reasons import reason_values
from bridge.store.switches import stop_reason
from bridge.store.tables import attempts, postings
from bridge.store.takings import settle_revision, waiting_status

S = PostingState
ENTERED, AMENDED = "entered", "amended"
Values = Callable[[Row[Any]], Mapping[str, object]]
Tell = Callable[[Connection, Row[Any], Row[Any]], None]
CLAIMABLE = frozenset({S.PENDING, S.IN_DOUBT})
PHASES = list(CRASH_TABLE)


class Claims:
    """The part of the ledger that carries attempts."""

    _database: Database
    _clock: Clock
    _may_live: MayLive

    def claim(self, posting: Posting, worker: str, lease: timedelta, terms: Terms | None = None) -> Claim | None:
        """Claim a pending or in-doubt posting; None where somebody else was faster, or the ERP is left alone now."""
        now, terms = self._clock.now(), terms or Terms()
        with self._database.writing() as connection:
            row = posting_row(connection, posting.id)
            if not _may_be_claimed(connection, row, terms, now):
                return None
            number, until = row.attempts + 1, self._lease_time(connection) + lease
            values = {"token": row.token + 1, "attempts": number, "worker": worker, "lease_until": until}
            if terms.user is not None:
                values["user"] = terms.user
            claimed = move(connection, row, Step(S.CLAIMED, worker, now, None, number), values | {"not_before": None})
            key = {"posting_id": row.id, "number": number}
            facts = {"revision": row.revision, "worker": worker, "started_at": now, "phase": row.phase}
            connection.execute(insert(attempts).values(**key, **facts, user=terms.user))
            return Claim(posting_of(claimed), claimed.token, number, worker, until, terms)

    def beat(self, claim: Claim, lease: timedelta) -> Claim:
        """Extend the lease; the claim as it is now."""
        with self._database.writing() as connection:
            until = self._lease_time(connection) + lease
            row = change(connection, _claimed(connection, claim), {"lease_until": until})
            return replace(claim, posting=posting_of(row), expires_at=until)

    def note_phase(
        self, claim: Claim, phase: Phase, document: str | None = None, read: Sequence[FilledForm | Document] = ()
    ) -> None:
        """Commit how far the attempt came; raises StopOrdered where everything is stopped before the order was sent.

        A phase never goes back, and only an intent becomes "sent", once: anything else raises MoveForbidden.
        """
        now = self._clock.now()
        with self._database.writing() as connection:
            row = _claimed(connection, claim)
            _check_phase(connection, row, phase)
            values: dict[str, object] = {"phase": phase, "updated_at": now}
            if document is not None:
                values["document"] = document
            if phase is Phase.VERIFIED:
                values["verified_at"] = now
            change(connection, row, values)
            _note_attempt(connection, claim.posting.id, claim.attempt, {"phase": phase})
            keep_read_backs(connection, claim, read, now)

    def note_evidence(self, claim: Claim, packet: str, head: str) -> None:
        """Commit the packet's head."""
        with self._database.writing() as connection:
            change(connection, _claimed(connection, claim), {"packet": packet})
            _note_attempt(connection, claim.posting.id, claim.attempt, {"packet": packet, "packet_head": head})

    def end(
        self,
        claim: Claim,
        state: PostingState,
        actor: str,
        reason: Reason | None = None,
        *,
        settle_after: datetime | None = None,
        forget_phase: bool = False,
        refusal: str | None = None,
        not_before: datetime | None = None,
        read: Sequence[FilledForm | Document] = (),
    ) -> Posting:
        """End the attempt by a move; the phase, and the document with it, are forgotten only where absence was proved.

        Only `end_posted` ends as posted. What was sent and is not forgotten ends in doubt or held.
        """
        if state is S.POSTED:
            raise MoveForbidden(reference=claim.posting.reference, state=S.CLAIMED.value, to=state.value)
        values: dict[str, object] = {"not_before": not_before}
        if state is S.IN_DOUBT:
            values |= {"settle_after": settle_after, "left_alone": claim.posting.left_alone}
        if refusal is not None:
            values["refusal"] = refusal
        step = Step(state, actor, self._clock.now(), reason, claim.attempt)

        def keep(connection: Connection, _old: Row[Any], _row: Row[Any]) -> None:
            keep_read_backs(connection, claim, read, step.at)

        return self._end(claim, step, lambda row: values | (forgotten(row) if forget_phase else {}), keep)

    def end_posted(self, claim: Claim, document: Document, actor: str) -> Posting:
        """End the attempt as posted; the write-back enters the outbox in the same transaction."""
        now = self._clock.now()
        known = {"document": document.number, "posted_at": now, "verified_at": now, "work": Work.AMEND}

        def tell(connection: Connection, old: Row[Any], row: Row[Any]) -> None:
            put_in(connection, row, ENTERED if old.posted_sequence in (None, row.order_sequence) else AMENDED, now)
            note_entered(connection, row, document, now)

        step = Step(S.POSTED, actor, now, None, claim.attempt)
        return self._end(
            claim, step, lambda row: forgotten(row) | known | {"posted_sequence": row.order_sequence}, tell
        )

    def end_void(self, claim: Claim, state: PostingState, actor: str, reason: Reason | None = None) -> Posting:
        """End the attempt where the ERP was seen to hold the order no more; of what is cancelled, the CRM is told."""
        void: dict[str, object] = {"posted_sequence": None, "work": Work.ENTER}
        if state is not S.CANCELLED:
            void["document"] = None

        def tell(connection: Connection, _old: Row[Any], row: Row[Any]) -> None:
            if state is S.CANCELLED:
                note_void(connection, row, step.at)

        step = Step(state, actor, self._clock.now(), reason, claim.attempt)
        return self._end(claim, step, lambda row: forgotten(row) | void, tell)

    def _end(self, claim: Claim, step: Step, values: Values, tell: Tell | None = None) -> Posting:
        with self._database.writing() as connection:
            old = _claimed(connection, claim)
            row = _close(connection, old, step, values(old))
            if claim.terms.breaker is not None:
                note_end(connection, row.erp, step.reason, step.at, claim.terms.breaker)
            if tell is not None:
                tell(connection, old, row)
            return posting_of(settle_revision(connection, row, step.at))

    def lapsed(self, erp: str | None = None) -> tuple[Posting, ...]:
        """Claimed postings whose lease has run out, or whose worker is known to be dead."""
        query = select(postings).where(postings.c.state == S.CLAIMED)
        query = query if erp is None else query.where(postings.c.erp == erp)
        with self._database.reading() as connection:
            now = self._lease_time(connection)
            claimed = connection.execute(query.order_by(postings.c.id))
            return tuple(posting_of(row) for row in claimed if self._has_lapsed(row, now))

    def _has_lapsed(self, row: Row[Any], now: datetime) -> bool:
        return bool(row.lease_until <= now) or not self._may_live(row.worker)

    def recover(
        self,
        posting: Posting,
        actor: str,
        settle_after: datetime | None,
        most_attempts: int = sys.maxsize,
        why: Reason | None = None,
    ) -> Posting:
        """Move a lapsed posting where the crash table says, fencing off its old holder; `why`, where that is known.

        One that beats again, has ended, or is in a later attempt is left as it is and returned. One that killed
        too many hosts, wherever, is given up as one that failed too often is: `bridge.model.failures` says what counts.
        """
        now = self._clock.now()
        with self._database.writing() as connection:
            row, seen = posting_row(connection, posting.id), self._lease_time(connection)
            if row.state != S.CLAIMED or row.attempts != posting.attempts or not self._has_lapsed(row, seen):
                return posting_of(row)
            history = history_of(connection, row.id)
            died = why or host_died(connection, row, history)
            state, reason = after_death(row, died, failures_in(history) + counts(died), most_attempts)
            values: dict[str, object] = {"token": row.token + 1}
            if state in CLAIMABLE:
                values["not_before"] = rested(died, now)
            if state is S.IN_DOUBT:
                values |= {"settle_after": settle_after, "left_alone": True}
            if state is S.FAILED:
                values |= forgotten(row)
            ended = _close(connection, row, Step(state, actor, now, reason, row.attempts), values)
            return posting_of(settle_revision(connection, ended, now))

    def release(self, claim: Claim) -> None:
        """Let the lease lapse now: whoever held it has let go of everything."""
        with self._database.writing() as connection, suppress(LeaseLost):
            change(connection, _claimed(connection, claim), {"lease_until": self._lease_time(connection)})

    def _lease_time(self, connection: Connection) -> datetime:
        """The time by which leases are judged: the server's where there is one, so that hosts need not agree."""
        return self._database.server_time(connection) or self._clock.now()


def forgotten(row: Row[Any]) -> dict[str, object]:
    """What is no longer said of a posting once it is known that what was sent was not stored.

    The document of an order that was posted before stays: the ERP holds it still.
    """
    document = None if row.posted_sequence is None else row.document
    return {"phase": Phase.NONE, "document": document, "refusal": None, "settle_after": None, "left_alone": False}


def _may_be_claimed(connection: Connection, row: Row[Any], terms: Terms, now: datetime) -> bool:
    """The circuit comes last, since the one order that tries it counts."""
    if row.state not in CLAIMABLE or terms.attempt not in (None, row.attempts + 1):
        return False
    if terms.rate is not None and exceeds(connection, row.erp, now, terms.rate):
        return False
    return terms.breaker is None or lets_through(connection, row.erp, now, terms.breaker)


def _claimed(connection: Connection, claim: Claim) -> Row[Any]:
    row = posting_row(connection, claim.posting.id)
    if row.state != S.CLAIMED or row.token != claim.token:
        raise LeaseLost(reference=row.reference)
    return row


def _check_phase(connection: Connection, row: Row[Any], phase: Phase) -> None:
    old = Phase(row.phase)
    sends_twice = phase is Phase.SENT and old is not Phase.INTENT
    if sends_twice or PHASES.index(phase) < PHASES.index(old):
        raise MoveForbidden(reference=row.reference, state=old.value, to=phase.value)
    if phase is not Phase.SENT:
        return
    stopped = stop_reason(connection)
    if stopped is not None:
        raise StopOrdered(**stopped.params)
    newer, cancelled = waiting_status(connection, row), OrderStatus.CANCELLED
    if newer is not None and not (row.work == Work.CANCEL and newer is cancelled):
        raise OrderCancelled if newer is cancelled and row.work == Work.ENTER else OrderChanged


def _close(connection: Connection, row: Row[Any], step: Step, values: Mapping[str, object]) -> Row[Any]:
    ended = move(connection, row, step, {**values, "worker": None, "lease_until": None})
    facts = {"ended_at": step.at, "outcome": step.state, **reason_values(step.reason)}
    _note_attempt(connection, row.id, row.attempts, facts)
    return ended


def _note_attempt(connection: Connection, posting_id: int, number: int, facts: Mapping[str, object]) -> None:
    key = (attempts.c.posting_id == posting_id, attempts.c.number == number)
    connection.execute(update(attempts).where(*key).values(**facts))

"""Who works on a posting now, and how does that end? Every write is fenced by the token of the claim."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, insert, select, update

from bridge.errors import LeaseLost, MoveForbidden, Reason, SeatDied, StopOrdered
from bridge.model.documents import Document
from bridge.model.postings import CRASH_TABLE, Claim, Phase, Posting, PostingState, state_after_end
from bridge.ports import Clock
from bridge.store.databases import Database
from bridge.store.document_states import note_entered
from bridge.store.lives import MayLive
from bridge.store.outboxes import put_in
from bridge.store.postings import Step, change, move, posting_of, posting_row
from bridge.store.reasons import reason_values
from bridge.store.switches import stop_reason
from bridge.store.tables import attempts, postings
from bridge.store.takings import settle_revision

S = PostingState
ENTERED = "entered"
CLAIMABLE = frozenset({S.PENDING, S.IN_DOUBT})
HOPEFUL = frozenset({S.PENDING, S.FAILED, S.REJECTED, S.CANCELLED})
PHASES = list(CRASH_TABLE)


class Claims:
    """The part of the ledger that carries attempts."""

    _database: Database
    _clock: Clock
    _may_live: MayLive

    def claim(self, posting: Posting, worker: str, lease: timedelta) -> Claim | None:
        """Claim a pending or in-doubt posting; None where somebody else was faster."""
        now = self._clock.now()
        with self._database.writing() as connection:
            row = posting_row(connection, posting.id)
            if row.state not in CLAIMABLE:
                return None
            number = row.attempts + 1
            values = {"token": row.token + 1, "attempts": number, "worker": worker, "lease_until": now + lease}
            claimed = move(connection, row, Step(S.CLAIMED, worker, now, None, number), values)
            key = {"posting_id": row.id, "number": number}
            facts = {"revision": row.revision, "worker": worker, "started_at": now, "phase": row.phase}
            connection.execute(insert(attempts).values(**key, **facts))
            return Claim(posting_of(claimed), claimed.token, number, worker, now + lease)

    def beat(self, claim: Claim, lease: timedelta) -> Claim:
        """Extend the lease; the claim as it is now."""
        until = self._clock.now() + lease
        with self._database.writing() as connection:
            row = change(connection, _claimed(connection, claim), {"lease_until": until})
            return replace(claim, posting=posting_of(row), expires_at=until)

    def note_phase(self, claim: Claim, phase: Phase, document: str | None = None) -> None:
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
    ) -> Posting:
        """End the attempt by a move; the phase, and the document with it, are forgotten only where absence was proved.

        Only `end_posted` ends as posted. What was sent and is not forgotten ends in doubt or held.
        """
        if state is S.POSTED:
            raise MoveForbidden(reference=claim.posting.reference, state=S.CLAIMED.value, to=state.value)
        values: dict[str, object] = {}
        if state is S.IN_DOUBT:
            values["settle_after"] = settle_after
        if forget_phase:
            values |= forgotten()
        if refusal is not None:
            values["refusal"] = refusal
        return self._end(claim, Step(state, actor, self._clock.now(), reason, claim.attempt), values)

    def end_posted(self, claim: Claim, document: Document, actor: str) -> Posting:
        """End the attempt as posted; the write-back enters the outbox in the same transaction."""
        now = self._clock.now()
        done = forgotten() | {"document": document.number, "posted_at": now, "verified_at": now}
        return self._end(claim, Step(S.POSTED, actor, now, None, claim.attempt), done, document)

    def _end(self, claim: Claim, step: Step, values: Mapping[str, object], document: Document | None = None) -> Posting:
        with self._database.writing() as connection:
            row = _close(connection, _claimed(connection, claim), step, values)
            if document is not None:
                put_in(connection, row, ENTERED, step.at)
                note_entered(connection, row, document, step.at)
            return posting_of(settle_revision(connection, row, step.at))

    def lapsed(self) -> tuple[Posting, ...]:
        """Claimed postings whose lease has run out, or whose worker is known to be dead."""
        now, query = self._clock.now(), select(postings).where(postings.c.state == S.CLAIMED)
        with self._database.reading() as connection:
            claimed = connection.execute(query.order_by(postings.c.id))
            return tuple(posting_of(row) for row in claimed if self._has_lapsed(row, now))

    def _has_lapsed(self, row: Row[Any], now: datetime) -> bool:
        return bool(row.lease_until <= now) or not self._may_live(row.worker)

    def recover(self, posting: Posting, actor: str, settle_after: datetime | None) -> Posting:
        """Move a lapsed posting where the crash table says, fencing off its old holder.

        One that beats again, has ended, or is in a later attempt is left as it is and returned.
        """
        now = self._clock.now()
        with self._database.writing() as connection:
            row = posting_row(connection, posting.id)
            if row.state != S.CLAIMED or row.attempts != posting.attempts or not self._has_lapsed(row, now):
                return posting_of(row)
            state = state_after_end(Phase(row.phase))
            reason = SeatDied(erp=row.erp, why=row.worker).reason
            values: dict[str, object] = {"token": row.token + 1}
            if state is S.IN_DOUBT:
                values["settle_after"] = settle_after
            ended = _close(connection, row, Step(state, actor, now, reason, row.attempts), values)
            return posting_of(settle_revision(connection, ended, now))


def forgotten() -> dict[str, object]:
    """What is no longer said of a posting once it is known that the ERP does not hold it."""
    return {"phase": Phase.NONE, "document": None, "refusal": None, "settle_after": None}


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
    stopped = stop_reason(connection) if phase is Phase.SENT else None
    if stopped is not None:
        raise StopOrdered(**stopped.params)


def _close(connection: Connection, row: Row[Any], step: Step, values: Mapping[str, object]) -> Row[Any]:
    ended = move(connection, row, step, {**values, "worker": None, "lease_until": None})
    facts = {"ended_at": step.at, "outcome": step.state, **reason_values(step.reason)}
    _note_attempt(connection, row.id, row.attempts, facts)
    return ended


def _note_attempt(connection: Connection, posting_id: int, number: int, facts: Mapping[str, object]) -> None:
    key = (attempts.c.posting_id == posting_id, attempts.c.number == number)
    connection.execute(update(attempts).where(*key).values(**facts))

"""Where does a new revision put a posting, judged by where it stands and by what the ERP holds of it?"""

import json
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row

from bridge.errors import (
    BeforeCutOver,
    CancelledAfterPosting,
    ChangedAfterPosting,
    FoundDifferent,
    FoundSeveral,
    FoundVoid,
    HeldByPerson,
    LookAlike,
    NumberTwice,
    OrderCancelled,
    Reason,
    StoredDifferent,
    ToBeAmended,
    ToBeCancelled,
)
from bridge.model.orders import OrderStatus
from bridge.model.postings import PostingState, Work, may_move
from bridge.store.reasons import reason_of

S = PostingState
AFTER_POSTING = frozenset({ChangedAfterPosting.code, CancelledAfterPosting.code})
IN_ERP = frozenset({FoundDifferent.code, FoundSeveral.code})
FOR_A_PERSON = frozenset({HeldByPerson.code, LookAlike.code, NumberTwice.code, FoundVoid.code, *IN_ERP})
Procedures = Collection[str] | None  # what the bot can do with stored documents; None where nobody says


@dataclass(frozen=True)
class Target:
    """Where a posting goes, why, and what is then to be done in the ERP."""

    state: PostingState
    reason: Reason | None
    work: Work


def target_of(row: Row[Any], taken: Row[Any], procedures: Procedures) -> Target:
    """Where the revision puts the posting; what we know the ERP to hold is changed there, or waits for a person."""
    if row.posted_sequence is not None:
        return _target_of_change(row, taken, procedures)
    state, reason = _target_of_entry(row, taken)
    return Target(state, reason, Work.ENTER)


def _target_of_entry(row: Row[Any], taken: Row[Any]) -> tuple[PostingState, Reason | None]:
    state, entered, why = PostingState(row.state), _entered_as(row), row.reason_code
    if taken.status == OrderStatus.CANCELLED:
        gone = reason_of(taken) or OrderCancelled().reason
        return (S.CANCELLED, gone) if entered is None else (S.HELD, CancelledAfterPosting(document=entered).reason)
    if state is S.HELD and why in AFTER_POSTING:
        return S.HELD, ChangedAfterPosting(document=entered).reason
    if entered is not None or (state is S.HELD and why in FOR_A_PERSON):
        return state, reason_of(row)
    return PostingState(taken.state), reason_of(taken)


def _target_of_change(row: Row[Any], taken: Row[Any], procedures: Procedures) -> Target:
    state, entered, cancelled = PostingState(row.state), _entered_as(row), taken.status == OrderStatus.CANCELLED
    work = Work.CANCEL if cancelled else Work.AMEND
    if (state is S.POSTED and not cancelled and taken.revision == row.revision) or (
        state is S.CANCELLED and cancelled  # a person made it so: the ERP was left to them
    ):
        return Target(state, reason_of(row), work)
    possible = procedures is None or work in procedures
    if _is_for_a_person(row):
        by_hand = cancelled and (row.reason_code in IN_ERP or not possible)
        return Target(state, CancelledAfterPosting(document=entered).reason if by_hand else reason_of(row), work)
    if cancelled:
        due, by_hand_too = ToBeCancelled(document=entered), CancelledAfterPosting(document=entered)
        return Target(S.PENDING, due.reason, work) if possible else Target(S.HELD, by_hand_too.reason, work)
    judged, reason = PostingState(taken.state), reason_of(taken)
    if not possible or judged is S.CANCELLED:
        return Target(S.HELD, ChangedAfterPosting(document=entered).reason, work)
    if judged is S.PENDING or taken.reason_code == BeforeCutOver.code:  # it was released once, and is ours
        return Target(S.PENDING, ToBeAmended(document=entered).reason, work)
    return Target(judged, reason, work)


def _is_for_a_person(row: Row[Any]) -> bool:
    return row.state == S.HELD and row.reason_code in FOR_A_PERSON | {StoredDifferent.code}


def _entered_as(row: Row[Any]) -> str | None:
    """The document or documents that the ERP holds of the order, as far as is known."""
    if row.state == S.CANCELLED and row.posted_sequence is None:
        return None
    if row.state == S.HELD and row.reason_code in IN_ERP | AFTER_POSTING:
        params = json.loads(row.reason_params)
        return str(params.get("document") or params.get("documents"))
    return str(row.document) if row.document is not None else None


def way_to(row: Row[Any], target: Target) -> list[tuple[PostingState, Reason | None]]:
    """The moves to the target; a state that stays, stays, unless there is another reason for it now."""
    old, new, reason = PostingState(row.state), target.state, target.reason
    if old is new and (new in (S.PENDING, S.POSTED, S.CANCELLED) or reason == reason_of(row)):
        return []
    if may_move(old, new):
        return [(new, reason)]
    return [(S.PENDING, None), (new, reason)]

"""How is one task carried? A place is taken, the posting claimed as that attempt, and the nine steps are gone."""

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import datetime

from bridge.engine.duties import Duty
from bridge.engine.hearts import Heart
from bridge.engine.loads import Load
from bridge.engine.places import Means, Place
from bridge.engine.pools import Pool
from bridge.entry import Desk, carry, settle_moment
from bridge.errors import (
    BridgeError,
    BrowserGone,
    BrowserMissing,
    BrowserWindowless,
    InvalidConfig,
    LeaseLost,
    LedgerDown,
    LicencesUsed,
    NoSeatFree,
    Reason,
    SeatDied,
    SeatTaken,
    SecretMissing,
    SignOnBarred,
    SignOnRefused,
    StopOrdered,
    StorageFull,
    Unexpected,
)
from bridge.log import logger
from bridge.model.guards import is_outage
from bridge.model.postings import Claim, Phase, Posting, PostingState, Terms
from bridge.ports import Circuits, Task

PAUSE = 2.0
OURS = (  # no fault of the ERP's
    BrowserGone,
    BrowserMissing,
    BrowserWindowless,
    InvalidConfig,
    LedgerDown,
    LicencesUsed,
    SeatDied,
    SeatTaken,
    SecretMissing,
    SignOnBarred,
    SignOnRefused,
    StopOrdered,
    StorageFull,
)
OF_ONE_USER = (LicencesUsed, SeatTaken, SecretMissing, SignOnBarred, SignOnRefused)  # others can go on
Told = Callable[[Posting], None]


def bound_to(posting: Posting) -> str | None:
    """The ERP user whose sign-on ends the session that may still send what was sent before; None for any user."""
    return posting.user if posting.phase is Phase.SENT or posting.left_alone else None


def _reason_of(error: BaseException) -> Reason:
    known = error if isinstance(error, BridgeError) else Unexpected(what=f"{type(error).__name__}: {error}")
    return known.reason


class Carrying:
    """Carries tasks of the ERPs whose pools it is given; may be called by many threads."""

    def __init__(
        self,
        means: Means,
        duties: Mapping[str, Duty],
        *,
        pools: Mapping[str, Pool],
        heart: Heart,
        circuits: Circuits,
        load: Load,
        told: Told,
    ) -> None:
        self.means = means
        self.duties = duties
        self.pools = pools
        self.heart = heart
        self.circuits = circuits
        self.load = load
        self.told = told
        self.orphans: list[tuple[Claim, Reason]] = []

    def carry(self, task: Task) -> None:
        """Carry one attempt, if it is still wanted; whatever happens, the engine goes on."""
        duty, user = self.duties[task.erp], None
        self.load.begin(task)
        try:
            posting = self.means.ledger.posting(task.posting_id)
            if posting.attempts + 1 != task.attempt:
                return
            user = bound_to(posting)
            with self.pools[task.erp].borrowed(user) as place:
                self._carry_at(place, duty, posting, task)
        except BridgeError as error:
            self._stumbled(duty, task, user, error)
        except Exception as error:  # noqa: BLE001 - one attempt that breaks must not break the engine
            logger.opt(exception=error).debug("carry")
            logger.error("{} broke: {}: {}", task.id, type(error).__name__, error)
            self.load.put_off(task.posting_id, PAUSE)
        finally:
            self.load.drop(task.id)

    def _carry_at(self, place: Place, duty: Duty, posting: Posting, task: Task) -> None:
        desk = place.desk()
        wait = self._still_young(place, duty, posting, settle_moment(desk, posting))
        if wait > 0:
            self.load.put_off(posting.id, wait)
            return
        terms = Terms(place.user, task.attempt, duty.rate, duty.breaker)
        claim = self.means.ledger.claim(posting, desk.worker, duty.lease, terms)
        if claim is None:
            self.load.put_off(posting.id, PAUSE)
            return
        with logger.contextualize(order=posting.reference):
            self._carry_claimed(place, duty, claim)

    def _carry_claimed(self, place: Place, duty: Duty, claim: Claim) -> None:
        ledger, what = self.means.ledger, claim.posting.reference
        try:
            with self.heart.keeping(what, lambda: ledger.beat(claim, duty.lease), place.kill):
                ended = carry(self._around(place.desk(), claim), claim)
        except LeaseLost as error:
            place.end()
            logger.warning("{}", error)
            return
        except BaseException as error:
            place.end()
            self.orphans.append((claim, _reason_of(error)))
            raise
        self._tell(duty, ended)

    def _around(self, desk: Desk, claim: Claim) -> Desk:
        """What stands between an attempt and its desk stands before a renewed one too."""
        put, renewed = self.means.around, desk.renewed
        anew = None if renewed is None else lambda: put(renewed(), claim)
        return replace(put(desk, claim), renewed=anew)

    def _tell(self, duty: Duty, ended: Posting) -> None:
        logger.info("{} is {} ({})", ended.reference, ended.state, ended.reason.worded() if ended.reason else "")
        if ended.state is not PostingState.PENDING:
            self.load.ended[ended.state.value] += 1
        elif ended.reason is not None and is_outage(ended.reason):
            self.load.leave_alone(duty.erp, ended.reason, PAUSE)
        self.told(ended)

    def _still_young(self, place: Place, duty: Duty, posting: Posting, moment: datetime | None) -> float:
        """How many seconds the session at that place must still age before what is in doubt may be settled there."""
        lag = duty.profile.lags.declared
        if posting.phase is not Phase.SENT or lag is None or moment is None:
            return 0.0
        by_clock = (moment - self.means.clock.now()).total_seconds()
        return max(by_clock, (lag - place.signed_on_for()).total_seconds()) + (0.01 if by_clock > 0 else 0.0)

    def _stumbled(self, duty: Duty, task: Task, user: str | None, error: BridgeError) -> None:
        """It did not even come to a claim: no seat, no sign-on, no ledger."""
        logger.info("{}: {}", task.id, error)
        self.load.put_off(task.posting_id, PAUSE)
        if isinstance(error, NoSeatFree | LeaseLost):
            return
        if user is not None and isinstance(error, OF_ONE_USER):
            self.load.do_without(duty.erp, user, error.reason, PAUSE)
            return
        self.load.leave_alone(duty.erp, error.reason, PAUSE)
        if not isinstance(error, OURS):
            with suppress(BridgeError):
                self.circuits.note(duty.erp, error.reason, duty.breaker)

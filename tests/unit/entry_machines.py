"""How do several workers at several hosts come between each other? Each attempt can stand still, go on, or die."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta

from bridge.chaos.weaknesses import Weaken
from bridge.entry import Desk, carry, settle_moment
from bridge.errors import BridgeError, LeaseLost, Reason, SeatDied, SeatTaken
from bridge.model.orders import Order, OrderStatus
from bridge.model.postings import Claim, Phase, Posting, PostingState, Terms
from bridge.ports import SeatLease
from bridge.store.seat_leases import LEASE as SEAT_LEASE
from tests.fake_bots import FakeBot
from tests.samples import document_of_hand, order
from tests.troubles import Died
from tests.unit.entry_walks import Counting, Place, SetClock, Walk, Watched
from tests.unit.entry_worlds import CONTROL, CUT_OVER, LEASE, World

S = PostingState
BEAT = SEAT_LEASE / 2
MOST_TURNS = 80


@dataclass
class Yard(World):
    """A world with several places at one ledger; `weaken` takes away what keeps a promise."""

    weaken: Weaken | None = None
    places: dict[str, Place] = field(default_factory=dict)
    known_cancelled: set[str] = field(default_factory=set)
    broken: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__post_init__()
        assert isinstance(self.clock, SetClock)
        self.skew = self.clock
        self.erp: Counting = Counting(self.profile, self.clock.real)
        self.erp.put(document_of_hand(order(0, customer="C1002", po_number="PO CONTROL"), CONTROL))
        self.watched = Watched(self.store.ledger, self.known_cancelled, self.broken)
        for number in (1, 2, 3):
            worker = f"host-{(number + 1) // 2}/{number}"
            self.places[worker] = Place(worker, f"BOT{number}")

    # --- work ---------------------------------------------------------------------------------------------------------

    def begin(self, place: Place, posting: Posting, accidents: dict[int, str]) -> bool:
        """Claim and carry it there, until it ends or an accident has it stand still; whether it was claimed."""
        if place.is_at_work or posting.state not in (S.PENDING, S.IN_DOUBT) or not self._is_due(posting):
            return False
        bot = self._seated(place, posting)
        if bot is None or not self._is_old_enough(place, posting):
            return False
        terms = Terms(user=bot.user, attempt=posting.attempts + 1)
        claim = self.store.ledger.claim(posting, place.worker, LEASE, terms)
        if claim is None:
            return False
        walk = Walk(lambda: carry(self._weakened(place, claim), claim))
        for moments, kind in accidents.items():
            place.fate.strike_after(moments, lambda kind=kind: self._accident(place, walk, kind))  # type: ignore[misc]
        place.walk, place.claim, place.order_id = walk, claim, posting.order_id
        walk.start()
        self._tidied(place)
        return True

    def go_on(self, place: Place, *, killed: bool = False) -> None:
        """Let the attempt that stands still there go on, or die."""
        if place.is_at_work and place.walk is not None:
            place.walk.go_on(killed=killed)
            self._tidied(place)

    def pass_time(self, seconds: float, *, beating: bool) -> None:
        """Time passes; with or without the heartbeats of all who are alive."""
        left = timedelta(seconds=seconds)
        while left > timedelta():
            step = min(left, BEAT) if beating else left
            self.clock.wait(step.total_seconds())
            left -= step
            if beating:
                for place in self.places.values():
                    self._beat(place)

    def sweep(self) -> None:
        """Move what has lapsed where the table says."""
        lag = self.profile.lags.declared
        for posting in self.store.ledger.lapsed(self.profile.name):
            after = None if lag is None else self.clock.now() + lag
            self.store.ledger.recover(posting, "sweep", after, self.most_attempts)

    def rest(self) -> None:
        """Let everybody go on, and work until nothing is due any more."""
        for place in self.places.values():
            while place.is_at_work:
                self.go_on(place)
            if place.lease is not None and place.lease.user != place.user:
                self._leave(place, place.lease)
        for _ in range(MOST_TURNS):
            self.sweep()
            worked = [self._worked_at(place) for place in self.places.values()]
            if not any(worked) and self._is_done():
                return
            self.pass_time(15 if any(worked) else self._until_next(), beating=True)
        message = f"it never came to rest: {self.postings()}"
        raise AssertionError(message)

    def _until_next(self) -> float:
        """Seconds until something that rests is due again: a document that is locked is waited for some 20 minutes."""
        resting = self.postings(S.PENDING, S.IN_DOUBT)
        ends = [posting.not_before - self.clock.now() for posting in resting if posting.not_before]
        return max(15.0, min(ends, default=timedelta()).total_seconds())

    def _worked_at(self, place: Place) -> bool:
        place.fate.soon.clear()
        mine = [each for each in self.postings(S.PENDING, S.IN_DOUBT) if _user_of(each, place) == place.user]
        return any(self.begin(place, posting, {}) for posting in mine)

    def _is_done(self) -> bool:
        return not self.postings(S.PENDING, S.IN_DOUBT, S.CLAIMED)

    # --- seats --------------------------------------------------------------------------------------------------------

    def _seated(self, place: Place, posting: Posting) -> FakeBot | None:
        """The bot as the right user; None where that user is signed on elsewhere."""
        user = _user_of(posting, place)
        if not self._holds_seat(place, user):
            place.end()
            try:
                place.lease = self.store.seats.take(self.profile.name, user, place.worker)
            except SeatTaken:
                place.lease = None
                return None
        if place.bot is None or place.bot.ended:
            place.bot = FakeBot(place.fate.over(self.erp, "erp"), user)
            place.bot.sign_on()
            place.since = self.clock.elapsed()
        return place.bot

    def _holds_seat(self, place: Place, user: str) -> bool:
        if place.lease is None:
            return False
        if place.lease.user != user:
            self._leave(place, place.lease)
            return False
        try:
            self.store.seats.beat(place.lease)
        except LeaseLost:
            return False
        return True

    def _leave(self, place: Place, lease: SeatLease) -> None:
        place.end()
        place.lease = None
        self.store.seats.leave(lease)

    def _is_due(self, posting: Posting) -> bool:
        rests = posting.not_before is not None and posting.not_before > self.clock.now()
        early = posting.settle_after is not None and posting.settle_after > self.clock.now()
        return not rests and not (posting.state is S.IN_DOUBT and early)

    def _is_old_enough(self, place: Place, posting: Posting) -> bool:
        lag = self.profile.lags.declared
        if posting.phase is not Phase.SENT or lag is None:
            return True
        moment = settle_moment(self._desk(place), posting)
        return moment is not None and moment <= self.clock.now() and self._age(place) >= lag

    def _age(self, place: Place) -> timedelta:
        return timedelta(seconds=self.clock.elapsed() - place.since)

    def _desk(self, place: Place) -> Desk:
        bot, fate = place.bot, place.fate
        assert bot is not None
        assert bot.signed_on_at is not None
        return Desk(
            ledger=fate.over(self.watched, "ledger"),
            crm=fate.over(self.crm, "crm"),
            bot=fate.over(bot, "bot"),
            profile=self.profile,
            evidence=fate.over(self.evidence, "evidence"),
            clock=self.clock,
            worker=place.worker,
            end_seat=bot.end,
            signed_on_at=bot.signed_on_at,
            cut_over=CUT_OVER,
            lease=LEASE,
            most_attempts=self.most_attempts,
            control_reference=self.control_reference,
            signed_on_for=lambda: self._age(place),
        )

    def _weakened(self, place: Place, claim: Claim) -> Desk:
        desk = self._desk(place)
        return desk if self.weaken is None else self.weaken(desk, claim)

    # --- accidents ----------------------------------------------------------------------------------------------------

    def _accident(self, place: Place, walk: Walk, kind: str) -> None:
        match kind:
            case "pause":
                walk.pause()
            case "death":
                raise Died
            case "seat death":
                place.end()
                raise SeatDied(erp=self.profile.name, why="it was killed")
            case _:
                raise BridgeError

    def _beat(self, place: Place) -> None:
        """What the heart of that process does; who cannot beat stops its own hands."""
        try:
            if place.lease is not None:
                self.store.seats.beat(place.lease)
            if place.is_at_work and place.claim is not None:
                self.store.ledger.beat(place.claim, LEASE)
        except LeaseLost:
            place.end()

    def _tidied(self, place: Place) -> None:
        """What the process does after an attempt, or what its death leaves behind."""
        walk, claim = place.walk, place.claim
        if walk is None or claim is None or not walk.ended:
            return
        place.fate.soon.clear()
        place.walk = place.claim = None
        if walk.error is None:
            return
        place.end()
        if isinstance(walk.error, Died):
            place.lease = None
        elif isinstance(walk.error, BridgeError):
            if not isinstance(walk.error, LeaseLost):
                self.store.ledger.release(claim)
        else:
            raise walk.error

    # --- what people do and see ---------------------------------------------------------------------------------------

    def take(self, wanted: Order) -> Posting:
        """The job reads the order, under the same watch."""
        now = self.crm.order(wanted.id)
        assert now is not None
        posting = super().take(wanted)
        (self.known_cancelled.add if now.status is OrderStatus.CANCELLED else self.known_cancelled.discard)(now.id)
        return posting

    def end_sessions(self, posting: Posting) -> None:
        """A person signs on as the user who sent it, which ends what still lives of that."""
        if posting.user is not None:
            self.erp.sign_on(posting.user)

    def skip(self, posting: Posting, why: Reason) -> None:
        """A person gives the order up."""
        self.store.ledger.move(self.now(posting), S.CANCELLED, "person:li", why)

    def tokens(self) -> dict[int, int]:
        """The token of every posting."""
        with self.store.database.reading() as connection:
            query = f"SELECT id, token FROM postings WHERE erp = '{self.profile.name}'"
            return {row[0]: row[1] for row in connection.exec_driver_sql(query)}

    def numbers(self, wanted: Order) -> Iterator[str]:
        """The numbers of its live documents."""
        return (document.number for document in self.live(wanted))


def _user_of(posting: Posting, place: Place) -> str:
    """As whom the place works on it: what is in doubt as the user who sent it, so that the old session ends."""
    return posting.user if posting.phase is Phase.SENT and posting.user else place.user

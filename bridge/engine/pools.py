"""Which place is free for the next order? All places of one ERP on this host, never more than its seats."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from bridge.engine.duties import Duty
from bridge.engine.hearts import Heart, Kept
from bridge.engine.places import Means, Place
from bridge.errors import BridgeError, LicencesUsed, NoSeatFree, SeatTaken, SignOnBarred
from bridge.locale import Phrase


class Pool:
    """The places of one ERP that this process holds; may be used by any thread.

    The places of `wanted` users are kept for those who ask for them by name.
    """

    def __init__(self, duty: Duty, means: Means, heart: Heart) -> None:
        self.duty = duty
        self.means = means
        self.heart = heart
        self.wanted: frozenset[str] = frozenset()
        self._free: list[Place] = []
        self._busy: list[Place] = []
        self._leaving: list[Place] = []
        self._refused: dict[str, str] = {}
        self._changed = threading.Condition()

    @contextmanager
    def borrowed(self, user: str | None = None, patience: float = 0.0) -> Iterator[Place]:
        """A place while inside, of that user where one is named.

        Raises SeatTaken, LicencesUsed, SignOnBarred or NoSeatFree where there is none within so many seconds.
        """
        place = self.take(user, patience)
        try:
            yield place
        finally:
            self.give_back(place)

    def take(self, user: str | None = None, patience: float = 0.0) -> Place:
        """A free place; a warm one rather than one that must sign on."""
        deadline = self.means.clock.elapsed() + patience
        while True:
            try:
                return self._taken(user)
            except (SeatTaken, LicencesUsed, NoSeatFree):
                if self._see_off():
                    continue  # a licence or a seat may be free now
                left = deadline - self.means.clock.elapsed()
                if left <= 0:
                    raise
                with self._changed:
                    self._changed.wait(min(left, 1.0))
            finally:
                self._see_off()

    def _taken(self, user: str | None) -> Place:
        with self._changed:
            place = self._found(user)
            self._busy.append(place)
            return place

    def _found(self, user: str | None) -> Place:
        self._drop_lost()
        kept = self.wanted if user is None else frozenset()
        spare = [place for place in self._free if place.user not in kept]
        for place in reversed(spare):
            if user in (None, place.user):
                self._free.remove(place)
                return place
        if any(place.user == user for place in self._busy):
            raise NoSeatFree(erp=self.duty.erp, why=Phrase("{user} is at work", user=user))
        return self._new([user] if user is not None else [each for each in self.duty.users if each not in kept], spare)

    def _new(self, users: list[str], spare: list[Place]) -> Place:
        """A place of one of the users; an idle one goes where it is in the way, once one of them is to be had."""
        full = len(self._free) + len(self._busy) >= self.duty.seats
        if full and not spare:
            raise NoSeatFree(erp=self.duty.erp, why=Phrase("all are at work"))
        try:
            place = self._leased(users)
        except LicencesUsed:
            if spare:
                self._give_up(spare[0])
            raise
        if full:
            self._give_up(spare[0])
        return place

    def _leased(self, users: list[str]) -> Place:
        """A place of the first user whom nobody works as; raises what kept us from the last one."""
        refused: BridgeError | None = None
        mine = {place.user for place in (*self._free, *self._busy)}
        for user in users:
            if user in mine:
                continue
            try:
                return self._begun(user)
            except (SeatTaken, SignOnBarred) as error:
                refused = error
        if refused is None or mine.intersection(users):
            raise NoSeatFree(erp=self.duty.erp, why=Phrase("every user of ours is at work"))
        raise refused

    def _begun(self, user: str) -> Place:
        duty, means = self.duty, self.means
        self._require_not_barred(user)
        place = Place(duty, means, means.leases.take(duty.erp, user, means.worker, duty.licences), self.bar)
        try:
            self._require_not_barred(user)  # whoever held the seat until now may have been refused
        except BaseException:
            means.leases.leave(place.lease)
            raise
        what = f"seat {user} of {duty.erp}"
        place.kept = Kept(what, place.beat, place.forfeit, means.clock.elapsed())
        self.heart.begin(place.kept)
        return place

    def _is_refused(self, place: Place) -> bool:
        """Whether the ERP has just refused the sign-on at this place, so that nobody need keep it."""
        try:
            return place.current is None and self._is_barred(place.user)
        except BridgeError:
            return place.user in self._refused

    def bar(self, user: str, text: str) -> None:
        """Let nobody sign on as that user; where the ledger cannot take that now, nobody does so here at least."""
        self._refused[user] = text
        self.means.switches.bar(self.duty.erp, user, text)
        self._refused.pop(user, None)

    def _is_barred(self, user: str) -> bool:
        if user in self._refused:
            self.bar(user, self._refused[user])
        return self.means.switches.barred(self.duty.erp, user) is not None

    def _require_not_barred(self, user: str) -> None:
        if self._is_barred(user):
            raise SignOnBarred(user=user, erp=self.duty.erp)

    def give_back(self, place: Place) -> None:
        """The place is free for the next order."""
        place.rest()
        refused = self._is_refused(place)
        with self._changed:
            self._busy.remove(place)
            self._free.append(place)
            place.lost = place.lost or refused
            self._drop_lost()
            self._changed.notify_all()
        self._see_off()

    def is_busy(self, user: str) -> bool:
        """Whether that user is at work on this host now."""
        with self._changed:
            return any(place.user == user for place in self._busy)

    def rest_idle(self) -> None:
        """Sign off what has been idle for long, so that a licence is not kept for nothing."""
        now = self.means.clock.elapsed()
        with self._changed:
            for place in [each for each in self._free if now - each.used > self.duty.renewal.idle]:
                self._give_up(place)
        self._see_off()

    def kill(self) -> None:
        """Kill every seat; whoever waits for one is told that it died."""
        for place in (*self._free, *self._busy):
            place.kill()

    def close(self) -> None:
        """Sign off everywhere and give up the places."""
        with self._changed:
            for place in list(self._free):
                self._give_up(place)
        self._see_off()

    def _drop_lost(self) -> None:
        for place in [each for each in self._free if each.lost]:
            self._give_up(place)

    def _give_up(self, place: Place) -> None:
        """It is nobody's any more, once `_see_off` has signed it off: that takes time, and others must not wait."""
        self._free.remove(place)
        self._leaving.append(place)

    def _see_off(self) -> bool:
        """Leave what was given up; whether there was anything."""
        with self._changed:
            leaving, self._leaving = self._leaving, []
        for place in leaving:
            self._leave(place)
        return bool(leaving)

    def _leave(self, place: Place) -> None:
        place.end() if place.lost else place.close()
        if place.kept is not None:
            self.heart.leave(place.kept)
        try:
            self.means.leases.leave(place.lease)
        except BridgeError:
            return  # a lease that nobody renews ends by itself

"""Who keeps leases alive while seats type for minutes, and stops our own hands before anybody else takes over?

A lease is renewed every third of it. Where it could not be renewed for two thirds, its hands are ended: others may take
over only after the whole. A thread of its own watches that, since a cut line can keep the one that renews waiting.
"""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta

from bridge.errors import BridgeError, LeaseLost
from bridge.log import logger

Act = Callable[[], object]


@dataclass
class Kept:
    """One lease: how it is renewed, what ends the hands that rely on it, and when it was last renewed."""

    what: str
    beat: Act
    lost: Act
    beaten: float
    silent: bool = False


class Heart:
    """Keeps leases of one length; `elapsed` counts seconds whatever is done to the machine's clock."""

    def __init__(self, lease: timedelta, elapsed: Callable[[], float]) -> None:
        self.seconds = lease.total_seconds()
        self._elapsed = elapsed
        self._kept: list[Kept] = []
        self._lock = threading.RLock()
        self._ended = threading.Event()
        self._threads: list[threading.Thread] = []

    @contextmanager
    def keeping(self, what: str, beat: Act, lost: Act) -> Iterator[None]:
        """Renew while inside; `lost` is called, from another thread, where the lease is gone or may soon be."""
        kept = Kept(what, beat, lost, self._elapsed())
        self.begin(kept)
        try:
            yield
        finally:
            self.leave(kept)

    def begin(self, kept: Kept) -> None:
        """Renew from now on."""
        with self._lock:
            self._kept.append(kept)
            if not self._threads:
                self._start()

    def leave(self, kept: Kept) -> None:
        """Renew no more."""
        with self._lock:
            if kept in self._kept:
                self._kept.remove(kept)

    def close(self) -> None:
        """End the threads; what is still kept is renewed no more."""
        self._ended.set()
        for thread in self._threads:
            if thread is not threading.current_thread():
                thread.join(self.seconds)

    def _start(self) -> None:
        for name, act, every in (("heart", self.beat, 1 / 3), ("watchdog", self.watch, 1 / 15)):
            self._threads.append(threading.Thread(target=self._again, args=(act, every), name=name, daemon=True))
            self._threads[-1].start()

    def _again(self, act: Act, part: float) -> None:
        while not self._ended.wait(self.seconds * part):
            act()

    def beat(self) -> None:
        """Renew all leases once."""
        for kept in self._now():
            begun = self._elapsed()
            try:
                kept.beat()
            except LeaseLost as error:
                if self._end(kept, for_good=True):
                    logger.warning("{}: {}", kept.what, error)
            except BridgeError as error:
                logger.warning("The lease of {} could not be renewed: {}", kept.what, error)
            except Exception as error:  # noqa: BLE001 - one lease that cannot be renewed must not keep the others waiting
                logger.warning("The lease of {} could not be renewed: {}: {}", kept.what, type(error).__name__, error)
            else:
                kept.beaten, kept.silent = begun, False

    def watch(self) -> None:
        """End the hands of every lease that was not renewed for too long."""
        for kept in self._now():
            if not kept.silent and self._elapsed() - kept.beaten > self.seconds * 2 / 3:
                kept.silent = True
                if self._end(kept):
                    logger.warning("{} could not be renewed for too long, so its hands are stopped", kept.what)

    def _now(self) -> tuple[Kept, ...]:
        with self._lock:
            return tuple(self._kept)

    def _end(self, kept: Kept, *, for_good: bool = False) -> bool:
        """End its hands, unless the lease was given up meanwhile: they may be at other work by now."""
        with self._lock:
            if kept not in self._kept:
                return False
            if for_good:
                self._kept.remove(kept)
            self._lose(kept)
            return True

    def _lose(self, kept: Kept) -> None:
        try:
            kept.lost()
        except Exception as error:  # noqa: BLE001 - the other hands must be stopped as well
            logger.warning("{} could not be stopped: {}: {}", kept.what, type(error).__name__, error)

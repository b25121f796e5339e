"""Who keeps a claim alive while a seat types for minutes? A thread of its own, so that nothing slow can starve it."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from bridge.errors import BridgeError
from bridge.log import logger
from bridge.model.postings import Claim
from bridge.ports import Ledger


@contextmanager
def beating(ledger: Ledger, claim: Claim, lease: timedelta) -> Iterator[None]:
    """Extend the claim's lease every third of it, while inside; a lost lease is seen by the next ledger move."""
    left = threading.Event()
    thread = threading.Thread(target=_beat, args=(ledger, claim, lease, left), name="heartbeat", daemon=True)
    thread.start()
    try:
        yield
    finally:
        left.set()
        thread.join()


def _beat(ledger: Ledger, claim: Claim, lease: timedelta, left: threading.Event) -> None:
    while not left.wait(lease.total_seconds() / 3):
        try:
            ledger.beat(claim, lease)
        except BridgeError as error:
            logger.warning("The lease of {} could not be extended: {}", claim.posting.reference, error)

"""How is a process killed at an exact step? It makes the step durable, says so, and stands still until it is killed."""

import sys
import threading
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

from bridge.app import App
from bridge.model.documents import Document
from bridge.model.postings import Claim, Phase, Posting, Terms
from bridge.model.read_backs import FilledForm
from bridge.ports import Clock
from bridge.scheduler import run_job
from bridge.settings import load_settings
from bridge.store.databases import Database
from bridge.store.ledgers import SqlLedger
from tests.chaos.later_clocks import LaterClock

CLAIMED, POSTED = "claimed", "posted"


class StandingLedger(SqlLedger):
    """The ledger, but whoever brings this order to that step never comes back from it."""

    def __init__(self, database: Database, clock: Clock, number: str, step: str) -> None:
        super().__init__(database, clock)
        self.number = number
        self.step = step

    def claim(self, posting: Posting, worker: str, lease: timedelta, terms: Terms | None = None) -> Claim | None:
        """Claim, then maybe stand."""
        claim = super().claim(posting, worker, lease, terms)
        self._stand(posting, CLAIMED)
        return claim

    def note_phase(
        self, claim: Claim, phase: Phase, document: str | None = None, read: Sequence[FilledForm | Document] = ()
    ) -> None:
        """Note, then maybe stand."""
        super().note_phase(claim, phase, document, read)
        self._stand(claim.posting, phase.value)

    def end_posted(self, claim: Claim, document: Document, actor: str) -> Posting:
        """End, then maybe stand."""
        ended = super().end_posted(claim, document, actor)
        self._stand(claim.posting, POSTED)
        return ended

    def _stand(self, posting: Posting, step: str) -> None:
        if (posting.order_number, step) == (self.number, self.step):
            sys.stdout.write(step + "\n")
            sys.stdout.flush()
            threading.Event().wait()


def main(config: str, number: str, step: str, later: str) -> None:
    """Post with such a ledger, `later` hours from now."""
    app = App(load_settings(Path(config)), clock=LaterClock(timedelta(hours=float(later))))
    ledger = StandingLedger(app.store.database, app.clock, number, step)
    held: dict[str, Any] = app.__dict__
    held["store"] = replace(app.store, ledger=ledger)
    run_job(app, "post_orders")


if __name__ == "__main__":
    main(*sys.argv[1:])

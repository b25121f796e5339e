"""What does a bridge see whose disk is full? Writes of the ledger or of the evidence that find no space."""

import errno
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from sqlalchemy import Connection

from bridge.app import App
from bridge.errors import StorageFull
from bridge.model.documents import Document
from bridge.model.postings import Claim, Phase, Posting
from bridge.model.read_backs import FilledForm
from bridge.ports import Clock
from bridge.store.cross_references import SqlCrossReferences
from bridge.store.databases import Database
from bridge.store.document_states import SqlDocumentStates
from bridge.store.evidence.disks import Disk
from bridge.store.evidence.folders import FolderEvidence
from bridge.store.ledgers import SqlCursors, SqlLedger, Store
from bridge.store.outboxes import SqlOutbox
from bridge.store.runs import SqlRuns
from bridge.store.seat_leases import SqlSeatLeases
from bridge.store.switches import SqlSwitches

POSTED = "posted"


class FillingDatabase(Database):
    """A ledger's database on a disk that may be full."""

    full = False

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """Write, where there is space."""
        if self.full:
            raise StorageFull(what=self.name)
        with super().writing() as connection:
            yield connection


class FillingLedger(SqlLedger):
    """A ledger whose disk is full from the moment on when this order comes to that step."""

    def __init__(self, database: FillingDatabase, clock: Clock) -> None:
        super().__init__(database, clock)
        self.disk = database
        self.number = ""
        self.step = ""

    def note_phase(
        self, claim: Claim, phase: Phase, document: str | None = None, read: Sequence[FilledForm | Document] = ()
    ) -> None:
        """Note, if there is space."""
        self._fill(claim, phase.value)
        super().note_phase(claim, phase, document, read)

    def end_posted(self, claim: Claim, document: Document, actor: str) -> Posting:
        """End, if there is space."""
        self._fill(claim, POSTED)
        return super().end_posted(claim, document, actor)

    def _fill(self, claim: Claim, step: str) -> None:
        if (claim.posting.order_number, step) == (self.number, self.step):
            self.disk.full = True


def with_filling_ledger(app: App) -> FillingLedger:
    """Give the app, before it opened its own, a ledger that can be filled."""
    app.store.close()
    database = FillingDatabase(app.settings.ledger_url)
    ledger = FillingLedger(database, app.clock)
    opened: Store = replace(
        app.store,
        ledger=ledger,
        cursors=SqlCursors(database, app.clock),
        outbox=SqlOutbox(database, app.clock),
        seats=SqlSeatLeases(database, app.clock),
        runs=SqlRuns(database, app.clock),
        documents=SqlDocumentStates(database),
        cross_references=SqlCrossReferences(database),
        switches=SqlSwitches(database, app.clock),
        database=database,
    )
    app.__dict__["store"] = opened
    return ledger


class FillingDisk(Disk):
    """A disk for evidence on which no picture of that step finds space."""

    step = ""

    def keep(self, path: Path, content: bytes) -> None:
        """Keep, if there is space."""
        if self.step and self.step in path.name:
            fault = OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            raise StorageFull(what=str(path)) from fault
        super().keep(path, content)


def with_filling_evidence(app: App) -> FillingDisk:
    """Give the app evidence on such a disk."""
    disk = FillingDisk()
    app.__dict__["evidence"] = FolderEvidence(app.evidence_folder, app.clock, disk)
    return disk

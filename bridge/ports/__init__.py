"""The promises between the rooms: what each part gives, in the words of the field, whoever keeps it."""

from bridge.ports.circuits import Circuits
from bridge.ports.clocks import Clock
from bridge.ports.crms import CrmReader, CrmRest, CrmWriter, OrderPage, WriteBack
from bridge.ports.document_readings import DocumentReading, DocumentReadings
from bridge.ports.document_states import DocumentStates, KnownDocument, UnfinishedDocument
from bridge.ports.engines import Engine, Task, TaskRecord
from bridge.ports.erps import Answer, ErpBot, Leave, LocatorHit, Picture, Rectangle, Search
from bridge.ports.evidence import EvidenceStore, Packet, Purged
from bridge.ports.ledgers import Backlog, Cursors, Ledger, Taken, TakingPage
from bridge.ports.masters import CrossReferenceTable
from bridge.ports.outboxes import Outbox
from bridge.ports.runs import RunRecord, RunRecords
from bridge.ports.screens import ScreenDriver
from bridge.ports.seat_findings import SeatFinding
from bridge.ports.seats import HostRecord, Hosts, SeatHealth, SeatLease, SeatLeases, SeatPlan, SeatRecord
from bridge.ports.statements import Annotations, Statements
from bridge.ports.switches import Switches

__all__ = [
    "Annotations",
    "Answer",
    "Backlog",
    "Circuits",
    "Clock",
    "CrmReader",
    "CrmRest",
    "CrmWriter",
    "CrossReferenceTable",
    "Cursors",
    "DocumentReading",
    "DocumentReadings",
    "DocumentStates",
    "Engine",
    "ErpBot",
    "EvidenceStore",
    "HostRecord",
    "Hosts",
    "KnownDocument",
    "Leave",
    "Ledger",
    "LocatorHit",
    "OrderPage",
    "Outbox",
    "Packet",
    "Picture",
    "Purged",
    "Rectangle",
    "RunRecord",
    "RunRecords",
    "ScreenDriver",
    "Search",
    "SeatFinding",
    "SeatHealth",
    "SeatLease",
    "SeatLeases",
    "SeatPlan",
    "SeatRecord",
    "Statements",
    "Switches",
    "Taken",
    "TakingPage",
    "Task",
    "TaskRecord",
    "UnfinishedDocument",
    "WriteBack",
]

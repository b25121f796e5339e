"""What does the ledger keep of that which was read from the ERP's screens?"""

from sqlalchemy import Column, ForeignKey, Integer, Table

from bridge.store.column_types import Instant, Words
from bridge.store.tables import metadata

read_backs = Table(
    "read_backs",
    metadata,
    Column("posting_id", Integer, ForeignKey("postings.id"), primary_key=True),
    Column("attempt", Integer, primary_key=True),
    Column("stage", Words, primary_key=True),
    Column("revision", Words, nullable=False),
    Column("content", Words, nullable=False),
    Column("read_at", Instant, nullable=False),
)

document_readings = Table(
    "document_readings",
    metadata,
    Column("erp", Words, primary_key=True),
    Column("number", Words, primary_key=True),
    Column("listed", Words, nullable=False),
    Column("document", Words, nullable=False),
    Column("read_at", Instant, nullable=False),
)

"""What is kept of statements, of breaks over time and of what people said and signed? Rows are only ever added."""

from sqlalchemy import Column, Date, Index, Integer, Table, UniqueConstraint

from bridge.store.column_types import Instant, Words
from bridge.store.tables import metadata


def _id() -> Column[int]:
    return Column("id", Integer, primary_key=True)


statements = Table(
    "statements",
    metadata,
    _id(),
    Column("run", Words, nullable=False),
    Column("erp", Words, nullable=False),
    Column("kind", Words, nullable=False),
    Column("number", Integer),
    Column("version", Integer, nullable=False),
    Column("first", Date, nullable=False),
    Column("last", Date, nullable=False),
    Column("as_of", Instant, nullable=False),
    Column("verdict", Words, nullable=False),
    Column("open_items", Integer, nullable=False),
    Column("workbook", Words, nullable=False),
    Column("workbook_sha256", Words, nullable=False),
    Column("manifest_sha256", Words, nullable=False),
    Column("values_sha256", Words, nullable=False),
    Column("notes_through", Integer, nullable=False),
    Column("issued_at", Instant, nullable=False),
    UniqueConstraint("run"),
    UniqueConstraint("erp", "number"),
    UniqueConstraint("erp", "first", "last", "version"),
)

item_states = Table(
    "item_states",
    metadata,
    Column("erp", Words, primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("item_id", Words, primary_key=True),
    Column("lifecycle", Words, nullable=False),
    Column("fingerprint", Words, nullable=False),
    Column("outcome", Words, nullable=False),
    Column("first_seen", Instant, nullable=False),
    Column("open_since", Instant, nullable=False),
    Column("facts", Words, nullable=False),
    Column("outcome_since", Instant, nullable=True),
)

annotations = Table(
    "annotations",
    metadata,
    _id(),
    Column("erp", Words, nullable=False),
    Column("item_id", Words, nullable=False),
    Column("field", Words, nullable=False),
    Column("value", Words, nullable=False),
    Column("author", Words, nullable=False),
    Column("at", Instant, nullable=False),
    Column("fingerprint", Words, nullable=False),
    Column("source", Words, nullable=False),
    Index(None, "erp", "item_id"),
)

sign_offs = Table(
    "sign_offs",
    metadata,
    _id(),
    Column("run", Words, nullable=False),
    Column("erp", Words, nullable=False),
    Column("first", Date, nullable=False),
    Column("last", Date, nullable=False),
    Column("role", Words, nullable=False),
    Column("person", Words, nullable=False),
    Column("at", Instant, nullable=False),
    Column("workbook_sha256", Words, nullable=False),
    Column("values_sha256", Words, nullable=False),
    Index(None, "erp", "first", "last"),
)

period_locks = Table(
    "period_locks",
    metadata,
    _id(),
    Column("erp", Words, nullable=False),
    Column("through", Date),
    Column("person", Words, nullable=False),
    Column("why", Words, nullable=False),
    Column("at", Instant, nullable=False),
    Index(None, "erp"),
)

"""What does the ledger keep? All tables, in types that SQLite and PostgreSQL understand alike."""

from sqlalchemy import (
    Boolean,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    Table,
    UniqueConstraint,
    false,
    literal_column,
)

from bridge.store.column_types import Instant, Words

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def _id() -> Column[int]:
    return Column("id", Integer, primary_key=True)


def _posting(*, required: bool = True) -> Column[int]:
    return Column("posting_id", Integer, ForeignKey("postings.id"), nullable=not required)


def _reason() -> tuple[Column[str], Column[str]]:
    return Column("reason_code", Words), Column("reason_params", Words)


postings = Table(
    "postings",
    metadata,
    _id(),
    Column("reference", Words, nullable=False),
    Column("erp", Words, nullable=False),
    Column("crm", Words, nullable=False),
    Column("order_id", Words, nullable=False),
    Column("order_number", Words, nullable=False),
    Column("order_sequence", Integer, nullable=False),
    Column("waiting_sequence", Integer),
    Column("revision", Words, nullable=False),
    Column("customer", Words),
    Column("ordered_on", Date, nullable=False),
    Column("state", Words, nullable=False),
    Column("phase", Words, nullable=False),
    *_reason(),
    Column("document", Words),
    Column("refusal", Words),
    Column("work", Words, nullable=False, server_default="enter"),
    Column("posted_sequence", Integer),
    Column("priority", Integer, nullable=False, server_default="100"),
    Column("deadline", Instant),
    Column("not_before", Instant),
    Column("attempts", Integer, nullable=False),
    Column("token", Integer, nullable=False),
    Column("worker", Words),
    Column("user", Words),
    Column("left_alone", Boolean, nullable=False, server_default=false()),
    Column("lease_until", Instant),
    Column("settle_after", Instant),
    Column("packet", Words),
    Column("taken_at", Instant, nullable=False),
    Column("verified_at", Instant),
    Column("posted_at", Instant),
    Column("updated_at", Instant, nullable=False),
    UniqueConstraint("erp", "reference"),
    UniqueConstraint("erp", "crm", "order_id"),
    Index(None, "erp", "state"),
    Index(None, "order_number"),
    Index(None, "erp", "document"),
    Index(None, "erp", "customer", "posted_at"),
)

POSTED = postings.c.state == literal_column("'posted'")  # as the index has it, or it is not used
Index(
    "ix_postings_verified",
    *(postings.c.erp, postings.c.verified_at, postings.c.id),
    sqlite_where=POSTED,
    postgresql_where=POSTED,
)

order_revisions = Table(
    "order_revisions",
    metadata,
    Column("posting_id", Integer, ForeignKey("postings.id"), primary_key=True),
    Column("sequence", Integer, primary_key=True),
    Column("revision", Words, nullable=False),
    Column("status", Words, nullable=False),
    Column("order_text", Words, nullable=False),
    Column("state", Words, nullable=False),
    *_reason(),
    Column("actor", Words, nullable=False),
    Column("taken_at", Instant, nullable=False),
)

attempts = Table(
    "attempts",
    metadata,
    _id(),
    _posting(),
    Column("number", Integer, nullable=False),
    Column("revision", Words, nullable=False),
    Column("worker", Words, nullable=False),
    Column("user", Words),
    Column("started_at", Instant, nullable=False),
    Column("ended_at", Instant),
    Column("phase", Words, nullable=False),
    Column("outcome", Words),
    *_reason(),
    Column("packet", Words),
    Column("packet_head", Words),
    UniqueConstraint("posting_id", "number"),
    Index(None, "started_at"),
)

moves = Table(
    "moves",
    metadata,
    _id(),
    _posting(),
    Column("at", Instant, nullable=False),
    Column("old", Words),
    Column("new", Words, nullable=False),
    Column("actor", Words, nullable=False),
    *_reason(),
    Column("attempt", Integer),
    Index(None, "posting_id"),
)

outbox = Table(
    "outbox",
    metadata,
    _id(),
    _posting(),
    Column("crm", Words, nullable=False),
    Column("order_id", Words, nullable=False),
    Column("order_number", Words, nullable=False),
    Column("sequence", Integer, nullable=False),
    Column("erp", Words, nullable=False),
    Column("document", Words),
    Column("status", Words, nullable=False),
    Column("message", Words, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("told_at", Instant),
    Column("tries", Integer, nullable=False),
    *_reason(),
    Column("unsure", Boolean, nullable=False, server_default=false()),
    Column("next_try_at", Instant),
    Column("holder", Words),
    Column("held_until", Instant),
    UniqueConstraint("crm", "order_id", "sequence"),
    Index(None, "crm", "told_at"),
    Index(None, "posting_id", "sequence"),
)

UNTOLD = outbox.c.told_at.is_(None)
Index("ix_outbox_untold", outbox.c.crm, outbox.c.tries, outbox.c.id, sqlite_where=UNTOLD, postgresql_where=UNTOLD)

crm_rests = Table(
    "crm_rests",
    metadata,
    Column("crm", Words, primary_key=True),
    Column("failures", Integer, nullable=False),
    Column("since", Instant, nullable=False),
    Column("until", Instant, nullable=False),
)

document_states = Table(
    "document_states",
    metadata,
    Column("erp", Words, primary_key=True),
    Column("number", Words, primary_key=True),
    Column("status", Words, nullable=False),
    _posting(required=False),
    Column("seen_at", Instant, nullable=False),
    Column("changed_at", Instant, nullable=False),
    Column("listed", Words, nullable=False, server_default=""),
    Index(None, "erp", "status"),
)

runs = Table(
    "runs",
    metadata,
    _id(),
    Column("job", Words, nullable=False),
    Column("planned_at", Instant, nullable=False),
    Column("actor", Words, nullable=False),
    Column("state", Words, nullable=False),
    Column("worker", Words),
    Column("started_at", Instant),
    Column("ended_at", Instant),
    Column("report", Words),
    UniqueConstraint("job", "planned_at"),
    Index(None, "state"),
)

seat_leases = Table(
    "seat_leases",
    metadata,
    Column("erp", Words, primary_key=True),
    Column("user", Words, primary_key=True),
    Column("holder", Words, nullable=False),
    Column("token", Words, nullable=False),
    Column("until", Instant, nullable=False),
    Column("signed_on_at", Instant),
    Column("orders", Integer, nullable=False, server_default="0"),
    Column("megabytes", Integer),
)

hosts = Table(
    "hosts",
    metadata,
    Column("worker", Words, primary_key=True),
    Column("erps", Words, nullable=False),
    Column("version", Words, nullable=False),
    Column("started_at", Instant, nullable=False),
    Column("until", Instant, nullable=False),
)

circuits = Table(
    "circuits",
    metadata,
    Column("erp", Words, primary_key=True),
    Column("state", Words, nullable=False),
    Column("failures", Integer, nullable=False),
    *_reason(),
    Column("rests", Integer, nullable=False),
    Column("until", Instant),
    Column("at", Instant, nullable=False),
)

cursors = Table(
    "cursors",
    metadata,
    Column("crm", Words, primary_key=True),
    Column("cursor", Words),
    Column("saved_at", Instant, nullable=False),
)

malformed_orders = Table(
    "malformed_orders",
    metadata,
    Column("crm", Words, primary_key=True),
    Column("order_id", Words, primary_key=True),
    *_reason(),
    Column("seen_at", Instant, nullable=False),
)

cross_references = Table(
    "cross_references",
    metadata,
    Column("erp", Words, primary_key=True),
    Column("kind", Words, primary_key=True),
    Column("crm_code", Words, primary_key=True),
    Column("erp_code", Words, nullable=False),
)

stops = Table(
    "stops",
    metadata,
    _id(),
    Column("stopped", Boolean, nullable=False),
    Column("person", Words, nullable=False),
    Column("why", Words, nullable=False),
    Column("at", Instant, nullable=False),
)

sign_on_bars = Table(
    "sign_on_bars",
    metadata,
    Column("erp", Words, primary_key=True),
    Column("user", Words, primary_key=True),
    Column("answer", Words, nullable=False),
    Column("at", Instant, nullable=False),
)

cut_overs = Table(
    "cut_overs",
    metadata,
    _id(),
    Column("erp", Words, nullable=False),
    Column("moment", Instant, nullable=False),
    Column("actor", Words, nullable=False),
    Column("at", Instant, nullable=False),
    Index(None, "erp"),
)

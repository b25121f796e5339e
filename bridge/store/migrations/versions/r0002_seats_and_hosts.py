"""Seats, hosts and circuits; priority, deadline and the work of a posting."""

import sqlalchemy as sa
from alembic import op

revision: str = "0002"
down_revision: str | None = "0001"
branch_labels: str | None = None
depends_on: str | None = None


def upgrade() -> None:
    with op.batch_alter_table("postings", schema=None) as batch_op:
        batch_op.add_column(sa.Column("work", sa.Text(), nullable=False, server_default="enter"))
        batch_op.add_column(sa.Column("posted_sequence", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("priority", sa.Integer(), nullable=False, server_default="100"))
        batch_op.add_column(sa.Column("deadline", sa.String(27), nullable=True))
        batch_op.add_column(sa.Column("not_before", sa.String(27), nullable=True))
        batch_op.add_column(sa.Column("user", sa.Text(), nullable=True))
        batch_op.add_column(sa.Column("left_alone", sa.Boolean(), nullable=False, server_default=sa.false()))
    with op.batch_alter_table("attempts", schema=None) as batch_op:
        batch_op.add_column(sa.Column("user", sa.Text(), nullable=True))
        batch_op.create_index(batch_op.f("ix_attempts_started_at"), ["started_at"], unique=False)
    with op.batch_alter_table("seat_leases", schema=None) as batch_op:
        batch_op.add_column(sa.Column("signed_on_at", sa.String(27), nullable=True))
        batch_op.add_column(sa.Column("orders", sa.Integer(), nullable=False, server_default="0"))
        batch_op.add_column(sa.Column("megabytes", sa.Integer(), nullable=True))
    op.execute("UPDATE postings SET posted_sequence = order_sequence WHERE posted_at IS NOT NULL AND state = 'posted'")
    posted = sa.text("state = 'posted'")
    op.create_index(
        "ix_postings_verified",
        "postings",
        ["erp", "verified_at", "id"],
        unique=False,
        sqlite_where=posted,
        postgresql_where=posted,
    )
    op.create_table(
        "tallies",
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("postings", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("state", name=op.f("pk_tallies")),
    )
    op.execute("INSERT INTO tallies (state, postings) SELECT state, count(*) FROM postings GROUP BY state")
    op.create_table(
        "hosts",
        sa.Column("worker", sa.Text(), nullable=False),
        sa.Column("erps", sa.Text(), nullable=False),
        sa.Column("version", sa.Text(), nullable=False),
        sa.Column("started_at", sa.String(27), nullable=False),
        sa.Column("until", sa.String(27), nullable=False),
        sa.PrimaryKeyConstraint("worker", name=op.f("pk_hosts")),
    )
    op.create_table(
        "circuits",
        sa.Column("erp", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("reason_code", sa.Text(), nullable=True),
        sa.Column("reason_params", sa.Text(), nullable=True),
        sa.Column("rests", sa.Integer(), nullable=False),
        sa.Column("until", sa.String(27), nullable=True),
        sa.Column("at", sa.String(27), nullable=False),
        sa.PrimaryKeyConstraint("erp", name=op.f("pk_circuits")),
    )
    with op.batch_alter_table("outbox", schema=None) as batch_op:
        batch_op.add_column(sa.Column("unsure", sa.Boolean(), nullable=False, server_default=sa.false()))
        batch_op.add_column(sa.Column("next_try_at", sa.String(27), nullable=True))
        batch_op.add_column(sa.Column("holder", sa.Text(), nullable=True))
        batch_op.add_column(sa.Column("held_until", sa.String(27), nullable=True))
        batch_op.create_index(batch_op.f("ix_outbox_posting_id_sequence"), ["posting_id", "sequence"], unique=False)
        untold = sa.text("told_at IS NULL")
        batch_op.create_index(
            "ix_outbox_untold", ["crm", "tries", "id"], unique=False, sqlite_where=untold, postgresql_where=untold
        )
    op.create_table(
        "crm_rests",
        sa.Column("crm", sa.Text(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("since", sa.String(27), nullable=False),
        sa.Column("until", sa.String(27), nullable=False),
        sa.PrimaryKeyConstraint("crm", name=op.f("pk_crm_rests")),
    )
    with op.batch_alter_table("document_states", schema=None) as batch_op:
        batch_op.add_column(sa.Column("listed", sa.Text(), nullable=False, server_default=""))
        batch_op.create_index(batch_op.f("ix_document_states_erp_status"), ["erp", "status"], unique=False)

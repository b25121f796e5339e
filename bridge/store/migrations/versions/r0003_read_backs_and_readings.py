"""What was read back in each attempt, and the ERP's documents as they were last read."""

import sqlalchemy as sa
from alembic import op

revision: str = "0003"
down_revision: str | None = "0002"
branch_labels: str | None = None
depends_on: str | None = None


def upgrade() -> None:
    op.create_table(
        "read_backs",
        sa.Column("posting_id", sa.Integer(), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("stage", sa.Text(), nullable=False),
        sa.Column("revision", sa.Text(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("read_at", sa.String(27), nullable=False),
        sa.ForeignKeyConstraint(["posting_id"], ["postings.id"], name=op.f("fk_read_backs_posting_id_postings")),
        sa.PrimaryKeyConstraint("posting_id", "attempt", "stage", name=op.f("pk_read_backs")),
    )
    op.create_table(
        "document_readings",
        sa.Column("erp", sa.Text(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("listed", sa.Text(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("read_at", sa.String(27), nullable=False),
        sa.PrimaryKeyConstraint("erp", "number", name=op.f("pk_document_readings")),
    )

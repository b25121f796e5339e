"""Since when a break is called what it is."""

import sqlalchemy as sa
from alembic import op

revision: str = "0005"
down_revision: str | None = "0004"
branch_labels: str | None = None
depends_on: str | None = None


def upgrade() -> None:
    with op.batch_alter_table("item_states", schema=None) as batch_op:
        batch_op.add_column(sa.Column("outcome_since", sa.String(27), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("item_states", schema=None) as batch_op:
        batch_op.drop_column("outcome_since")

"""What does Alembic do when the ledger is opened? It upgrades the connection it was handed, in that transaction."""

from alembic import context

import bridge.store.statement_tables  # noqa: F401 - its tables are part of the metadata
from bridge.store.tables import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata, render_as_batch=True)
with context.begin_transaction():
    context.run_migrations()

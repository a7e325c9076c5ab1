"""How Alembic finds the connection it is given; it never opens one itself."""

from __future__ import annotations

from alembic import context

from service.records.schema import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    transaction_per_migration=False,
    render_as_batch=True,
)
context.run_migrations()

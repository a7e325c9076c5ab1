"""What is told of products between two trainings: stock, price, and whether they are offered."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    sequence = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "products",
        sa.Column("product_id", sa.Text(), nullable=False),
        sa.Column("sequence", sequence, nullable=False),
        sa.Column("in_stock", sa.Boolean(), nullable=True),
        sa.Column("in_stock_by", sa.Text(), nullable=True),
        sa.Column("in_stock_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("price", sa.Float(), nullable=True),
        sa.Column("price_by", sa.Text(), nullable=True),
        sa.Column("price_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("active", sa.Boolean(), nullable=True),
        sa.Column("active_by", sa.Text(), nullable=True),
        sa.Column("active_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("product_id", name="pk_products"),
        sa.UniqueConstraint("sequence", name="uq_products_sequence"),
    )

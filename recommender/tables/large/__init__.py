"""Purchases that outgrow memory: written to disk, sorted there by DuckDB, and mapped."""

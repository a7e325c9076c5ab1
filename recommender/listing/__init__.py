"""The cross-sell list as a file: its columns, its formats, and what is told about it."""

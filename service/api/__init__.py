"""JSON under /v1, one file a noun."""

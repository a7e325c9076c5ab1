"""The database: what people tell us. It needs neither FastAPI nor a release."""

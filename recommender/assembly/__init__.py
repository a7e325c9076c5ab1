"""From tables and models to the columns of a release."""

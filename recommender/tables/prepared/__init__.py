"""Purchases as they were split into cells, kept from one training to the next."""

"""What each customer should be offered next, why, and what it is worth."""

__version__ = "0.1.0"

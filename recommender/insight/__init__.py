"""The numbers about one customer: what it is worth, how it buys, and what it could buy."""

"""From cells to values of one kind, and what cannot be one."""

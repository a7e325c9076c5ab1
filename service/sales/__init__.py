"""What sales people see of the customer base: who there is, what is known, what to do."""

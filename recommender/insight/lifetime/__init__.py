"""What a customer is worth: the chance that it stays, and what it will buy."""

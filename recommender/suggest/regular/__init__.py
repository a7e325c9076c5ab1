"""What a customer buys regularly: due, stopped, or less than its peers take."""

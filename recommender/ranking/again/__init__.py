"""What a customer already buys and will buy again."""

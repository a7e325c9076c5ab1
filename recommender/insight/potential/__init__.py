"""What a customer buys in each category against what others of its size and kind buy."""

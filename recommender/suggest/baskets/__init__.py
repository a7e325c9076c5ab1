"""What to offer beside a basket."""

"""What may come in, sound or not."""

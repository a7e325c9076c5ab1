"""The parts of a training: what is learned, and the account of it."""

"""Gradient boosting over many candidates and many features, learned from earlier windows."""

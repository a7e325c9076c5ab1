"""Reads from a release what is known of one customer; learned in `recommender.insight`."""

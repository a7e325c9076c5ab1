"""Choosing settings on windows that neither teach nor judge."""

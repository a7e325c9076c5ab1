"""The usual list, read off a release instead of worked out."""

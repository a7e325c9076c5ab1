"""A first config from the files of a folder."""

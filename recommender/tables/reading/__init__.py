"""From files and queries to chunks of cells: where they lie, how they are written."""

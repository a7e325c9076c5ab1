"""What each customer should be offered next, why, and what it is worth."""

import os

# implicit and LightGBM share a pool of threads that wait for each other by spinning; beside any
# other busy process that made trees ten times slower. Must be said before either is loaded.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")

__version__ = "0.1.0"

"""Taking one customer out of what was written: releases, what lies beside them, lists."""

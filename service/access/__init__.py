"""Who is asking, and what that caller may see."""

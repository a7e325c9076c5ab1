"""What people see: pages, each the twin of answers under /v1."""

"""Checking evidence against the text of its source; the text itself is never kept."""

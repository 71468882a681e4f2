"""HTTP: one file a resource, all of one shape; contract.py holds what they have in common."""

"""Peers: the same use cases from the same database, served as most people would with other frameworks.

Each module is one peer, named by its file; the database is in `DATABASE_URL`.
"""

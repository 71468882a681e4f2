"""Formats of documents, each in both directions: JSON, NDJSON, YAML, CSV.

Writers take documents one after another and give bytes piece by piece, so
that memory stays the same however many there are. Readers give records with
their places. Neither knows a database or a request; see decision 0018.
"""

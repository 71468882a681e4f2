"""Readers of manifests and SBOMs: from text to declared dependencies, each with its place.

They are pure: no database, no request, nothing fetched, expanded or run. One
file reads one format; `reading.py` knows them all. A reader walks over the text
once, puts what it finds into `Findings`, and remarks on what it cannot read.
"""

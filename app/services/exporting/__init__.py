"""The whole atlas as one file, from one state of it.

A format is a writer (`registry.py` lists them). It gets the records of all
kinds, each kind behind those that it points at, records in the shape that PUT
takes and sorted by slug, and goes through them once; see decision 0018.
"""

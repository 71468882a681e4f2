"""The whole atlas as one file, from one state of it.

`formats.py` lists the formats, `registry.py` their writers. A writer gets the
records of all kinds, each kind behind those that it points at, records in the
shape that PUT takes and sorted by slug, and goes through them once; see
decision 0018.
"""

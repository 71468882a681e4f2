"""Facets: how many records of a list have each value of a filter.

places.py    for each filter that is counted, where its values stand
counting.py  the counts
"""

"""The graph around a record.

surroundings.py  the nodes, level by level, and the edges between them
ties.py          what ties records: what edges are made of
drawing.py       the graph as DOT, Mermaid and GraphML
"""

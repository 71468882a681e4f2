"""A model checker: an atlas in plain Python that says what the real one has to answer, over HTTP alone.

It knows the documents, and nothing of the code in app/. `walking.py` writes and asks at random, and compares.
"""

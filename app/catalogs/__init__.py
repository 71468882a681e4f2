"""Documents of other catalogs: written from our records, and read into them.

Pure translation: no database, no clock, no network. Records are in the flat
shape that PUT takes, by the path of their collection.
"""

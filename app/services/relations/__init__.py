"""What use cases say across records: who uses what, together with what, instead of what, and who is hit.

usages.py        what is said of owners: teams, libraries, pairs; the others stand on it
usage_views.py   what a team uses, who uses a library, what is used for a purpose
related.py       what is used together
comparing.py     teams or libraries side by side
building.py      what is built on a library
hit_teams.py     the teams that are hit if it goes
alternatives.py  what else is used for the same purposes
impact.py        all of that in one answer
coverage.py      what is known, and what is not
"""

"""The command line: `toolatlas`, and the same commands as `flask atlas`.

commands.py     the group of all commands
connecting.py   which atlas is asked; clients.py asks it through remote.py or local.py
names.py        what people call things; walking.py  lists to their end
printing.py     tables, JSON, CSV; tables.py, texts.py
trouble.py      errors and exit statuses
the others      the commands
"""

from app.cli.commands import atlas, main

__all__ = ["atlas", "main"]

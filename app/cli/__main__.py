"""`python -m app.cli`: toolatlas, where its script is not installed."""

from app.cli.commands import main

main()

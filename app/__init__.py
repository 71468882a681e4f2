"""Tool Atlas: who uses which tool, for what, and how do we know?"""

from typing import TYPE_CHECKING

from app.config import Settings

if TYPE_CHECKING:
    from flask import Flask


def create_app(settings: Settings) -> "Flask":
    """Make the application; it owns every object that it needs, and there is nothing global.

    Importing the package imports nothing else, so that what needs no web
    server (app.prepare) starts at once.
    """
    from app.factory import build  # noqa: PLC0415  # see above

    return build(settings)

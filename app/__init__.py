"""Tool Atlas: who uses which tool, for what, and how do we know?"""

import gc
from typing import TYPE_CHECKING

from app.config import Settings

if TYPE_CHECKING:
    from flask import Flask


def create_app(settings: Settings) -> "Flask":
    """Make the application; it owns every object that it needs, and there is nothing global.

    Importing the package imports nothing else, so that what needs no web
    server (app.prepare) starts at once.
    """
    is_collecting = gc.isenabled()
    gc.disable()  # nearly all that is made here stays, and each collection would go through it
    try:
        from app.factory import build  # noqa: PLC0415  # see above

        return build(settings)
    finally:
        if is_collecting:
            gc.enable()

"""The WSGI object that gunicorn and other servers import."""

from app import create_app
from app.config import Settings

app = create_app(Settings.from_env())

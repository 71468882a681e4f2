"""The ASGI object that gunicorn serves: the WSGI one behind a front that answers again."""

from app.config import Settings
from app.front.front import Front
from wsgi import app as wsgi_app

app = Front(wsgi_app, Settings.from_env())

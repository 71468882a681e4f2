# Tool Atlas: gunicorn as a user without rights; an SQLite file in /data unless DATABASE_URL says otherwise.
#
#   docker build -t tool-atlas .
#   docker run -p 8000:8000 -v atlas:/data tool-atlas

FROM python:3.13.9-slim-bookworm

ENV PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1

WORKDIR /srv/atlas

# First, so that a change of the code does not install everything anew.
COPY requirements.txt ./
RUN pip install --no-cache-dir --disable-pip-version-check --root-user-action=ignore \
        --require-hashes --only-binary :all: -r requirements.txt \
    && groupadd --gid 10001 atlas \
    && useradd --uid 10001 --gid atlas --no-create-home --home-dir /nonexistent --shell /usr/sbin/nologin atlas \
    && install --directory --owner=atlas --group=atlas --mode=0700 /data

COPY alembic.ini asgi.py gunicorn.conf.py wsgi.py ./
COPY migrations/ migrations/
COPY app/ app/
RUN python -m compileall -q app migrations asgi.py wsgi.py

# The number, so that Kubernetes can see that it is not root.
USER 10001:10001

ENV HOST=0.0.0.0 \
    PORT=8000 \
    DATABASE_URL=sqlite:////data/atlas.db

VOLUME /data
EXPOSE 8000

HEALTHCHECK --interval=30s --timeout=3s --start-period=20s --retries=3 \
    CMD ["python", "-c", "import os, urllib.request; urllib.request.urlopen('http://127.0.0.1:' + os.environ['PORT'] + '/livez', timeout=2)"]

# Migrates and, when the database is empty, fills it; then gunicorn takes the process over and gets its signals.
CMD ["sh", "-c", "python -m app.prepare && exec gunicorn -c gunicorn.conf.py"]

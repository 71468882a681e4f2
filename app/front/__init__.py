"""The front: an ASGI application that answers again what it has answered, and passes the rest on.

asking.py       what is to be known of a request before anything is done
answers.py      answers that hold as long as the version of the atlas does
versions.py     the version of the atlas, looked at for each request, cheaply
postgresql.py   the same of a PostgreSQL
questions.py    one statement, asked of a PostgreSQL again and again
bodies.py       bodies, read as a whole before a thread is taken
holding.py      requests that wait for news, without a thread
bridge.py       the WSGI application behind it, in threads; no more requests wait than can be served soon
crew.py         those threads, which are lent while one only waits
spooling.py     long answers on their way from a thread to a client that may be slow
lines.py        the log of requests
door.py         where connections come in, each worker its share
shares.py       how many connections each worker holds
repeating.py    a connection on which what came before is neither read nor joined again
connections.py  what gunicorn's own ASGI worker lacks: deadlines, and refusals in our form
front.py        all that, put together

A request comes in. The version of the atlas is looked at, after it came. An
answer that was given at this very version is given again, on the event loop;
a request whose very bytes came before is not even read for that.
Everything else waits for one of a few threads and goes to Flask; when too many
wait already, it is refused at once (503). See decision 0030.
"""

"""A receiver of webhooks that looks at every message with the verifier of Standard Webhooks."""

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from standardwebhooks.webhooks import Webhook


class Receiver(ThreadingHTTPServer):
    """Takes messages on 127.0.0.1; those that it answers well are in `events`, in their order.

    Attributes:
        secret: to verify with; None: nothing is verified.
        statuses: to answer with, one after another; then 204.
        tries: every message that came, as id and body.
        signatures: of the last message.
    """

    daemon_threads = True

    def __init__(self, port=0):
        super().__init__(("127.0.0.1", port), _Handler)
        self.secret = None
        self.statuses = []
        self.events, self.tries, self.signatures = [], [], []
        self.url = f"http://127.0.0.1:{self.server_port}/hook?x=1"
        threading.Thread(target=self.serve_forever, args=(0.01,), daemon=True).start()

    def stop(self):
        self.shutdown()
        self.server_close()

    def ids(self):
        return [id_ for id_, _event in self.events]


class _Handler(BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        server = self.server
        id_ = self.headers["webhook-id"]
        server.tries.append((id_, json.loads(body), self.path, self.headers["Host"]))
        server.signatures = self.headers["webhook-signature"].split(" ")
        status = server.statuses.pop(0) if server.statuses else 204
        if server.secret:
            Webhook(server.secret).verify(body, dict(self.headers))
        if status < 300:
            server.events.append((id_, json.loads(body)))
        self.send_response(status)
        if status in {301, 302, 307, 308}:
            self.send_header("Location", server.location)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_arguments):
        """Say nothing."""

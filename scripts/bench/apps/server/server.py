"""Answers each request with the version; /sleep/SECONDS takes its time. Where there is a file `sick`,
it is never healthy."""
import http.server
import os
import signal
import socketserver
import threading
import time

VERSION = open("version", encoding="utf-8").read().encode()


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        if self.path.startswith("/sleep/"):
            time.sleep(float(self.path.removeprefix("/sleep/")))
        sick = self.path == "/healthz" and os.path.exists("sick")
        self.send_response(503 if sick else 200)
        self.send_header("Content-Length", str(len(VERSION)))
        self.end_headers()
        self.wfile.write(VERSION)

    def log_message(self, *_):
        pass


class Server(socketserver.ThreadingMixIn, http.server.HTTPServer):
    request_queue_size = 512


server = Server(("", int(os.environ["PORT"])), Handler)
signal.signal(signal.SIGTERM, lambda *_: threading.Thread(target=server.shutdown).start())
server.serve_forever()

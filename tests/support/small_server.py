# SPDX-License-Identifier: Apache-2.0
"""A server of HTTP on the loopback, for what a test plays itself."""
import http.server
import json
import threading


class SmallServer:
    """Runs between start() and stop(); url is its address. handler: a class of SmallHandler's."""

    def __init__(self, handler):
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self.server.daemon_threads = True
        self.thread = threading.Thread(target=self.server.serve_forever, daemon=True)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"

    def start(self):
        self.thread.start()
        return self

    def stop(self):
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()


class SmallHandler(http.server.BaseHTTPRequestHandler):
    """Says nothing on standard error."""

    def body(self):
        return self.rfile.read(int(self.headers["Content-Length"]))

    def send_json(self, status, content_type, answer):
        data = json.dumps(answer).encode()
        self.send_response(status)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *arguments):
        pass

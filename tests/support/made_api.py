# SPDX-License-Identifier: Apache-2.0
"""An HTTP API that answers what a test says, its live stream included: for what a real server
does seldom, such as going away in the middle of a message."""
import http.server
import json
import ssl
import threading
import urllib.parse

from certificate import made_certificate

JOB = {"type": "process", "jobID": "j-1", "processID": "Load", "status": "running", "attempt": 1,
       "createdByMe": True, "creatorDisputed": False, "cancellable": True, "links": []}


def job(**members):
    return {**JOB, **members}


def message(event, data, number=None):
    """A message of the stream, as bytes."""
    identity = "" if number is None else f"id: {number}\n"
    return f"event: {event}\n{identity}data: {json.dumps(data)}\n\n".encode()


class MadeApi:
    """answers[method, path under the organisation] is (status, headers, body), or a function of the request.

    streams: for each connection to the stream what it sends, piece by piece; a piece may be a
    function, which is called in its turn. After the last one there is silence until close, or
    an answer as above instead of pieces. asked: what was asked, as (method, path, query, headers, body)."""

    def __init__(self):
        self.answers, self.streams, self.asked = {}, [], []
        self.closing = threading.Event()
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def close(self):
        self.closing.set()
        self.server.shutdown()
        self.server.server_close()

    def serve_tls(self, certificate):
        """From now on with TLS, by a certificate of its own, written there, for localhost."""
        both = made_certificate(certificate)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(both)
        self.server.socket = context.wrap_socket(self.server.socket, server_side=True)

    def says_jobs(self, *jobs, stream_from="100", **more):
        headers = {"Jobtrail-Stream-From": stream_from} if stream_from else {}
        self.answers["GET", "/jobs"] = (200, headers, {"jobs": list(jobs), "links": [], **more})

    def of_stream(self):
        """The headers of each connection to the stream."""
        return [headers for _, path, _, headers, _ in self.asked if path == "/stream"]

    def _answer(self, handler, method):
        parts = urllib.parse.urlsplit(handler.path)
        path = "/" + parts.path.split("/", 3)[3] if parts.path.count("/") > 2 else ""
        length = int(handler.headers.get("Content-Length") or 0)
        request = (method, path, parts.query, dict(handler.headers), handler.rfile.read(length))
        self.asked.append(request)
        answer = self.answers.get((method, path))
        if path == "/stream" and self.streams:
            answer = self.streams.pop(0)
        answer = answer(request) if callable(answer) else answer
        if isinstance(answer, list):
            self._stream(handler, answer)
        else:
            self._send(handler, *(answer or (404, {}, {"type": "urn:jobtrail:problem:not-found", "title": "Not found"})))

    def _stream(self, handler, pieces):
        handler.send_response(200)
        handler.send_header("Content-Type", "text/event-stream")
        handler.end_headers()
        for piece in pieces:
            piece = piece() if callable(piece) else piece
            if piece:
                handler.wfile.write(piece)
                handler.wfile.flush()
            if piece == b"":  # hangs up
                return
        self.closing.wait(60)

    @staticmethod
    def _send(handler, status, headers, body):
        text = body if isinstance(body, bytes) else json.dumps(body).encode()
        handler.send_response(status)
        for name, value in headers.items():
            handler.send_header(name, value)
        handler.send_header("Content-Length", str(len(text)))
        handler.end_headers()
        handler.wfile.write(text)

    def _handler(self):
        api = self

        class Handler(http.server.BaseHTTPRequestHandler):
            """HTTP/1.0: a connection a request."""

            def do_GET(self):  # pylint: disable=invalid-name
                api._answer(self, "GET")

            def do_POST(self):  # pylint: disable=invalid-name
                api._answer(self, "POST")

            def log_message(self, *_):  # pylint: disable=arguments-differ
                pass

        return Handler

# SPDX-License-Identifier: Apache-2.0
"""A schema registry in memory: the three requests of Confluent's interface that writers and
readers of framed values make, GUIDs included, which the registry of ./dev up does not know."""
import http.server
import json
import re
import threading
import uuid

NAMESPACE = uuid.UUID("6ba7b812-9dad-11d1-80b4-00c04fd430c8")


class SmallRegistry:
    """Runs between start() and stop(); url is its base address."""

    def __init__(self):
        self.schemas = []  # the schema with id n is at n - 1
        self.lock = threading.Lock()
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
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

    def register(self, subject, schema):
        with self.lock:
            if schema not in self.schemas:
                self.schemas.append(schema)
            number = self.schemas.index(schema) + 1
        return {"id": number, "guid": str(guid_of(schema)), "version": 1, "subject": subject,
                "schemaType": "AVRO", "schema": schema}

    def by_id(self, number):
        with self.lock:
            return self.schemas[number - 1] if 0 < number <= len(self.schemas) else None

    def by_guid(self, guid):
        with self.lock:
            return next((each for each in self.schemas if str(guid_of(each)) == guid), None)

    def answer(self, method, path, body):
        """Status and body of the answer."""
        path = path.split("?")[0]
        if match := re.fullmatch(r"/subjects/([^/]+)/versions", path):
            if method == "POST":
                return 200, self.register(match[1], json.loads(body)["schema"])
        if match := re.fullmatch(r"/schemas/ids/([0-9]+)", path):
            schema = self.by_id(int(match[1]))
            return (200, {"schema": schema}) if schema else not_found()
        if match := re.fullmatch(r"/schemas/guids/([0-9a-f-]{36})", path):
            schema = self.by_guid(match[1])
            return (200, {"schema": schema}) if schema else not_found()
        return not_found()

    def _handler(self):
        registry = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                self.reply("GET", b"")

            def do_POST(self):
                self.reply("POST", self.rfile.read(int(self.headers["Content-Length"])))

            def reply(self, method, body):
                status, answer = registry.answer(method, self.path, body)
                data = json.dumps(answer).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/vnd.schemaregistry.v1+json")
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

            def log_message(self, *arguments):
                pass

        return Handler


def guid_of(schema):
    return uuid.uuid5(NAMESPACE, schema)


def not_found():
    return 404, {"error_code": 40403, "message": "Schema not found"}

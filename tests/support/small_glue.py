# SPDX-License-Identifier: Apache-2.0
"""The one answer of AWS Glue's schema registry that its serializer asks for: the version of a
schema. Each version's schema is a file of a folder, as a user of jobtrail puts them there."""
import http.server
import json
import threading
import uuid

NAMESPACE = uuid.UUID("6ba7b812-9dad-11d1-80b4-00c04fd430c8")


class SmallGlue:
    """Runs between start() and stop(); url is its address."""

    def __init__(self, folder):
        self.folder = folder
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

    def version_of(self, definition):
        version = uuid.uuid5(NAMESPACE, definition)
        (self.folder / f"{version}.avsc").write_text(definition, encoding="utf-8")
        return str(version)

    def _handler(self):
        glue = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                assert self.headers["X-Amz-Target"] == "AWSGlue.GetSchemaByDefinition"
                data = json.dumps({"SchemaVersionId": glue.version_of(asked["SchemaDefinition"]),
                                   "DataFormat": "AVRO", "Status": "AVAILABLE"}).encode()
                self.send_response(200)
                self.send_header("Content-Type", "application/x-amz-json-1.1")
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

            def log_message(self, *arguments):
                pass

        return Handler

# SPDX-License-Identifier: Apache-2.0
"""A reader of the live stream, message by message, in a thread of its own."""
import json
import socket
import threading
from urllib.parse import quote

from waiting import wait_until


class LiveStream:
    """Opens the stream; `messages` are (event, id, data) as they come, `ended` is set behind the last."""

    def __init__(self, api, token, query="", last_id=None, organization="org-a"):
        self.messages = []
        self.ended = threading.Event()
        self.last_id = last_id
        self.status = None
        self.headers = {}
        self.socket = socket.create_connection(("127.0.0.1", api.port), timeout=60)
        resume = f"Last-Event-ID: {last_id}\r\n" if last_id is not None else ""
        self.socket.sendall(f"GET /organizations/{quote(organization)}/stream{query} HTTP/1.1\r\nHost: x\r\n"
                            f"Authorization: Bearer {token}\r\n{resume}\r\n".encode())
        self.lines = self._lines()
        self.thread = threading.Thread(target=self._read, daemon=True)
        self.thread.start()

    def close(self):
        try:
            self.socket.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass  # the other side was first
        self.socket.close()
        self.thread.join(10)

    def of(self, event):
        """The data of the messages of a kind."""
        return [data for kind, _, data in list(self.messages) if kind == event]

    def jobs(self):
        """What the messages made of the list: the last word about each job."""
        jobs = {}
        for kind, _, data in list(self.messages):
            if kind == "job":
                jobs[data["jobID"]] = data
            elif kind == "gone":
                jobs.pop(data["jobID"], None)
        return jobs

    def wait_begun(self):
        wait_until(lambda: self.of("fresh") or self.ended.is_set(), "the stream begins")
        return self

    def wait_for(self, question, what):
        return wait_until(lambda: question(self), what)

    def _lines(self):
        """The lines of the body, of which each chunk has a size before it."""
        reader = self.socket.makefile("rb")
        self.status = int(reader.readline().split()[1])
        while (line := reader.readline().strip()):
            name, value = line.decode().split(":", 1)
            self.headers[name.lower()] = value.strip()
        held = b""
        while "chunked" in self.headers.get("transfer-encoding", ""):
            size = int(reader.readline().strip() or b"0", 16)
            if not size:
                return
            held += reader.read(size)
            reader.readline()
            *whole, held = held.split(b"\n")
            yield from whole

    def _read(self):
        event, data = None, None
        try:
            for line in self.lines:
                name, _, value = line.decode().partition(": ")
                if name == "event":
                    event = value
                elif name == "data":
                    data = json.loads(value)
                elif name == "id":
                    self.last_id = int(value)
                elif not line and event:
                    self.messages.append((event, self.last_id, data))
                    event, data = None, None
        except (OSError, ValueError):
            pass
        self.ended.set()

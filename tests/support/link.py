# SPDX-License-Identifier: Apache-2.0
"""A wire between a client and a server of the loopback that a test can slow down, freeze and cut."""
import select
import socket
import threading
import time


class Link:
    """Runs between start() and stop(); clients use `port`."""

    def __init__(self, server_port, port=0):
        self.server_port = server_port
        self.listener = socket.create_server(("127.0.0.1", port))
        self.port = self.listener.getsockname()[1]
        self.flows = threading.Event()  # not set: nothing passes, and nothing is said
        self.flows.set()
        self.delay_s = 0  # of whatever passes, in each direction
        self.is_cut = False
        self.ended = False
        self.pairs = []  # open connections, each with its other half
        self.closing = threading.Lock()
        self.thread = threading.Thread(target=self._accept, daemon=True)

    def start(self):
        self.thread.start()
        return self

    def stop(self):
        self.ended = True
        self.flows.set()
        self.cut()
        self.listener.close()

    def freeze(self):
        self.flows.clear()

    def thaw(self):
        self.flows.set()

    def cut(self):
        """Ends all connections; new ones are ended at once."""
        self.is_cut = True
        for pair in list(self.pairs):
            for end in pair:
                try:
                    end.shutdown(socket.SHUT_RDWR)
                except OSError:
                    pass

    def mend(self):
        self.is_cut = False

    def _accept(self):
        while not self.ended:
            try:
                if not select.select([self.listener], [], [], 0.2)[0]:
                    continue
                client = self.listener.accept()[0]
            except (OSError, ValueError):
                return
            if self.is_cut:
                client.close()
                continue
            try:
                pair = (client, socket.create_connection(("127.0.0.1", self.server_port)))
            except OSError:
                client.close()
                continue
            self.pairs.append(pair)
            ended = []
            for source, target in (pair, pair[::-1]):
                threading.Thread(target=self._carry, args=(source, target, pair, ended), daemon=True).start()

    def _carry(self, source, target, pair, ended):
        try:
            while data := source.recv(65536):
                self.flows.wait()
                time.sleep(self.delay_s)
                target.sendall(data)
        except OSError:
            pass
        for end in (source, target):
            try:
                end.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass
        with self.closing:
            ended.append(source)
            if len(ended) == len(pair):
                self.pairs.remove(pair)
                source.close()
                target.close()

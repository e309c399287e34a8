"""Starts `leat serve` on a free port and talks to it, for the tests of this folder.

The server's exit code counts: it must stop by itself after SIGTERM, with 0, which under the
sanitizers also means without leaks.
"""
import contextlib
import http.client
import json
import os
import re
import resource
import select
import signal
import socket
import subprocess
import sys
import time
import unittest

LEAT = sys.argv.pop(1) if len(sys.argv) > 1 and not sys.argv[1].startswith("-") else "build/asan/leat"
# A sanitizer or a busy machine makes everything slower, never wrong.
PATIENCE_S = 20

with open(LEAT, "rb") as program:
    IS_TSAN = b"__tsan_init" in program.read()  # its shadow memory hides what is held


class Server:
    """One server process."""

    def __init__(self, *options, listen="127.0.0.1:0", durability="process-crash",
                 descriptors=None):
        command = [LEAT, "serve", "--listen", listen, "--durability", durability, *options]
        # Freed memory that ASan keeps to find its later uses would hide how little is held.
        options = os.environ.get("ASAN_OPTIONS", "")
        environment = {**os.environ, "ASAN_OPTIONS": f"quarantine_size_mb=8:{options}"}

        def limit():
            if descriptors:
                resource.setrlimit(resource.RLIMIT_NOFILE, (descriptors, descriptors))
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                        text=True, env=environment, preexec_fn=limit)
        line = self.process.stdout.readline()
        match = re.search(r":(\d+)$", line.strip())
        if not match:
            _, errors = self.process.communicate(timeout=PATIENCE_S)
            raise RuntimeError(f"no server: {line!r} {errors}")
        self.port = int(match.group(1))
        self.errors = ""

    def stop(self, number=signal.SIGTERM):
        """Stops the server; returns its exit code and keeps its log in self.errors."""
        if self.process.poll() is None:
            self.process.send_signal(number)
        _, self.errors = self.process.communicate(timeout=60)
        self.process.stdout.close()
        return self.process.returncode

    def connect(self, timeout=PATIENCE_S):
        return socket.create_connection(("127.0.0.1", self.port), timeout=timeout)

    def request(self, method, path, body=None, headers=None):
        """One request on a connection of its own: status, headers, body as text."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE_S)
        with contextlib.closing(connection):
            data = json.dumps(body) if isinstance(body, (dict, list)) else body
            connection.request(method, path, body=data, headers=headers or {})
            response = connection.getresponse()
            return response.status, dict(response.getheaders()), response.read().decode()

    def get(self, path, **headers):
        status, _, body = self.request("GET", path, headers=headers)
        return status, body

    def ksql(self, text, **fields):
        """Runs statements and gives their entities; fails on any error."""
        status, _, body = self.request("POST", "/ksql", {"ksql": text, **fields})
        if status != 200:
            raise AssertionError(f"{text}: {status} {body}")
        return json.loads(body)

    def query(self, sql, path="/query-stream", accept=None, **properties):
        """A query that ends by itself: status and body."""
        names = {"/query-stream": ("sql", "properties")}
        sql_name, properties_name = names.get(path, ("ksql", "streamsProperties"))
        headers = {"Accept": accept} if accept else {}
        status, _, body = self.request("POST", path, {sql_name: sql, properties_name: properties},
                                       headers)
        return status, body

    def rows(self, sql, **properties):
        """Rows of a query that ends by itself, as lists."""
        status, body = self.query(sql, **properties)
        if status != 200:
            raise AssertionError(f"{sql}: {status} {body}")
        return [json.loads(line) for line in body.splitlines()[1:]]

    def raw(self, data, timeout=PATIENCE_S, keep_open=False):
        """Sends bytes as they are; everything that comes back until the server closes, or (with
        keep_open) until nothing has come for a second."""
        with self.connect(timeout) as client:
            client.sendall(data)
            received = b""
            while True:
                if keep_open and not select.select([client], [], [], 1)[0]:
                    return received
                try:
                    chunk = client.recv(65536)
                except ConnectionResetError:
                    return received
                if not chunk:
                    return received
                received += chunk


class Stream:
    """A push query on HTTP/1.1, read line by line."""

    def __init__(self, server, sql, accept=None, path="/query-stream", **properties):
        self.connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=PATIENCE_S)
        body = {"sql": sql, "properties": properties}
        if path == "/query":
            body = {"ksql": sql, "streamsProperties": properties}
        self.connection.request("POST", path, json.dumps(body),
                                {"Accept": accept} if accept else {})
        self.response = self.connection.getresponse()
        self.status = self.response.status

    def line(self):
        return self.response.readline().decode()

    def json(self):
        return json.loads(self.line().rstrip("\n").rstrip(","))

    def rest(self):
        return self.response.read().decode()

    def close(self):
        self.response.close()
        self.connection.close()


class ServerCase(unittest.TestCase):
    """Tests that share one server."""

    options = ()

    @classmethod
    def make_server(cls):
        return Server(*cls.options)

    @classmethod
    def setUpClass(cls):
        cls.server = cls.make_server()

    @classmethod
    def tearDownClass(cls):
        code = cls.server.stop()
        if code != 0:
            raise AssertionError(f"the server ended with {code}: {cls.server.errors[-4000:]}")

    def wait_until(self, condition, seconds=PATIENCE_S):
        """Waits for something that happens soon."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if condition():
                return
            time.sleep(0.02)
        self.fail("it did not happen in time")

    def metric(self, name):
        _, body = self.server.get("/metrics")
        match = re.search(rf"^{re.escape(name)} (\S+)$", body, re.MULTILINE)
        self.assertIsNotNone(match, name)
        return float(match.group(1))

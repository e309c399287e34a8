"""Clients of the server kill loop, each a thread with connections of its own and a journal.

A client runs until its server is gone, and every way in which a connection can end is normal here.
What a client knows afterwards is exact: a row is acknowledged, or was sent and nothing came back.
"""
import http.client
import json
import random
import threading

from feed_model import EARLIEST, KEYS, Row
from harness import PATIENCE_S, Stream
from http2_client import Http2

# What a connection does when its server is killed.
GONE = (OSError, http.client.HTTPException)


class Client(threading.Thread):
    """A thread that works until the server is gone; other failures are kept for the checker."""

    def __init__(self, server, seed):
        super().__init__(daemon=True)
        self.server = server
        self.dice = random.Random(seed)
        self.failure = None
        self.is_stopping = False  # set before an orderly end: refusals are normal then
        self.connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=PATIENCE_S)

    def run(self):
        try:
            self.work()
        except TimeoutError as error:
            self.failure = f"no answer in {PATIENCE_S} s: {error}"
        except GONE:
            pass
        except Exception as error:  # a fault of the loop itself must not look like a kill
            self.failure = f"{type(error).__name__}: {error}"
        finally:
            self.connection.close()

    def post(self, path, **body):
        """One request on the client's connection: status and body."""
        self.connection.request("POST", path, json.dumps(body))
        response = self.connection.getresponse()
        return response.status, response.read().decode()

    def is_refused(self, status, body):
        """Whether the answer is a refusal, which only a server that is ending may give."""
        if status != 200 and not (status == 503 and self.is_stopping):
            self.failure = f"{status} {body}"
        return status != 200


# --- Writers ---


class Writer(Client):
    """Sends the rows of one client in one run. Of `sent` rows the first `acknowledged` were."""

    def __init__(self, server, seed, number, run):
        super().__init__(server, seed)
        self.number, self.run_number = number, run
        self.sent = self.acknowledged = 0

    def take(self, count):
        first = self.sent
        self.sent += count
        return [Row.named(self.number, self.run_number, n) for n in range(first, self.sent)]


class ScriptWriter(Writer):
    """INSERTs over /ksql, up to rows_max of them per request."""

    def __init__(self, *args, rows_max):
        super().__init__(*args)
        self.rows_max = rows_max

    def work(self):
        while True:
            rows = self.take(self.dice.randint(1, self.rows_max))
            status, body = self.post("/ksql", ksql="".join(row.insert() for row in rows))
            if self.is_refused(status, body):
                self.sent -= 1 if len(rows) == 1 else 0  # refused whole: it must never appear
                return
            self.acknowledged = self.sent


class StreamWriter(Writer):
    """Rows over one /inserts-stream, some of them always on their way."""

    AHEAD_MAX = 60

    def work(self):
        with Http2(self.server) as client:
            number = client.request("POST", "/inserts-stream", '{"target":"FEED"}\n',
                                    has_ended=False)
            stream = client.streams[number]
            text = ""
            while not stream.has_ended and stream.reset_code is None:
                if self.sent - self.acknowledged < self.AHEAD_MAX:
                    rows = self.take(self.dice.randint(1, 20))
                    client.send(number, "".join(json.dumps(row.json()) + "\n" for row in rows))
                if not client.read():
                    return
                *lines, text = (text + stream.body).split("\n")
                stream.frames.clear()
                self.take_answers(lines)

    def take_answers(self, lines):
        for line in lines:
            answer = json.loads(line)
            if answer["status"] == "ok":
                if answer["seq"] != self.acknowledged:
                    self.failure = f"number {answer['seq']} follows {self.acknowledged - 1}"
                self.acknowledged += 1
            elif not self.is_stopping:
                self.failure = line


class NameWriter(Client):
    """Raises the versions of keys in NAMES, one at a time."""

    def __init__(self, server, seed, versions):
        super().__init__(server, seed)
        self.versions = dict(versions)  # acknowledged
        self.pending = None  # a key and version without an answer

    def work(self):
        while True:
            key = self.dice.choice(KEYS)
            self.pending = key, self.versions[key] + 1
            status, body = self.post("/ksql", ksql="INSERT INTO NAMES (K, VERSION) VALUES "
                                                   f"('{key}', {self.versions[key] + 1});")
            if self.is_refused(status, body):
                self.pending = None
                return
            self.versions[key] += 1
            self.pending = None


# --- Readers ---


class PullReader(Client):
    """Asks for totals, of one key or of all; keeps every answer as (key, count, total)."""

    def __init__(self, *args):
        super().__init__(*args)
        self.answers = []

    def work(self):
        while True:
            where = f" WHERE K = '{self.dice.choice(KEYS)}'" if self.dice.random() < 0.95 else ""
            status, body = self.post("/query-stream", sql=f"SELECT K, N, TOTAL FROM TOTALS{where};",
                                     properties={})
            if self.is_refused(status, body):
                return
            self.answers += [json.loads(line) for line in body.splitlines()[1:]]


class PushReader(Client):
    """Reads a push query to its end; keeps all rows that came whole."""

    def __init__(self, server, seed, sql):
        super().__init__(server, seed)
        self.sql = sql
        self.rows = []

    def take_line(self, line):
        value = json.loads(line)
        if isinstance(value, list):
            self.rows.append(value)
        elif "error_code" in value and not self.is_stopping:
            self.failure = line

    def work(self):
        stream = Stream(self.server, self.sql)
        try:
            while True:
                line = stream.line()
                if not line.endswith("\n"):
                    return
                self.take_line(line)
        finally:
            stream.close()


class Http2PushReader(PushReader):
    def work(self):
        with Http2(self.server) as client:
            number = client.request("POST", "/query-stream",
                                    json.dumps({"sql": self.sql, "properties": {}}))
            stream = client.streams[number]
            text = ""
            while client.read() and not stream.has_ended:
                *lines, text = (text + stream.body).split("\n")
                stream.frames.clear()
                for line in lines:
                    self.take_line(line)


def read_topic(server, columns, name, starts, count):
    """count records of a stream, those from an offset per partition on, in order of offset, as
    (partition, offset, columns ..)."""
    if count == 0:
        return []
    where = " OR ".join(f"(ROWPARTITION = {partition} AND ROWOFFSET >= {start})"
                        for partition, start in enumerate(starts))
    rows = server.rows(f"SELECT ROWPARTITION AS P, ROWOFFSET AS O, {columns} FROM {name} "
                       f"WHERE {where} EMIT CHANGES LIMIT {count};", **EARLIEST)
    return sorted((row for row in rows if isinstance(row, list)), key=lambda row: row[:2])

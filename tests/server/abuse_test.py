"""Clients that mean harm: slow, silent, deaf, or many. Each kind is cut off in the end, and while
it lasts another client is served in time; afterwards descriptors and memory are what they were.

Deadlines are as long as they are for everybody (server/limits.h), so the slow kinds begin together
and each test waits for its own.
"""
import contextlib
import http.client
import json
import os
import resource
import socket
import struct
import threading
import time
import unittest

from harness import IS_TSAN, PATIENCE_S, Server, ServerCase
from http2_client import (DATA, END_HEADERS, HEADERS, PING, PREFACE, RST_STREAM, SETTINGS,
                          WINDOW_UPDATE, Http2, _encode)

ANSWER_MAX_S = 5 if IS_TSAN else 1
MEMORY_SLACK = 64e6  # what an allocator keeps
WAVE_S = 1  # a flood comes in two waves or more
WAVE_COUNT_MAX = 5
HEADER_DEADLINE_S, BODY_DEADLINE_S, IDLE_TIMEOUT_S = 10, 30, 60
LATE_S = 15  # how much later than its deadline a client may be cut off
CONNECTION_COUNT_MAX = 12000

SETUP = ("CREATE STREAM S (K STRING KEY, V INT) "
         "WITH (kafka_topic='s', value_format='JSON', partitions=1);"
         "CREATE TABLE T AS SELECT K, COUNT(*) AS N FROM S GROUP BY K;"
         "CREATE STREAM BIG (K STRING KEY, T STRING) "
         "WITH (kafka_topic='big', value_format='JSON', partitions=1);")
BIG_ROW = "INSERT INTO BIG VALUES ('k', '" + "x" * 50000 + "');"
PUSH = json.dumps({"sql": "SELECT * FROM BIG EMIT CHANGES;",
                   "properties": {"auto.offset.reset": "earliest"}})
HEAD = b"POST /ksql HTTP/1.1\r\nHost: x\r\n"


def frame(kind, flags, stream, payload=b""):
    return struct.pack(">I", len(payload))[1:] + bytes([kind, flags]) + \
        struct.pack(">I", stream) + payload


def headers_of(path):
    return _encode([(":method", "POST"), (":scheme", "http"), (":path", path), (":authority", "x")])


class Bystander(threading.Thread):
    """An ordinary client with one connection; remembers the longest that it had to wait."""

    def __init__(self, server):
        super().__init__(daemon=True)
        self.connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=PATIENCE_S)
        self.connection.connect()
        self.longest = (0, None)
        self.count = 0
        self.failure = None
        self.must_stop = threading.Event()

    def ask(self, method, path, **body):
        start = time.monotonic()
        self.connection.request(method, path, json.dumps(body) if body else None)
        response = self.connection.getresponse()
        text = response.read().decode()
        wait_s = time.monotonic() - start
        if wait_s > self.longest[0]:
            self.longest = wait_s, body or path
        self.count += 1
        if response.status != 200:
            raise AssertionError(f"{path}: {response.status} {text}")

    def run(self):
        try:
            while not self.must_stop.wait(0.02):
                self.ask("GET", "/info")
                self.ask("POST", "/ksql", ksql="INSERT INTO S VALUES ('bystander', 1);")
                self.ask("POST", "/query-stream", sql="SELECT * FROM T WHERE K = 'bystander';",
                         properties={})
        except Exception as error:
            self.failure = error
        self.connection.close()


class AbuseCase(ServerCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.server.ksql(SETUP)
        for _ in range(20):
            cls.server.ksql(BIG_ROW * 20)
        cls.server.ksql("INSERT INTO S VALUES ('bystander', 1);")
        with Http2(cls.server) as client:  # what a first connection leaves for good
            client.ask("GET", "/info")
        time.sleep(1)
        cls.descriptors = cls.count_descriptors()
        cls.memory = cls.read_memory()

    @classmethod
    def count_descriptors(cls):
        return len(os.listdir(f"/proc/{cls.server.process.pid}/fd"))

    @classmethod
    def read_memory(cls):
        with open(f"/proc/{cls.server.process.pid}/statm") as statm:
            return int(statm.read().split()[1]) * resource.getpagesize()

    @contextlib.contextmanager
    def bystander(self):
        """Somebody else is served in time as long as this lasts."""
        client = Bystander(self.server)
        client.start()
        yield client
        end = time.monotonic() + PATIENCE_S
        while client.count < 10 and client.is_alive() and time.monotonic() < end:
            time.sleep(0.01)
        client.must_stop.set()
        client.join(PATIENCE_S)
        self.assertIsNone(client.failure)
        self.assertGreater(client.count, 9)
        self.assertLess(client.longest[0], ANSWER_MAX_S, client.longest)

    def check_given_back(self, memory):
        """What was held for the abusers is given back; memory is what was held before."""
        self.wait_until(lambda: self.count_descriptors() <= self.descriptors + 1)
        if not IS_TSAN:
            self.assertLess(self.read_memory() - memory, MEMORY_SLACK)

    def check_waves(self, wave):
        """Waves after the first soon need no more memory than those before them left to the
        allocator, which seldom gives any back to the system. What leaks does so in each wave."""
        growth = MEMORY_SLACK
        for number in range(WAVE_COUNT_MAX):
            memory = self.read_memory()
            with self.bystander():
                wave()
            self.wait_until(lambda: self.count_descriptors() <= self.descriptors + 1)
            growth = self.read_memory() - memory
            if number > 0 and (IS_TSAN or growth < MEMORY_SLACK):
                break
        if not IS_TSAN:
            self.assertLess(growth, MEMORY_SLACK)


class Slow:
    """Connections of one kind: they send `first`, and then `drop` twice a second."""

    def __init__(self, server, count, first, drop=b"", receive_bytes=None):
        self.drop = drop
        self.open = []
        for _ in range(count):
            client = socket.socket()
            if receive_bytes:
                client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_bytes)
            client.connect(("127.0.0.1", server.port))
            client.sendall(first)
            client.setblocking(False)
            self.open.append(client)

    def send(self):
        for client in self.open:
            with contextlib.suppress(OSError):
                client.send(self.drop)

    def close_ended(self):
        """Forgets the connections that the server has ended."""
        for client in list(self.open):
            try:
                while data := client.recv(65536):
                    if b"HTTP/1.1 200" in data:
                        raise AssertionError(f"served: {data}")
            except BlockingIOError:
                continue
            except ConnectionResetError:
                pass
            client.close()
            self.open.remove(client)


class SlowTest(AbuseCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        length, chunked = b"Content-Length: 1000\r\n\r\n", b"Transfer-Encoding: chunked\r\n\r\n"
        settings = PREFACE + frame(SETTINGS, 0, 0)
        block = headers_of("/ksql")
        half_headers = frame(HEADERS, END_HEADERS, 1, block + b"\0\x7f\x81\x7e" + b"a" * 10000)[:80]
        push = b"POST /query-stream HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n" % len(PUSH)
        cls.start = time.monotonic()
        cls.slow = {
            "silence": Slow(cls.server, 200, b""),
            "half a line": Slow(cls.server, 150, b"GET /inf"),
            "half a preface": Slow(cls.server, 150, PREFACE[:10]),
            "headers": Slow(cls.server, 50, HEAD + b"A: ", b"b"),
            "HTTP/2 headers": Slow(cls.server, 50, settings + half_headers, b"a"),
            "body": Slow(cls.server, 50, HEAD + length, b" "),
            "chunks": Slow(cls.server, 50, HEAD + chunked, b"1\r\n \r\n"),
            "HTTP/2 frame": Slow(cls.server, 50, settings + b"\0", b""),
            "HTTP/2 silence": Slow(cls.server, 50, settings),
        }
        cls.deaf = {
            "HTTP/1.1": Slow(cls.server, 30, push + PUSH.encode(), receive_bytes=4096),
            "HTTP/2": Slow(cls.server, 30, PREFACE + frame(SETTINGS, 0, 0, struct.pack(
                ">HI", 4, 1 << 30)) + frame(WINDOW_UPDATE, 0, 0, struct.pack(">I", 1 << 30)) +
                frame(HEADERS, END_HEADERS, 1, headers_of("/query-stream")) +
                frame(DATA, 1, 1, PUSH.encode()), receive_bytes=4096),
        }
        cls.no_window = [Http2(cls.server, window=0) for _ in range(10)]
        cls.stalled = [client.request("POST", "/query-stream", PUSH) for client in cls.no_window]
        cls.slow_body = Http2(cls.server)
        cls.body_streams = [cls.slow_body.request("POST", "/ksql", b" ", has_ended=False)
                            for _ in range(20)]
        cls.must_stop = threading.Event()
        cls.dripping = threading.Thread(target=cls.drip, daemon=True)
        cls.dripping.start()

    @classmethod
    def tearDownClass(cls):
        cls.must_stop.set()
        cls.dripping.join()
        super().tearDownClass()

    @classmethod
    def drip(cls):
        while not cls.must_stop.wait(0.5):
            for slow in list(cls.slow.values()):
                slow.send()
            for number in cls.body_streams:
                with contextlib.suppress(OSError):
                    cls.slow_body.frame(DATA, 0, number, b" ")

    def check_ended(self, deadline_s, *kinds):
        """These kinds are cut off at their deadline, not long after it and not at once."""
        left = [self.slow[kind] for kind in kinds]
        counts = [len(slow.open) for slow in left]
        with self.bystander():
            while any(slow.open for slow in left):
                age_s = time.monotonic() - self.start
                for kind, slow, count in zip(kinds, left, counts):
                    slow.close_ended()
                    if age_s < deadline_s / 2:
                        self.assertEqual(count, len(slow.open), f"{kind}: ended early")
                    if age_s > deadline_s + LATE_S:
                        self.assertEqual(0, len(slow.open),
                                         f"{kind}: still there after {age_s:.0f} s")
                time.sleep(0.1)

    # The names keep the order in which the deadlines come.

    def test_1_half_open_connections_are_cut_off(self):
        self.check_ended(HEADER_DEADLINE_S, "silence", "half a line", "half a preface")

    def test_2_slow_headers_are_cut_off(self):
        self.check_ended(HEADER_DEADLINE_S, "headers", "HTTP/2 headers")

    def test_3_slow_bodies_are_cut_off(self):
        self.check_ended(BODY_DEADLINE_S, "body", "chunks")

    def test_4_slow_bodies_are_cut_off_in_http2_and_the_connection_stays(self):
        streams = [self.slow_body.streams[number] for number in self.body_streams]
        self.slow_body.until(lambda: all(stream.reset_code is not None for stream in streams),
                             BODY_DEADLINE_S + LATE_S)
        self.assertGreater(time.monotonic() - self.start, BODY_DEADLINE_S / 2)
        self.body_streams.clear()
        self.assertEqual(200, self.slow_body.ask("GET", "/info").status)
        self.slow_body.close()

    def test_5_readers_that_do_not_read_cost_little_memory(self):
        """70 of them wait for 20 MB each."""
        self.assertEqual(70, self.metric("leat_push_clients"))
        if not IS_TSAN:
            self.assertLess(self.read_memory() - self.memory, 70 * 640e3 + MEMORY_SLACK)

    def test_6_readers_that_do_not_read_are_cut_off(self):
        with self.bystander():
            self.wait_until(lambda: self.metric("leat_push_clients") == 0,
                            IDLE_TIMEOUT_S + LATE_S - (time.monotonic() - self.start))
        self.assertGreater(time.monotonic() - self.start, IDLE_TIMEOUT_S / 2)
        self.assertGreaterEqual(self.metric("leat_streams_cut_total"), 40)

    def test_7_a_reader_without_window_is_told_that_its_stream_has_ended(self):
        for client, number in zip(self.no_window, self.stalled):
            stream = client.streams[number]
            client.until(lambda stream=stream: stream.reset_code is not None)
            self.assertEqual(8, stream.reset_code)
            self.assertEqual(200, client.ask("HEAD", "/info").status)
            client.close()

    def test_8_silent_http2_connections_are_cut_off(self):
        self.check_ended(IDLE_TIMEOUT_S, "HTTP/2 frame", "HTTP/2 silence")

    def test_9_everything_is_given_back(self):
        for slow in self.deaf.values():
            for client in slow.open:
                client.close()
        self.check_given_back(self.memory)


class FloodTest(AbuseCase):
    def flood(self, connection_count, make_bytes, reads):
        """So many connections send without pause; those that are ended come back."""
        def run(end):
            while time.monotonic() < end:
                with contextlib.suppress(OSError):
                    self.send_until(end, make_bytes(), reads)

        def wave():
            end = time.monotonic() + WAVE_S
            threads = [threading.Thread(target=run, args=(end,)) for _ in range(connection_count)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            if not IS_TSAN:
                self.assertLess(self.read_memory() - self.memory, 3 * MEMORY_SLACK)
        self.check_waves(wave)

    def send_until(self, end, pieces, reads):
        with self.server.connect(timeout=0.5) as client:
            client.sendall(PREFACE + frame(SETTINGS, 0, 0))
            for piece in pieces:
                client.sendall(piece)
                if reads and not client.recv(65536):
                    return
                if time.monotonic() > end:
                    return

    def test_resets_of_requests_that_make_work(self):
        body = json.dumps({"sql": "SELECT * FROM BIG;", "properties": {}}).encode()
        block = headers_of("/query-stream")

        def pieces():
            for first in range(1, 1 << 20, 64):
                yield b"".join(
                    frame(HEADERS, END_HEADERS, number, block) + frame(DATA, 1, number, body) +
                    frame(RST_STREAM, 0, number, struct.pack(">I", 8))
                    for number in range(first, first + 64, 2))
        self.flood(4, pieces, reads=False)

    def test_control_frames(self):
        window = struct.pack(">I", 1)
        floods = {
            "pings": frame(PING, 0, 0, b"12345678"),
            "settings": frame(SETTINGS, 0, 0, struct.pack(">HI", 4, 65535)),
            "empty settings": frame(SETTINGS, 0, 0),
            "windows": frame(WINDOW_UPDATE, 0, 0, window),
            "priorities": frame(2, 0, 1, b"\0\0\0\0\x10"),
            "unknown frames": frame(0x77, 0, 0, b"x" * 100),
        }
        for what, bad in floods.items():
            for reads in (False, True):
                if reads and what not in ("pings", "settings", "empty settings"):
                    continue  # nothing comes back
                with self.subTest(what, reads=reads):
                    def pieces(bad=bad):
                        while True:
                            yield bad * 200
                    self.flood(2, pieces, reads)

    def test_headers_that_do_not_end(self):
        def pieces():
            yield frame(HEADERS, 0, 1, headers_of("/info"))
            while True:
                yield frame(9, 0, 1, b"\0\1a\1b" * 100) * 10
        self.flood(2, pieces, reads=False)

    def test_empty_data(self):
        def pieces():
            yield frame(HEADERS, END_HEADERS, 1, headers_of("/ksql"))
            while True:
                yield frame(DATA, 0, 1) * 200
        self.flood(2, pieces, reads=False)

    def test_connections_that_come_and_go(self):
        def run(end):
            while time.monotonic() < end:
                with self.server.connect() as client:
                    client.sendall(b"GET /info HTTP/1.1\r\nHost: x\r\n\r\n")
                    client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))

        def wave():
            end = time.monotonic() + WAVE_S
            threads = [threading.Thread(target=run, args=(end,)) for _ in range(4)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
        self.check_waves(wave)


class ConnectionLimitTest(AbuseCase):
    @unittest.skipIf(resource.getrlimit(resource.RLIMIT_NOFILE)[1] < CONNECTION_COUNT_MAX + 1000,
                     "not enough descriptors")
    def test_connections_up_to_the_limit_and_past_it(self):
        resource.setrlimit(resource.RLIMIT_NOFILE,
                           (resource.getrlimit(resource.RLIMIT_NOFILE)[1],) * 2)

        def wave():
            clients = []
            for _ in range(CONNECTION_COUNT_MAX + 500):
                client = self.server.connect()
                with contextlib.suppress(OSError):
                    client.sendall(b"G")  # tells the protocol
                clients.append(client)
            time.sleep(0.5)
            for client in clients:
                client.close()
        self.check_waves(wave)
        self.assertGreater(self.metric("leat_http_connections_refused_total"), 0)


class DescriptorTest(AbuseCase):
    """A server out of descriptors serves the clients that it has, lets others wait, and rests."""

    @classmethod
    def make_server(cls):
        return Server(descriptors=150)

    def cpu_s(self):
        with open(f"/proc/{self.server.process.pid}/stat") as stat:
            fields = stat.read().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def test_connections_past_the_last_descriptor(self):
        with self.bystander():
            clients = [self.server.connect() for _ in range(300)]
            time.sleep(1)
        before = self.cpu_s()
        time.sleep(1)
        self.assertLess(self.cpu_s() - before, 0.5)
        for client in clients:
            client.close()
        self.assertEqual(200, self.server.get("/info")[0])
        self.check_given_back(self.memory)


if __name__ == "__main__":
    unittest.main()

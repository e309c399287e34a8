"""Push queries on HTTP/1.1: rows as they happen, every kind of end, clients that leave or stall."""
import json
import socket
import tempfile
import threading
import time
import unittest

from harness import IS_TSAN, PATIENCE_S, Server, ServerCase, Stream

V1 = "application/vnd.ksql.v1+json"
EARLIEST = {"auto.offset.reset": "earliest"}
SETUP = ("CREATE STREAM S (K STRING KEY, V INT, T STRING) "
         "WITH (kafka_topic='s', value_format='JSON', partitions=1);"
         "CREATE STREAM BIG (K STRING KEY, T STRING) "
         "WITH (kafka_topic='big', value_format='JSON', partitions=1);"
         "CREATE TABLE TT (K STRING PRIMARY KEY, V INT) "
         "WITH (kafka_topic='tt', value_format='JSON', partitions=1);")
TEXT = "x" * 50000


def fill(server, count):
    """Rows of 50 kB."""
    for _ in range(count // 20):
        server.ksql(f"INSERT INTO BIG VALUES ('k', '{TEXT}');" * 20)


class StreamTest(ServerCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.server.ksql(SETUP)

    def open(self, sql="SELECT K, V FROM S EMIT CHANGES;", **options):
        stream = Stream(self.server, sql, **options)
        self.addCleanup(stream.close)
        self.assertEqual(200, stream.status)
        return stream

    def clients(self):
        return self.metric("leat_push_clients")

    def settled_clients(self):
        """None: those of earlier tests have gone."""
        self.wait_until(lambda: self.clients() == 0)
        return 0

    # --- rows ---

    def test_rows_come_as_they_are_inserted(self):
        stream = self.open()
        self.assertEqual(["K", "V"], stream.json()["columnNames"])
        for value in range(5):
            self.server.ksql(f"INSERT INTO S (K, V) VALUES ('now', {value});")
            self.assertEqual(["now", value], stream.json())

    def test_the_header_comes_before_any_row(self):
        stream = self.open(accept=V1)
        self.assertEqual("`K` STRING, `V` INTEGER", json.loads(
            stream.line().rstrip(",\n") + "]")[0]["header"]["schema"])

    def test_tombstones_show_in_v1_json_only(self):
        self.server.ksql("INSERT INTO TT VALUES ('gone', 1);")
        sql = "SELECT * FROM TT EMIT CHANGES LIMIT 2;"
        streams = [self.open(sql, accept=V1), self.open(sql)]
        for stream in streams:
            stream.line()
        self.server.ksql("INSERT INTO TT (K, V) VALUES ('gone', 2);")
        self.assertEqual({"row": {"columns": ["gone", 2]}}, streams[0].json())
        self.assertEqual(["gone", 2], streams[1].json())

    def test_many_subscribers_see_every_row_in_order(self):
        streams = [self.open("SELECT V FROM S WHERE K = 'fan' EMIT CHANGES LIMIT 50;")
                   for _ in range(30)]
        for start in range(0, 50, 10):
            self.server.ksql("".join(f"INSERT INTO S (K, V) VALUES ('fan', {i});"
                                     for i in range(start, start + 10)))
        for stream in streams:
            rows = [json.loads(line)[0] for line in stream.rest().splitlines()[1:]]
            self.assertEqual(list(range(50)), rows)

    def test_print_follows_a_topic(self):
        stream = self.open("PRINT 's';")
        self.server.ksql("INSERT INTO S (K, V) VALUES ('printed', 1);")
        lines = [stream.line() for _ in range(3)]
        self.assertIn("Key format:", lines[0])
        self.assertIn("key: printed", lines[2])

    # --- ends ---

    def test_close_query_ends_the_stream_normally(self):
        stream = self.open(accept=V1)
        query_id = json.loads(stream.line().rstrip(",\n") + "]")[0]["header"]["queryId"]
        status, _, body = self.server.request("POST", "/close-query", {"queryId": query_id})
        self.assertEqual((200, ""), (status, body))
        self.assertEqual('{"finalMessage":"Query Terminated"}]\n', stream.rest())
        status, _, body = self.server.request("POST", "/close-query", {"queryId": query_id})
        self.assertEqual((400, f"No query with id {query_id}"),
                         (status, json.loads(body)["message"]))

    def test_terminate_ends_the_stream(self):
        stream = self.open(accept=V1)
        query_id = json.loads(stream.line().rstrip(",\n") + "]")[0]["header"]["queryId"]
        entity = self.server.ksql(f"TERMINATE {query_id};")[0]
        self.assertEqual(("terminate_query", True), (entity["@type"], entity["wasTerminated"]))
        self.assertTrue(stream.rest().endswith("]\n"))

    def test_limit_ends_every_framing(self):
        self.server.ksql("INSERT INTO S (K, V) VALUES ('l', 1);")
        for accept, end in [(None, "]\n"), ("application/json", "]\n]\n"),
                            (V1, '{"finalMessage":"Limit Reached"}]\n')]:
            _, body = self.server.query("SELECT K FROM S EMIT CHANGES LIMIT 1;", accept=accept,
                                        **EARLIEST)
            self.assertTrue(body.endswith(end), body)

    # --- clients that leave or stall ---

    def test_a_client_that_leaves_ends_its_query_within_a_second(self):
        before = self.settled_clients()
        streams = [Stream(self.server, "SELECT * FROM S EMIT CHANGES;") for _ in range(20)]
        self.wait_until(lambda: self.clients() == before + 20)
        time.sleep(0.6)  # idle, so parked
        start = time.monotonic()
        for stream in streams:
            stream.close()
        self.wait_until(lambda: self.clients() == before, 2)
        self.assertLess(time.monotonic() - start, 1.5)

    def test_a_client_that_resets_ends_its_query(self):
        before = self.settled_clients()
        stream = Stream(self.server, "SELECT * FROM S EMIT CHANGES;")
        self.wait_until(lambda: self.clients() == before + 1)
        stream.connection.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
        stream.close()
        self.wait_until(lambda: self.clients() == before, 2)

    def test_a_client_that_leaves_amid_rows_ends_its_query(self):
        fill(self.server, 100)
        before = self.settled_clients()
        stream = Stream(self.server, "SELECT * FROM BIG EMIT CHANGES;", **EARLIEST)
        stream.line()
        stream.close()
        self.wait_until(lambda: self.clients() == before, 2)

    def test_clients_that_do_not_read_hold_up_nobody_and_little_memory(self):
        fill(self.server, 200)
        memory = self.metric("process_resident_memory_bytes")
        stalled = [Stream(self.server, "SELECT * FROM BIG EMIT CHANGES;", **EARLIEST)
                   for _ in range(20)]
        time.sleep(0.5)
        reader = self.open("SELECT V FROM S WHERE K = 'free' EMIT CHANGES LIMIT 3;")
        for value in range(3):
            start = time.monotonic()
            self.server.ksql(f"INSERT INTO S (K, V) VALUES ('free', {value});")
            self.assertLess(time.monotonic() - start, PATIENCE_S / 4)
        self.assertEqual(4, len(reader.rest().splitlines()))
        # 20 times 10 MB are waiting in the log, not in memory.
        if not IS_TSAN:
            self.assertLess(self.metric("process_resident_memory_bytes") - memory, 150e6)
        # One that starts to read again gets everything.
        for _ in range(201):
            self.assertTrue(stalled[0].line().endswith("\n"))
        for stream in stalled:
            stream.close()
        self.wait_until(lambda: self.clients() == 0, 5)

    def test_slow_senders_hold_up_nobody(self):
        slow = [self.server.connect() for _ in range(50)]
        for client in slow:
            client.sendall(b"POST /ksql HTTP/1.1\r\nHost: x\r\nContent-Le")
        start = time.monotonic()
        for _ in range(20):
            self.assertEqual(200, self.server.get("/info")[0])
        self.assertLess(time.monotonic() - start, PATIENCE_S / 4)
        for client in slow:
            client.close()

    def test_headers_have_a_deadline(self):
        with self.server.connect() as silent, self.server.connect() as slow:
            start = time.monotonic()
            slow.sendall(b"G")
            slow.settimeout(30)
            ended = threading.Event()

            def drip():
                for byte in b"ET /info HTTP/1.1\r\nA: " + b"b" * 1000:
                    if ended.wait(0.3):
                        return
                    try:
                        slow.sendall(bytes([byte]))
                    except OSError:
                        return
            dripping = threading.Thread(target=drip)
            dripping.start()
            try:
                data = slow.recv(1000)
            except ConnectionResetError:
                data = b""
            ended.set()
            dripping.join()
            self.assertNotIn(b"200", data)
            self.assertLess(time.monotonic() - start, 15)
            silent.settimeout(15)
            self.assertEqual(b"", silent.recv(1))


class LimitTest(ServerCase):
    @classmethod
    def setUpClass(cls):
        cls.config = tempfile.NamedTemporaryFile("w", suffix=".properties")
        cls.config.write("ksql.max.push.queries = 3\n")
        cls.config.flush()
        cls.options = ("--config", cls.config.name)
        cls.addClassCleanup(cls.config.close)
        super().setUpClass()
        cls.server.ksql(SETUP)

    def test_push_queries_are_bounded(self):
        streams = [Stream(self.server, "SELECT * FROM S EMIT CHANGES;") for _ in range(3)]
        status, body = self.server.query("SELECT * FROM S EMIT CHANGES;")
        self.assertEqual((400, 40003), (status, json.loads(body)["error_code"]))
        self.assertEqual(200, self.server.query("SELECT * FROM S;")[0])
        streams[0].close()

        def one_more():
            stream = Stream(self.server, "SELECT * FROM S EMIT CHANGES;")
            self.addCleanup(stream.close)
            return stream.status == 200
        self.wait_until(one_more)
        for stream in streams[1:]:
            stream.close()


class ShutdownTest(unittest.TestCase):
    def test_open_streams_get_a_last_value(self):
        server = Server()
        server.ksql(SETUP)
        sql = "SELECT K FROM S EMIT CHANGES;"
        streams = [Stream(server, sql, accept=V1), Stream(server, sql),
                   Stream(server, sql, accept="application/json")]
        for stream in streams:
            stream.line()
        time.sleep(0.5)
        self.assertEqual(0, server.stop(), server.errors)
        ends = [json.loads("[" + streams[0].rest()), [json.loads(streams[1].rest())],
                json.loads("[0" + streams[2].rest())]
        self.assertEqual(50303, ends[0][-1]["errorMessage"]["error_code"])
        self.assertEqual(50303, ends[1][-1]["error_code"])
        self.assertEqual(50303, ends[2][-1]["error_code"])

    def test_a_stalled_client_does_not_keep_the_server(self):
        server = Server()
        server.ksql(SETUP)
        fill(server, 100)
        stalled = Stream(server, "SELECT * FROM BIG EMIT CHANGES;", **EARLIEST)
        time.sleep(0.5)
        start = time.monotonic()
        self.assertEqual(0, server.stop(), server.errors)
        self.assertLess(time.monotonic() - start, 20)
        stalled.close()


if __name__ == "__main__":
    unittest.main()

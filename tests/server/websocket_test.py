"""/ws/query: rows and ends as ksqlDB sends them, and clients that break every rule."""
import json
import os
import socket
import struct
import subprocess
import tempfile
import time
import unittest

from harness import IS_TSAN, Server, ServerCase
from http2_client import Http2
from websocket_client import (BINARY, CLOSE, CONTINUATION, PING, PONG, TEXT, WebSocket, frame,
                              handshake, target)

EARLIEST = {"auto.offset.reset": "earliest"}
SETUP = ("CREATE STREAM S (K STRING KEY, V INT, D DECIMAL(4,2), A ARRAY<STRUCT<X INT>>) "
         "WITH (kafka_topic='s', value_format='JSON', partitions=1);"
         "CREATE TABLE T AS SELECT K, COUNT(*) AS N FROM S GROUP BY K;"
         "CREATE TABLE TT (K STRING PRIMARY KEY, V INT) "
         "WITH (kafka_topic='tt', value_format='JSON', partitions=1);"
         "CREATE STREAM BIG (K STRING KEY, T STRING) "
         "WITH (kafka_topic='big', value_format='JSON', partitions=1);"
         "CREATE STREAM RAW (K STRING KEY, V STRING) "
         "WITH (kafka_topic='raw', value_format='KAFKA', partitions=1);"
         "INSERT INTO S VALUES ('a', 1, 1.20, NULL); INSERT INTO S VALUES ('b', 2, NULL, NULL);")
PUSH = "SELECT K, V FROM S EMIT CHANGES;"
TEXT_OF_50_KB = "x" * 50000


def plain(name, kind, **more):
    return {"name": name, "schema": {"type": kind, "fields": None, "memberSchema": None, **more}}


class WebSocketCase(ServerCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.server.ksql(SETUP)

    def open(self, path, **options):
        client = WebSocket(self.server, path, **options)
        self.addCleanup(client.close)
        return client

    def query(self, sql, **fields):
        """A connection whose query has been sent."""
        client = self.open(target(sql, **fields))
        self.assertEqual(101, client.status)
        return client

    def push(self, sql=PUSH, **options):
        """A connection whose push query runs: its header has come."""
        client = self.open(target(sql, streamsProperties=options.pop("properties", {})), **options)
        client.json()
        return client

    def clients(self):
        return self.metric("leat_push_clients")

    def assert_ends(self, code, reason, path):
        client = self.open(path)
        messages = client.messages()
        self.assertEqual([{"error": reason}], [json.loads(message) for message in messages])
        self.assertEqual((code, reason), (client.close_code, client.close_reason))

    def assert_serves(self):
        """Nothing that came before did harm."""
        self.assertEqual(3, len(self.query("SELECT * FROM S WHERE K = 'a';").messages()))


class RowsTest(WebSocketCase):
    def setUp(self):
        self.wait_until(lambda: len(self.server.rows("SELECT * FROM T;")) >= 2)

    def test_the_handshake_is_answered_with_proof(self):
        client = self.open(target("SELECT * FROM S;"))
        self.assertEqual((101, True), (client.status, client.accepts()))
        self.assertEqual(("websocket", "Upgrade"),
                         (client.headers["Upgrade"], client.headers["Connection"]))
        self.assertRegex(client.headers["Server"], r"^leat/\d")

    def test_pull_query_on_a_table(self):
        client = self.query("SELECT * FROM T WHERE K = 'b';")
        self.assertEqual([{**plain("K", "STRING"), "type": "KEY"}, plain("N", "BIGINT")],
                         client.json())
        self.assertEqual('{"row":{"columns":["b",1]}}', client.message())
        self.assertEqual('{"error":"done"}', client.message())
        self.assertEqual([], client.messages())
        self.assertEqual((1000, "done"), (client.close_code, client.close_reason))
        self.assertTrue(client.is_closed_by_server())

    def test_pull_query_on_a_stream_describes_nested_types(self):
        header, first, second, end = self.query("SELECT * FROM S WHERE D = 1.2 OR "
                                                "K = 'b';").messages()
        member = {"type": "STRUCT", "fields": [plain("X", "INTEGER")], "memberSchema": None}
        self.assertEqual([plain("K", "STRING"), plain("V", "INTEGER"),
                          plain("D", "DECIMAL", parameters={"precision": 4, "scale": 2}),
                          plain("A", "ARRAY", memberSchema=member)], json.loads(header))
        self.assertEqual('{"row":{"columns":["a",1,1.20,null]}}', first)
        self.assertEqual({"row": {"columns": ["b", 2, None, None]}}, json.loads(second))
        self.assertEqual('{"error":"done"}', end)

    def test_pull_query_without_rows(self):
        self.assertEqual(2, len(self.query("SELECT * FROM T WHERE K = 'nobody';").messages()))

    def test_push_query_sends_its_header_at_once_and_rows_as_they_come(self):
        client = self.query(PUSH)
        self.assertEqual([plain("K", "STRING"), plain("V", "INTEGER")], client.json())
        for value in range(5):
            start = time.monotonic()
            self.server.ksql(f"INSERT INTO S (K, V) VALUES ('now', {value});")
            self.assertEqual({"row": {"columns": ["now", value]}}, client.json())
            self.assertLess(time.monotonic() - start, 1)

    def test_push_query_with_a_limit_ends_with_done(self):
        client = self.query("SELECT K FROM S EMIT CHANGES LIMIT 2;", streamsProperties=EARLIEST)
        self.assertEqual(['{"row":{"columns":["a"]}}', '{"row":{"columns":["b"]}}',
                          '{"error":"done"}'], client.messages()[1:])
        self.assertEqual(1000, client.close_code)

    def test_a_tombstone_is_a_row_that_says_so(self):
        client = self.push("SELECT * FROM TT WHERE V > 1 EMIT CHANGES;")
        self.server.ksql("INSERT INTO TT VALUES ('t', 2);")
        self.assertEqual({"row": {"columns": ["t", 2]}}, client.json())
        self.server.ksql("INSERT INTO TT VALUES ('t', 1);")
        self.assertEqual({"row": {"columns": ["t", None], "tombstone": True}}, client.json())

    def test_print_sends_plain_lines(self):
        client = self.query("PRINT 's' FROM BEGINNING LIMIT 2;")
        messages = client.messages()
        self.assertEqual(["Key format: KAFKA_STRING", "Value format: JSON or KAFKA_STRING"],
                         messages[:2])
        self.assertRegex(messages[2], r'^rowtime: .* Z, key: a, value: \{.*\}, partition: 0$')
        self.assertEqual((5, '{"error":"done"}'), (len(messages), messages[-1]))
        self.assertEqual(1000, client.close_code)

    def test_print_follows_a_topic(self):
        self.wait_until(lambda: self.clients() == 0)
        client = self.query("PRINT 's';")
        self.wait_until(lambda: self.clients() == 1)  # no header says that it runs
        self.server.ksql("INSERT INTO S (K, V) VALUES ('printed', 1);")
        lines = [client.message() for _ in range(3)]
        self.assertIn("key: printed", lines[2])

    def test_rows_longer_than_a_buffer_come_whole(self):
        text = "ü" * 20000
        self.server.ksql(f"INSERT INTO RAW VALUES ('long', '{text}');")
        messages = self.query("SELECT CONCAT(V, V, V, V, V, V, V, V) FROM RAW;").messages()
        self.assertEqual({"row": {"columns": [text * 8]}}, json.loads(messages[1]))
        self.assertEqual('{"error":"done"}', messages[2])

    def test_many_rows_come_in_order(self):
        for start in range(0, 2000, 500):
            self.server.ksql("".join(f"INSERT INTO S (K, V) VALUES ('many', {i});"
                                     for i in range(start, start + 500)))
        messages = self.query("SELECT V FROM S WHERE K = 'many';").messages()
        self.assertEqual(list(range(2000)),
                         [json.loads(message)["row"]["columns"][0] for message in messages[1:-1]])

    def test_variables_and_the_version_are_taken(self):
        path = target("SELECT * FROM S WHERE K = '${k}';", version="1",
                      sessionVariables={"k": "a"})
        self.assertEqual(3, len(self.open(path).messages()))

    def test_close_query_and_terminate_end_it_with_done(self):
        for end in ("close", "terminate"):
            client = self.push()
            self.wait_until(lambda: self.clients() == 1)
            entity, = self.server.ksql("SHOW QUERIES;")
            query_id, = [query["id"] for query in entity["queries"]
                         if query["queryType"] == "PUSH"]
            if end == "close":
                self.server.request("POST", "/close-query", {"queryId": query_id})
            else:
                self.server.ksql(f"TERMINATE {query_id};")
            self.assertEqual(['{"error":"done"}'], client.messages())
            self.assertEqual(1000, client.close_code)
            self.wait_until(lambda: self.clients() == 0)

    def test_many_subscribers(self):
        clients = [self.push("SELECT V FROM S WHERE K = 'fan' EMIT CHANGES LIMIT 20;")
                   for _ in range(50)]
        self.server.ksql("".join(f"INSERT INTO S (K, V) VALUES ('fan', {i});"
                                 for i in range(20)))
        for client in clients:
            rows = [json.loads(message)["row"]["columns"][0]
                    for message in client.messages()[:-1]]
            self.assertEqual(list(range(20)), rows)


class ErrorTest(WebSocketCase):
    def test_a_missing_request(self):
        reason = "Error parsing request: missing request parameter"
        self.assert_ends(1003, reason, "/ws/query")
        self.assert_ends(1003, reason, "/ws/query?request=")
        self.assert_ends(1003, reason, "/ws/query?requests=%7B%7D")

    def test_a_request_without_sql(self):
        reason = 'Error parsing request: "ksql" field of "request" must be populated'
        for sql in ("", " \n"):
            self.assert_ends(1003, reason, target(sql))
        self.assert_ends(1003, reason, "/ws/query?request=%7B%7D")

    def test_an_unknown_version(self):
        for version in ("2", "", "x"):
            self.assert_ends(1003, f"Received invalid api version: {version}",
                             target("SELECT * FROM S;", version=version))

    def test_a_request_that_is_no_json(self):
        for text in ("nonsense", "%5B%5D", "%7B%22ksql%22:1%7D"):
            client = self.open("/ws/query?request=" + text)
            message, = client.messages()
            self.assertTrue(message.startswith('{"error":"Error parsing request: '), message)
            self.assertEqual(1003, client.close_code)

    def test_a_request_that_is_badly_encoded(self):
        for text in ("%7", "%zz", "%C0%80", "%00"):
            client = self.open("/ws/query?request=" + text)
            self.assertEqual(1, len(client.messages()))
            self.assertEqual(1003, client.close_code)

    def test_statements_that_fail(self):
        for sql, wanted in [("SELEC;", "Error parsing query: line 1:1: Syntax Error"),
                            ("SELECT * FROM NOPE;", "NOPE does not exist"),
                            ("SELECT NOPE FROM S EMIT CHANGES;", "NOPE"),
                            ("PRINT nope;", "nope"),
                            ("SELECT * FROM S; SELECT * FROM S;", "Error parsing query: Expected "
                             "exactly one KSQL statement; found 2 instead"),
                            ("SHOW STREAMS;", "not supported for this resource")]:
            client = self.query(sql)
            message, = client.messages()
            error = json.loads(message)["error"]
            self.assertIn(wanted, error)
            self.assertEqual(1003, client.close_code)
            self.assertEqual(error[:40], client.close_reason[:40])

    def test_a_long_reason_is_cut_to_123_bytes(self):
        client = self.query("SELECT * FROM " + "N" * 300 + ";")
        error = json.loads(client.messages()[0])["error"]
        self.assertIn("N" * 300, error)
        self.assertEqual(error[:120] + "...", client.close_reason)

    def test_a_reason_is_cut_between_characters(self):
        for shift in range(3):
            client = self.query("SELECT * FROM `" + "n" * shift + "ü€" * 100 + "`;")
            error = json.loads(client.messages()[0])["error"]
            self.assertTrue(client.close_reason.endswith("..."))
            self.assertTrue(error.startswith(client.close_reason[:-3]))
            self.assertIn(len(client.close_reason.encode()), (121, 122, 123))

    def test_a_command_that_never_comes_closes_with_1013(self):
        reason = ("Timed out while waiting for a previous command to execute. "
                  "command sequence number: 999999")
        self.assert_ends(1013, reason, target("SELECT * FROM S;", commandSequenceNumber=999999))

    def test_properties_that_may_not_be_set(self):
        client = self.query("SELECT * FROM S;", streamsProperties={"nonsense": "1"})
        self.assertIn("Error parsing request: ", client.messages()[0])
        self.assertEqual(1003, client.close_code)


class HandshakeTest(WebSocketCase):
    def answer(self, path="/ws/query", **headers):
        """Status and body of a handshake that is refused."""
        data = self.server.raw(handshake(path, **headers), keep_open=True)
        head, _, body = data.decode().partition("\r\n\r\n")
        return int(head.split()[1]), head, body

    def test_what_is_no_handshake_gets_400(self):
        for headers in ({"Upgrade": None}, {"Upgrade": "h2c"}, {"Connection": None},
                        {"Connection": "close"}, {"Sec_WebSocket_Key": None},
                        {"Sec_WebSocket_Key": "short"}, {"Sec_WebSocket_Key": "!" * 24},
                        {"Sec_WebSocket_Key": "A" * 24}, {"Sec_WebSocket_Key": "A" * 200}):
            status, _, body = self.answer(**headers)
            self.assertEqual(400, status, headers)
            self.assertEqual(40000, json.loads(body)["error_code"])

    def test_another_version_gets_426_and_is_told_ours(self):
        for version in (None, "8", "130", "13, 8", ""):
            status, head, _ = self.answer(Sec_WebSocket_Version=version)
            self.assertEqual(426, status, version)
            self.assertIn("Sec-WebSocket-Version: 13", head)

    def test_other_methods_and_protocols(self):
        self.assertEqual(405, self.server.request("POST", "/ws/query", {})[0])
        self.assertEqual(400, self.server.request("HEAD", "/ws/query")[0])
        data = self.server.raw(b"GET /ws/query HTTP/1.0\r\nUpgrade: websocket\r\n"
                               b"Connection: Upgrade\r\n\r\n")
        self.assertIn(b" 400 ", data.split(b"\r\n")[0])
        with Http2(self.server) as client:
            self.assertEqual(400, client.ask("GET", target("SELECT * FROM S;")).status)

    def test_a_key_may_not_come_twice(self):
        twice = handshake("/ws/query").replace(
            b"\r\n\r\n", b"\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n")
        self.assertIn(b" 400 ", self.server.raw(twice, keep_open=True).split(b"\r\n")[0])

    def test_headers_in_other_words_are_understood(self):
        client = self.open(target("SELECT * FROM S;"), Connection="keep-alive, Upgrade",
                           Upgrade="foo , WebSocket")
        self.assertEqual(101, client.status)

    def test_pages_of_other_origins_are_refused(self):
        for origin in ("http://evil.example", "null", "http://localhost.evil.example",
                       "http://localhost:1"):
            self.assertEqual(403, self.answer(Origin=origin)[0], origin)
        client = self.open(target("SELECT * FROM S;"), Origin="http://localhost")
        self.assertEqual(101, client.status)

    def test_a_target_that_is_too_long_gets_414(self):
        status, _, _ = self.answer(path=target("SELECT * FROM S WHERE K='" + "k" * 9000 + "';"))
        self.assertEqual(414, status)

    def test_other_routes_do_not_upgrade(self):
        status, _, body = self.answer(path="/info")
        self.assertEqual(200, status)
        self.assertIn("KsqlServerInfo", body)


class FramesTest(WebSocketCase):
    def tearDown(self):
        self.wait_until(lambda: self.clients() == 0, 5)
        self.assert_serves()

    def assert_refused(self, data, code):
        client = self.push()
        client.socket.sendall(data)
        self.assertIsNone(client.message())
        self.assertEqual(code, client.close_code)
        client.socket.shutdown(socket.SHUT_WR)
        self.assertTrue(client.is_closed_by_server())

    def test_an_unmasked_frame_closes_with_1002(self):
        self.assert_refused(frame(TEXT, b"hello", masked=False), 1002)
        self.assert_refused(frame(PING, b"", masked=False), 1002)

    def test_frames_that_break_the_protocol(self):
        for data in (frame(TEXT, b"x", rsv=4), frame(CONTINUATION, b"x"),
                     frame(TEXT, b"a", fin=False) + frame(TEXT, b"b"),
                     frame(CLOSE, struct.pack(">H", 999)), frame(CLOSE, struct.pack(">H", 1005))):
            self.assert_refused(data, 1002)
        for data in (frame(3, b"x"), frame(11, b"x"), frame(PING, b"x" * 126),
                     frame(PING, b"x", fin=False), frame(CLOSE, b"x"), b"\x81\xff" + b"\xff" * 12):
            client = self.push()
            client.socket.sendall(data)
            self.assertIsNone(client.message())
            self.assertIn(client.close_code, (None, 1002, 1009))
            client.close()

    def test_text_that_is_no_utf8_closes_with_1007(self):
        self.assert_refused(frame(TEXT, b"\xff\xfe"), 1007)

    def test_a_frame_past_the_limit_closes_with_1009(self):
        self.assert_refused(frame(BINARY, b"x" * 100, announce=65537), 1009)
        self.assert_refused(frame(BINARY, b"x", announce=2**62), 1009)

    def test_what_the_client_says_is_dropped(self):
        client = self.push()
        client.send(TEXT, b"hello")
        client.send(BINARY, os.urandom(65536))
        for _ in range(100):
            client.send(TEXT, b"a" * 10000, fin=False)
            client.send(PING, b"p")
            for _ in range(3):
                client.send(CONTINUATION, b"b" * 10000, fin=False)
            client.send(CONTINUATION, b"c")
        for _ in range(100):
            self.assertEqual((PONG, b"p"), client.read_frame())
        self.server.ksql("INSERT INTO S (K, V) VALUES ('still', 1);")
        self.assertEqual({"row": {"columns": ["still", 1]}}, client.json())
        client.close()

    def test_a_ping_is_answered_and_a_pong_is_not(self):
        client = self.push()
        client.send(PONG, b"unasked")
        client.send(PING, b"x" * 125)
        self.assertEqual((PONG, b"x" * 125), client.read_frame())
        client.close()

    def test_a_close_frame_is_answered_with_its_code(self):
        for payload, code in ((b"", None), (struct.pack(">H", 1000) + b"bye", 1000),
                              (struct.pack(">H", 4321), 4321)):
            client = self.push()
            client.send(CLOSE, payload)
            self.assertIsNone(client.message())
            self.assertEqual(code, client.close_code)
            self.assertTrue(client.is_closed_by_server())

    def test_a_frame_may_come_byte_by_byte(self):
        client = self.push()
        for byte in frame(PING, b"slow"):
            client.socket.sendall(bytes([byte]))
            time.sleep(0.01)
        self.assertEqual((PONG, b"slow"), client.read_frame())
        client.close()

    def test_frames_that_come_with_the_handshake_count(self):
        client = self.open(target(PUSH), early=frame(PING, b"early"))
        frames = [client.read_frame(), client.read_frame()]
        self.assertIn((PONG, b"early"), frames)
        client.close()

    def test_noise(self):
        for seed in range(40):
            client = self.push()
            client.socket.sendall(bytes(((seed * 37 + i * i * 11) >> 2) & 255
                                        for i in range(4000)))
            client.close()


class LeavingTest(WebSocketCase):
    def test_a_client_that_leaves_ends_its_query_within_a_second(self):
        def close(client):
            client.close()

        def reset(client):
            client.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
            client.close()

        def half_close(client):
            client.socket.shutdown(socket.SHUT_WR)

        def say_goodbye(client):
            client.send(CLOSE, struct.pack(">H", 1001))

        for leave in (close, reset, half_close, say_goodbye):
            clients = [self.push() for _ in range(10)]
            self.wait_until(lambda: self.clients() == 10)
            start = time.monotonic()
            for client in clients:
                leave(client)
            self.wait_until(lambda: self.clients() == 0, 2)
            self.assertLess(time.monotonic() - start, 1)

    def test_a_client_that_leaves_amid_its_handshake(self):
        for count in (10, 60, -1):
            with self.server.connect() as client:
                client.sendall(handshake(target(PUSH))[:count])
        for _ in range(20):
            with self.server.connect() as client:
                client.sendall(handshake(target(PUSH)))
        self.wait_until(lambda: self.clients() == 0, 5)
        self.assert_serves()

    def fill(self, count):
        """Rows of 50 kB."""
        for _ in range(count // 20):
            self.server.ksql(f"INSERT INTO BIG VALUES ('k', '{TEXT_OF_50_KB}');" * 20)

    def test_slow_readers_hold_up_nobody_and_are_cut_off_in_the_end(self):
        self.fill(200)
        memory = self.metric("process_resident_memory_bytes")
        sql = "SELECT * FROM BIG EMIT CHANGES;"
        stalled = [self.push(sql, properties=EARLIEST, receive_bytes=4096) for _ in range(20)]
        pinging = self.push(sql, properties=EARLIEST, receive_bytes=4096)
        pinging.socket.setblocking(False)
        start = time.monotonic()
        try:
            while time.monotonic() - start < 1:
                pinging.socket.send(frame(PING, b"x" * 125) * 100)
        except BlockingIOError:
            pass  # the server reads no more: its answers are not read either
        reader = self.push("SELECT V FROM S WHERE K = 'free' EMIT CHANGES LIMIT 3;")
        for value in range(3):
            self.server.ksql(f"INSERT INTO S (K, V) VALUES ('free', {value});")
        self.assertEqual(4, len(reader.messages()))
        if not IS_TSAN:  # 20 times 10 MB wait in the log, not in memory
            self.assertLess(self.metric("process_resident_memory_bytes") - memory, 150e6)
        stalled.pop().close()  # leaves while it is stalled
        self.wait_until(lambda: self.clients() == 20, 2)
        resumed = stalled.pop()
        for _ in range(200):
            self.assertEqual("k", resumed.json()["row"]["columns"][0])
        # Nothing moves for a minute: the others get a last message behind what was on its way.
        self.wait_until(lambda: self.clients() == 1, 75)
        messages = stalled.pop().messages_until_the_end()
        self.assertEqual({"error": "The client reads too slowly"}, json.loads(messages[-1]))
        self.wait_until(lambda: self.metric("leat_http_connections") <= 3, 10)
        self.assert_serves()


class PropertiesTest(unittest.TestCase):
    def serve(self, lines, *options):
        config = tempfile.NamedTemporaryFile("w", suffix=".properties")
        self.addCleanup(config.close)
        config.write(lines)
        config.flush()
        server = Server("--config", config.name, *options)
        self.addCleanup(lambda: self.assertEqual(0, server.stop(), server.errors))
        server.ksql(SETUP)
        return server

    def test_a_connection_does_not_outlive_its_timeout(self):
        server = self.serve("ksql.websocket.connection.max.timeout.ms = 700\n")
        client = WebSocket(server, target(PUSH))
        start = time.monotonic()
        client.message()
        self.assertEqual(['{"error":"The request token has expired."}'], client.messages())
        self.assertEqual((1011, "The request token has expired."),
                         (client.close_code, client.close_reason))
        self.assertGreater(time.monotonic() - start, 0.6)
        self.assertTrue(client.is_closed_by_server())

    def test_push_queries_are_bounded(self):
        server = self.serve("ksql.max.push.queries = 1\n")
        first, second = WebSocket(server, target(PUSH)), None
        first.message()
        second = WebSocket(server, target(PUSH))
        self.assertEqual(["Maximum number of push queries exceeded"],
                         [json.loads(message)["error"] for message in second.messages()])
        self.assertEqual(1003, second.close_code)
        first.close()

    def test_credentials_come_with_the_handshake(self):
        passwords = tempfile.NamedTemporaryFile("w")
        self.addCleanup(passwords.close)
        hashed = subprocess.run(["openssl", "passwd", "-6", "secret"], capture_output=True,
                                text=True, check=True).stdout.strip()
        passwords.write(f"me:{hashed}\n")
        passwords.flush()
        server = Server("--password-file", passwords.name)
        self.addCleanup(lambda: self.assertEqual(0, server.stop(), server.errors))
        path = target("PRINT nope;")
        for credentials in (None, "Basic bWU6d3Jvbmc=", "Bearer x"):
            data = server.raw(handshake(path, Authorization=credentials), keep_open=True)
            head, _, body = data.partition(b"\r\n\r\n")
            self.assertIn(b" 401 ", head.split(b"\r\n")[0])
            self.assertEqual(40100, json.loads(body)["error_code"])
        for _ in range(2):  # hashed, then remembered
            client = WebSocket(server, path, Authorization="Basic bWU6c2VjcmV0")
            self.assertEqual(101, client.status)
            self.assertEqual(1, len(client.messages()))


class ShutdownTest(unittest.TestCase):
    def test_open_connections_are_told(self):
        server = Server()
        server.ksql(SETUP)
        clients = [WebSocket(server, target(PUSH)) for _ in range(5)]
        for client in clients:
            client.message()
        start = time.monotonic()
        self.assertEqual(0, server.stop(), server.errors)
        self.assertLess(time.monotonic() - start, 8)
        for client in clients:
            self.assertEqual('{"error":"The server is shutting down"}', client.message())
            self.assertIsNone(client.message())
            self.assertEqual((1001, "The server is shutting down"),
                             (client.close_code, client.close_reason))


if __name__ == "__main__":
    unittest.main()

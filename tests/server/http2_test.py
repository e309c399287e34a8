"""HTTP/2 in cleartext: framing, the upgrade from HTTP/1.1, /inserts-stream, resets, limits."""
import json
import shutil
import subprocess
import time
import unittest

from harness import PATIENCE_S, ServerCase
from http2_client import DATA, HEADERS, PREFACE, Http2, _encode

V1 = ("accept", "application/vnd.ksql.v1+json")
EARLIEST = {"auto.offset.reset": "earliest"}


def upgrade(method, path, body="", headers=""):
    """A request of HTTP/1.1 that asks for HTTP/2."""
    return (f"{method} {path} HTTP/1.1\r\nHost: x\r\nConnection: Upgrade, HTTP2-Settings\r\n"
            f"Upgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\n{headers}"
            f"Content-Length: {len(body)}\r\n\r\n{body}").encode()


def push(sql, **properties):
    return json.dumps({"sql": sql, "properties": properties})


class Http2Test(ServerCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.server.ksql(
            "CREATE STREAM S (K STRING KEY, V INT) "
            "WITH (kafka_topic='s', value_format='JSON', partitions=1);"
            "INSERT INTO S VALUES ('a', 1); INSERT INTO S VALUES ('b', 2);"
            "CREATE STREAM ALL_TYPES (K STRING KEY, B BOOLEAN, I INT, L BIGINT, D DOUBLE, "
            "  N DECIMAL(6, 2), T STRING, X BYTES, DA DATE, TI TIME, TS TIMESTAMP, "
            "  A ARRAY<INT>, M MAP<STRING, DOUBLE>, R STRUCT<F INT, `g` STRING>) "
            "WITH (kafka_topic='all_types', value_format='JSON', partitions=1);"
            "CREATE STREAM MANY (K STRING KEY, V INT) "
            "WITH (kafka_topic='many', value_format='JSON', partitions=4);"
            "CREATE TABLE W AS SELECT K, COUNT(*) AS N FROM S WINDOW TUMBLING (SIZE 1 HOUR) "
            "GROUP BY K;")

    def setUp(self):
        self.client = Http2(self.server)

    def tearDown(self):
        self.client.close()

    # --- requests and answers ---

    def test_requests_share_a_connection(self):
        numbers = [self.client.request("GET", "/info") for _ in range(50)]
        for number in numbers:
            stream = self.client.answer(number)
            self.assertEqual(200, stream.status)
            self.assertIn("KsqlServerInfo", stream.body)
            self.assertEqual(len(stream.body), int(stream.headers["content-length"]))

    def test_head_has_no_body(self):
        stream = self.client.ask("HEAD", "/info")
        self.assertEqual((200, ""), (stream.status, stream.body))

    def test_statements(self):
        stream = self.client.ask("POST", "/ksql", json.dumps({"ksql": "SHOW STREAMS;"}))
        self.assertEqual("streams", json.loads(stream.body)[0]["@type"])

    def test_errors_are_those_of_http1(self):
        for request, status, code in [
                (("GET", "/status/a/b/c"), 404, 40400), (("GET", "/ksql"), 405, 40500),
                (("POST", "/ksql", "nope"), 400, 40000), (("GET", "/a/../b"), 400, 40000),
                (("GET", "/x%00"), 400, 40000), (("BREW", "/info"), 501, 50100),
                (("GET", "/info", None, [("accept", "image/png")]), 406, 40600),
                (("GET", "/" + "a" * 9000), 414, 41400)]:
            stream = self.client.ask(*request)
            self.assertEqual((status, code), (stream.status, json.loads(stream.body)["error_code"]),
                             request[:2])

    def test_redirect(self):
        self.assertEqual("/info", self.client.ask("GET", "/").headers["location"])

    def test_each_value_has_a_frame(self):
        for accept, count in [(None, 3), (V1, 4), (("accept", "application/json"), 4)]:
            number = self.client.request(
                "POST", "/query-stream", push("SELECT * FROM S EMIT CHANGES;", **EARLIEST),
                [accept] if accept else [])
            stream = self.client.streams[number]
            self.client.until(lambda stream=stream: len(stream.frames) == 3)
            values = [json.loads(frame.decode().strip().strip(",").lstrip("[").removesuffix("]"))
                      if accept else json.loads(frame) for frame in stream.frames[:1]]
            query_id = values[0].get("header", values[0])["queryId"]
            closed = self.client.ask("POST", "/close-query", json.dumps({"queryId": query_id}))
            self.assertEqual((200, ""), (closed.status, closed.body))
            self.assertTrue(self.client.answer(number).has_ended)
            self.assertEqual(count, len(stream.frames), stream.frames)
            if accept:
                self.assertEqual(4 if accept == V1 else 3, len(json.loads(stream.body)))

    def test_pull_query(self):
        stream = self.client.ask("POST", "/query", json.dumps({"ksql": "SELECT * FROM S;"}))
        self.assertEqual({"finalMessage": "Query Completed"}, json.loads(stream.body)[-1])

    def test_preface_may_come_byte_by_byte(self):
        with self.server.connect() as client:
            for byte in PREFACE + b"\0\0\0\4\0\0\0\0\0":
                client.sendall(bytes([byte]))
                time.sleep(0.002)
            self.assertEqual(4, client.recv(9)[3])

    # --- the upgrade from HTTP/1.1 ---

    def test_a_request_of_http1_is_upgraded(self):
        with Http2(self.server, upgrade=upgrade("GET", "/info")) as client:
            self.assertIn("KsqlServerInfo", client.answer(1).body)
            self.assertEqual(200, client.ask("GET", "/info").status)
        with Http2(self.server, upgrade=upgrade("HEAD", "/info")) as client:
            self.assertEqual((200, ""), (client.answer(1).status, client.streams[1].body))
        with Http2(self.server, upgrade=upgrade("GET", "/nope", "body")) as client:
            self.assertEqual(404, client.answer(1).status)

    def test_an_upgraded_request_has_its_body_and_its_headers(self):
        body = json.dumps({"ksql": "SHOW STREAMS;"})
        with Http2(self.server, upgrade=upgrade("POST", "/ksql", body)) as client:
            self.assertEqual("streams", json.loads(client.answer(1).body)[0]["@type"])
        wrong = upgrade("POST", "/ksql", body, "Accept: image/png\r\n")
        with Http2(self.server, upgrade=wrong) as client:
            self.assertEqual(406, client.answer(1).status)

    def test_an_upgraded_request_may_be_a_stream(self):
        body = push("SELECT * FROM S EMIT CHANGES;", **EARLIEST)
        with Http2(self.server, upgrade=upgrade("POST", "/query-stream", body)) as client:
            stream = client.streams[1]
            client.until(lambda: len(stream.frames) == 3)
            query_id = json.loads(stream.frames[0])["queryId"]
            client.ask("POST", "/close-query", json.dumps({"queryId": query_id}))
            self.assertTrue(client.answer(1).has_ended)
        lines = "".join(json.dumps(line) + "\n" for line in
                        [{"target": "MANY", "properties": {}}, {"k": "up", "v": 1}])
        with Http2(self.server, upgrade=upgrade("POST", "/inserts-stream", lines)) as client:
            self.assertEqual(['{"status":"ok","seq":0}'], client.answer(1).lines)

    def test_the_body_of_an_upgraded_request_may_come_later(self):
        request = upgrade("POST", "/ksql", json.dumps({"ksql": "SHOW STREAMS;"}))
        with self.server.connect() as client:
            client.sendall(request[:-10])
            time.sleep(0.3)
            client.sendall(request[-10:])
            self.assertTrue(client.recv(1000).startswith(b"HTTP/1.1 101 "))

    def test_the_longest_upgraded_request(self):
        empty = len(upgrade("POST", "/ksql", "x" * 10000)) - 10000
        for more, expected in ((0, b"HTTP/1.1 101 "), (1, b"HTTP/1.1 400 ")):
            request = upgrade("POST", "/ksql", "x" * (32768 - empty + more))
            self.assertTrue(self.server.raw(request, keep_open=True).startswith(expected), more)

    def test_what_is_not_a_plain_wish_is_answered_in_http1(self):
        plain = upgrade("GET", "/info")
        for old, new in [(b"h2c", b"websocket"), (b"Connection: Upgrade, ", b"Connection: "),
                         (b"AAMAAABk", b"AAM!AABk"), (b"AAMAAABk", b"AAMAAABkAA"),
                         (b"AAMAAABk", b"AAMAAABk" * 100),
                         (b"Host: x", b"Host: x\r\nExpect: 100-continue"),
                         (b"Host: x", b"Host: x\r\nUpgrade: h2c"),
                         (b"HTTP/1.1", b"HTTP/1.0")]:
            self.assertIn(old, plain)
            answer = self.server.raw(plain.replace(old, new), keep_open=True)
            self.assertRegex(answer, b"^HTTP/1.[01] (200|100) ", new)
        answer = self.server.raw(plain.replace(b"Host: x", b"Host: x\r\nHost: y"))
        self.assertTrue(answer.startswith(b"HTTP/1.1 400 "))
        with self.server.connect() as client:
            client.sendall(plain[:30])
            time.sleep(0.2)
            client.sendall(plain[30:])
            self.assertTrue(client.recv(1000).startswith(b"HTTP/1.1 200 "))

    def test_an_upgrade_with_wrong_settings_ends_the_connection(self):
        # ENABLE_PUSH is 2.
        request = upgrade("GET", "/info").replace(b"AAMAAABk", b"AAIAAAAC")
        self.assertNotIn(b"KsqlServerInfo", self.server.raw(request))

    @unittest.skipUnless(shutil.which("curl"), "no curl program")
    def test_curl_is_upgraded(self):
        for path, body in (("/info", None), ("/ksql", '{"ksql":"SHOW STREAMS;"}'),
                           ("/query-stream", push("SELECT * FROM S;"))):
            command = ["curl", "-s", "--http2", "-m", str(PATIENCE_S), "-w",
                       "\n%{http_version} %{http_code}",
                       f"http://127.0.0.1:{self.server.port}{path}"]
            done = subprocess.run(command + (["-d", body] if body else []), capture_output=True,
                                  text=True)
            self.assertEqual("2 200", done.stdout.splitlines()[-1], path)

    # --- /inserts-stream ---

    def inserts(self, *lines, target="MANY", headers=()):
        body = "\n".join([json.dumps({"target": target, "properties": {}}), *lines, ""])
        return self.client.ask("POST", "/inserts-stream", body, headers)

    def test_rows_are_acknowledged_when_they_are_there(self):
        before = len(self.server.rows("SELECT * FROM MANY;"))
        stream = self.inserts(*[json.dumps({"k": f"key{i}", "v": i}) for i in range(500)])
        self.assertEqual(200, stream.status)
        self.assertEqual([{"status": "ok", "seq": i} for i in range(500)],
                         [json.loads(line) for line in stream.lines])
        rows = self.server.rows("SELECT * FROM MANY;")
        self.assertEqual(before + 500, len(rows))
        self.assertIn(["key499", 499], rows)

    def test_acknowledgements_come_while_rows_still_come(self):
        number = self.client.request("POST", "/inserts-stream", '{"target":"MANY"}\n',
                                     has_ended=False)
        stream = self.client.streams[number]
        for i in range(3):
            self.client.send(number, json.dumps({"K": "x", "V": i})[:5])
            self.client.send(number, json.dumps({"K": "x", "V": i})[5:] + "\n")
            self.client.until(lambda i=i: len(stream.lines) == i + 1)
        self.client.send(number, "", has_ended=True)
        self.assertTrue(self.client.answer(number).has_ended)

    def test_acknowledgements_as_one_array(self):
        stream = self.inserts('{"K":"a"}', '{"K":"b"}', headers=[("accept", "application/json")])
        self.assertEqual([{"status": "ok", "seq": 0}, {"status": "ok", "seq": 1}],
                         json.loads(stream.body))

    def test_the_last_line_may_have_no_end(self):
        stream = self.client.ask("POST", "/inserts-stream", '{"target":"MANY"}\n{"K":"a"}')
        self.assertEqual(1, len(stream.lines))

    def test_every_type(self):
        row = {"K": "k", "b": True, "I": -7, "l": 9223372036854775807, "D": 1, "N": "12.345",
               "T": "é\n", "X": "AAE=", "DA": "2024-02-29", "TI": "12:30:00",
               "TS": "2024-02-29T12:30:00.5", "A": [1, None, 3], "M": {"x": 1.5, "y": None},
               "R": {"f": 1, "`g`": "G", "other": [{}]}, "unknown": {"deep": [1, 2]}}
        stream = self.inserts(json.dumps(row), target="ALL_TYPES")
        self.assertEqual(['{"status":"ok","seq":0}'], stream.lines)
        self.assertEqual(
            [["k", True, -7, 9223372036854775807, 1.0, 12.35, "é\n", "AAE=", "2024-02-29",
              "12:30", "2024-02-29T12:30:00.500", [1, None, 3], {"x": 1.5, "y": None},
              {"F": 1, "g": "G"}]],
            self.server.rows("SELECT * FROM ALL_TYPES;"))

    def test_names_match_without_case_unless_quoted(self):
        stream = self.inserts('{"`k`":"a"}', target="ALL_TYPES")
        self.assertIn("Key field must be specified: K", stream.lines[-1])
        stream = self.inserts('{"`K`":"a","`nope`":1}', target="`MANY`")
        self.assertEqual(200, stream.status)

    def test_a_bad_row_ends_the_stream_after_the_good_ones(self):
        cases = [
            ('{"K":"x","V":"12"}',
             "Can't coerce a field of type class java.lang.String (12) into type INTEGER"),
            ('{"K":"x","V":1.5}',
             "Can't coerce a field of type class java.lang.Double (1.5) into type INTEGER"),
            ('{"K":"x","V":3000000000}',
             "Can't coerce a field of type class java.lang.Long (3000000000) into type INTEGER"),
            ('{"K":7}', "Can't coerce a field of type class java.lang.Integer (7) into type STRING"),
            ('{"K":{}}', "class io.vertx.core.json.JsonObject ({}) into type STRING"),
            ('{"V":1}', "Key field must be specified: K"),
            ('{"K":null}', "Key field must be specified: K"),
            ('{"K":"x"', "Invalid JSON in inserts stream"),
            ("nope", "Invalid JSON in inserts stream"),
            ("[]", "Invalid JSON in inserts stream"),
            ('{"K":"x"} {}', "Invalid JSON in inserts stream"),
            ('{"K":"\\ud800x', "Invalid JSON in inserts stream"),
            ('{"K":"' + "y" * (1 << 20) + '"}', "longer than 1048576 bytes"),
        ]
        for bad, message in cases:
            with self.subTest(bad[:40]):
                stream = self.inserts('{"K":"good","V":1}', bad, '{"K":"never"}')
                self.assertEqual(200, stream.status)
                self.assertEqual('{"status":"ok","seq":0}', stream.lines[0])
                error = json.loads(stream.lines[1])
                self.assertEqual(("error", 1, 40000),
                                 (error["status"], error["seq"], error["error_code"]))
                self.assertIn(message, error["message"])
                self.assertEqual(2, len(stream.lines))

    def test_bad_targets(self):
        for body, code, message in [
                ('{"target":"NOPE"}\n', 40001,
                 "Cannot insert values into an unknown stream/table: `NOPE`"),
                ('{"target":"`many`"}\n', 40001, "unknown stream/table: `many`"),
                ('{"target":"W"}\n', 40001, "Cannot insert values into windowed stream/table"),
                ("{}\n", 40000, '"target" field must be populated'),
                ("nope\n", 40000, "Invalid JSON in request"),
                ("", 40000, '"target" field must be populated')]:
            stream = self.client.ask("POST", "/inserts-stream", body)
            self.assertEqual(400, stream.status, body)
            error = json.loads(stream.body)
            self.assertEqual(code, error["error_code"])
            self.assertIn(message, error["message"])

    def test_many_rows(self):
        count = 20000
        rows = "".join(json.dumps({"K": str(i), "V": i}) + "\n" for i in range(count))
        number = self.client.request("POST", "/inserts-stream", '{"target":"MANY"}\n',
                                     has_ended=False)
        for start in range(0, len(rows), 200000):
            self.client.send(number, rows[start:start + 200000])
        self.client.send(number, "", has_ended=True)
        self.assertEqual(count, len(self.client.answer(number).lines))

    # --- leaving ---

    def clients(self):
        return self.metric("leat_push_clients")

    def settled_clients(self):
        """None: those of earlier tests have gone."""
        self.wait_until(lambda: self.clients() == 0)
        return 0

    def test_a_reset_ends_the_query(self):
        before = self.settled_clients()
        number = self.client.request("POST", "/query-stream", push("SELECT * FROM S EMIT CHANGES;"))
        self.client.until(lambda: self.client.streams[number].frames)
        self.assertEqual(before + 1, self.clients())
        self.client.reset(number)
        self.wait_until(lambda: self.clients() == before, 2)
        self.assertEqual(200, self.client.ask("GET", "/info").status)

    def test_a_closed_connection_ends_all_of_its_queries(self):
        before = self.settled_clients()
        with Http2(self.server) as other:
            for _ in range(20):
                other.request("POST", "/query-stream", push("SELECT * FROM S EMIT CHANGES;"))
            self.wait_until(lambda: self.clients() == before + 20)
        self.wait_until(lambda: self.clients() == before, 2)

    # --- limits and floods ---

    def test_a_body_that_is_too_large_is_refused_in_the_middle(self):
        number = self.client.request("POST", "/ksql", None, has_ended=False)
        stream = self.client.streams[number]
        for _ in range(80):
            self.client.send(number, b"x" * 65536)
            self.client.read(0.01)
            if stream.has_ended:
                break
        self.client.answer(number)
        self.assertEqual(413, stream.status)
        self.assertEqual(200, self.client.ask("GET", "/info").status)

    def test_too_many_headers_are_refused(self):
        stream = self.client.ask("GET", "/info", headers=[(f"a{i}", "b") for i in range(101)])
        self.assertEqual(431, stream.status)

    def test_streams_of_one_connection_are_bounded(self):
        numbers = [self.client.request("POST", "/ksql", None, has_ended=False)
                   for _ in range(1001)]
        last = self.client.streams[numbers[-1]]
        self.client.until(lambda: last.reset_code is not None or self.client.goaway is not None)
        self.assertIn((last.reset_code, self.client.goaway), [(7, None), (None, 1)])

    def test_a_flood_of_resets_ends_the_connection(self):
        block = _encode([(":method", "GET"), (":scheme", "http"), (":path", "/info"),
                         (":authority", "x")])
        try:
            for i in range(3000):
                number = 1 + 2 * i
                self.client.streams[number] = type(self.client.streams.get(1) or object)
                self.client.frame(HEADERS, 5, number, block)
                self.client.reset(number)
        except (BrokenPipeError, ConnectionResetError):
            pass
        with Http2(self.server) as other:
            self.assertEqual(200, other.ask("GET", "/info").status)

    def test_a_client_without_window_holds_up_nobody(self):
        self.inserts(*[json.dumps({"K": "w", "V": i}) for i in range(2000)])
        with Http2(self.server, window=0) as stuck:
            for _ in range(20):
                stuck.request("POST", "/query-stream",
                              push("SELECT * FROM MANY EMIT CHANGES;", **EARLIEST))
            stuck.read(1)
            start = time.monotonic()
            for _ in range(20):
                self.assertEqual(200, self.client.ask("GET", "/info").status)
            self.assertLess(time.monotonic() - start, PATIENCE_S / 4)
            self.assertEqual(200, stuck.ask("HEAD", "/info").status)

    def test_garbage_ends_the_connection(self):
        for frame in [(DATA, 0, 1, b"x"), (HEADERS, 4, 2, b"\x82"), (HEADERS, 4, 1, b"\xff" * 40),
                      (99, 0, 0, b""), (DATA, 0, 0, b"")]:
            with Http2(self.server) as other:
                other.frame(*frame)
                other.frame(DATA, 0, 0, b"")
                while other.read(5):
                    pass
                self.assertIsNotNone(other.goaway, frame)
        self.assertEqual(200, self.client.ask("GET", "/info").status)


if __name__ == "__main__":
    unittest.main()

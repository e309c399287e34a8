"""Every bad input has an answer: a status, an error code, and a server that goes on.

Two tables: requests that an ordinary client can make, and bytes that only an attacker sends.
Among the latter, what follows a refused request must never be taken for another request.
"""
import json
import unittest

from harness import ServerCase

LONG = "x" * 70000
LIMIT_BODY = 4 << 20


def ksql(text, **fields):
    return "POST", "/ksql", json.dumps({"ksql": text, **fields})


def stream(text, **fields):
    return "POST", "/query-stream", json.dumps({"sql": text, **fields})


def query(text, **fields):
    return "POST", "/query", json.dumps({"ksql": text, **fields})


def insert(values):
    return ksql(f"INSERT INTO S VALUES ({values});")


# What is sent, the status and code that come back, and a part of the message.
REQUESTS = [
    # paths and methods
    (("GET", "/nope", None), 404, None, ""),
    (("POST", "/nope", "{}"), 404, None, ""),
    (("GET", "/info/", None), 400, 40000, "part"),
    (("GET", "/INFO", None), 404, None, ""),
    (("GET", "/ksql", None), 405, 40500, ""),
    (("GET", "/query", None), 405, 40500, ""),
    (("GET", "/query-stream", None), 405, 40500, ""),
    (("GET", "/close-query", None), 405, 40500, ""),
    (("GET", "/ksql/terminate", None), 405, 40500, ""),
    (("DELETE", "/info", None), 405, 40500, ""),
    (("PUT", "/ksql", "{}"), 405, 40500, ""),
    (("OPTIONS", "/info", None), 405, 40500, ""),
    (("POST", "/healthcheck", "{}"), 405, 40500, ""),
    (("BREW", "/info", None), 501, 50100, ""),
    (("get", "/info", None), 501, 50100, ""),
    (("GET", "//info", None), 400, 40000, "part"),
    (("GET", "/./info", None), 400, 40000, "part"),
    (("GET", "/x/../info", None), 400, 40000, "part"),
    (("GET", "/%2e%2e/info", None), 400, 40000, "part"),
    (("GET", "/info%00", None), 400, 40000, "control"),
    (("GET", "/info%0d%0aX:y", None), 400, 40000, ""),
    (("GET", "/info%zz", None), 400, 40000, "hexadecimal"),
    (("GET", "/info%2", None), 400, 40000, "hexadecimal"),
    (("GET", "/info%ff", None), 400, 40000, "UTF-8"),
    (("GET", "/status/stream/NOPE/create", None), 404, 40400, "Command not found"),
    (("GET", "/is_valid_property/no.such", None), 400, 40000, "Not recognizable"),
    (("GET", "/clusterStatus", None), 404, 40400, ""),
    (("POST", "/lag", "{}"), 400, 50000, "internal endpoint"),
    (("POST", "/heartbeat", "{}"), 400, 50000, "internal endpoint"),
    (("POST", "/inserts-stream", "{}"), 400, 40004, "only available when using HTTP2"),
    (("GET", "/" + "a" * 8000, None), 404, None, ""),
    (("GET", "/" + "a" * 8192, None), 414, 41400, "longer than 8192 bytes"),
    # bodies that are not what they should be
    (("POST", "/ksql", ""), 400, 40000, "Invalid JSON in request"),
    (("POST", "/ksql", "{"), 400, 40000, "Invalid JSON in request"),
    (("POST", "/ksql", "nope"), 400, 40000, "Invalid JSON in request"),
    (("POST", "/ksql", "[]"), 400, 40000, "an object is expected"),
    (("POST", "/ksql", '"x"'), 400, 40000, "expected near"),
    (("POST", "/ksql", "{} {}"), 400, 40000, "Invalid JSON"),
    (("POST", "/ksql", b"\xef\xbb\xbf{}"), 400, 40000, "Invalid JSON"),
    (("POST", "/ksql", b'{"ksql":"\xff"}'), 400, 40000, "Invalid JSON"),
    (("POST", "/ksql", '{"ksql":"\\u0000"}'), 400, 40000, "Invalid JSON"),
    (("POST", "/ksql", '{"ksql":"\\ud800"}'), 400, 40000, "Invalid JSON"),
    (("POST", "/ksql", '{"ksql":"A;","ksql":"B;"}'), 400, 40000, "Invalid JSON"),
    (("POST", "/ksql", "[" * 100000), 400, 40000, "Invalid JSON"),
    (("POST", "/ksql", '{"a":' * 100000), 400, 40000, "Invalid JSON"),
    (("POST", "/ksql", '{"ksql":"SHOW STREAMS;","x":1e999}'), 400, 40000, "Invalid JSON"),
    (("POST", "/ksql", "{}"), 400, 40000, '"ksql" field must be populated'),
    (("POST", "/ksql", '{"ksql":null}'), 400, 40000, '"ksql" field must be populated'),
    (("POST", "/ksql", '{"ksql":""}'), 400, 40000, '"ksql" field must be populated'),
    (("POST", "/ksql", '{"ksql":" \\n"}'), 400, 40000, '"ksql" field must be populated'),
    (("POST", "/ksql", '{"ksql":1}'), 400, 40000, "must be a string"),
    (("POST", "/ksql", '{"ksql":["SHOW STREAMS;"]}'), 400, 40000, "must be a string"),
    (("POST", "/ksql", '{"KSQL":"SHOW STREAMS;"}'), 400, 40000, "must be populated"),
    (ksql("SHOW STREAMS;", streamsProperties=[]), 400, 40000, "must be an object"),
    (ksql("SHOW STREAMS;", streamsProperties={"auto.offset.reset": {}}), 400, 40000, "must be"),
    (ksql("SHOW STREAMS;", streamsProperties={"no.such": "x"}), 400, 40000, "no.such"),
    (ksql("SHOW STREAMS;", streamsProperties={"auto.offset.reset": "never"}), 400, 40000, "never"),
    (ksql("SHOW STREAMS;", streamsProperties={"ksql.service.id": "x"}), 400, 40000, "override"),
    (ksql("SHOW STREAMS;", streamsProperties={str(i): "x" for i in range(1001)}), 400, 40000, "1000"),
    (ksql("SHOW STREAMS;", sessionVariables="x"), 400, 40000, "must be an object"),
    (ksql("SHOW STREAMS;", sessionVariables={"v": []}), 400, 40000, "must be"),
    (ksql("SHOW STREAMS;", commandSequenceNumber="7"), 400, 40000, "must be an integer"),
    (ksql("SHOW STREAMS;", commandSequenceNumber=1.5), 400, 40000, "must be an integer"),
    (("POST", "/ksql", '{"ksql":"SHOW STREAMS;","commandSequenceNumber":' + "9" * 30 + "}"), 400,
     40000, "Invalid JSON"),
    (("POST", "/query-stream", "{}"), 400, 40000, '"sql" field must be populated'),
    (("POST", "/query-stream", '{"ksql":"SELECT 1;"}'), 400, 40000, "must be populated"),
    (("POST", "/query", '{"sql":"SELECT 1;"}'), 400, 40000, "must be populated"),
    (("POST", "/close-query", ""), 400, 40000, "Invalid JSON"),
    (("POST", "/close-query", "{}"), 400, 40000, "queryId"),
    (("POST", "/close-query", '{"queryId":7}'), 400, 40000, "queryId"),
    (("POST", "/close-query", '{"queryId":""}'), 400, 40000, "queryId"),
    (("POST", "/close-query", '{"queryId":"x\\n"}'), 400, 40000, "No query with id"),
    (("POST", "/ksql/terminate", '{"deleteTopicList":"x"}'), 400, 40000, "must be an array"),
    (("POST", "/ksql/terminate", '{"deleteTopicList":["("]}'), 400, 40000, "Invalid pattern: ("),
    (("POST", "/ksql/terminate", '{"deleteTopicList":[1]}'), 400, 40000, "strings"),
    # statements
    (ksql("nonsense;"), 400, 40001, "line 1:1"),
    (ksql("SHOW STREAMS"), 400, 40001, ""),
    (ksql("SELECT * FROM S;"), 400, 40002, "'/query'"),
    (ksql("SELECT * FROM S EMIT CHANGES;"), 400, 40002, "'/query'"),
    (ksql("PRINT 's';"), 400, 40002, "'/query'"),
    (ksql("SHOW STREAMS; PRINT 's';"), 400, 40002, "'/query'"),
    (ksql("DROP STREAM NOPE;"), 400, 40001, "NOPE"),
    (ksql("CREATE STREAM S (A INT) WITH (kafka_topic='s', value_format='JSON');"), 400, 40001, "S"),
    (ksql("CREATE STREAM X (A INT) WITH (kafka_topic='nope', value_format='JSON');"), 400, 40001,
     "nope"),
    (ksql("CREATE STREAM X (A INT) WITH (kafka_topic='s', value_format='NOPE');"), 400, 40001,
     "NOPE"),
    (ksql("CREATE STREAM X (A NOPE) WITH (kafka_topic='s', value_format='JSON');"), 400, 40001, ""),
    (ksql("CREATE STREAM X AS SELECT NOPE FROM S;"), 400, 40001, "NOPE"),
    (ksql("CREATE STREAM X AS SELECT NOPE(V) FROM S;"), 400, 40001, "NOPE"),
    (ksql("CREATE STREAM X AS SELECT V + 'a' FROM S;"), 400, 40001, ""),
    (ksql("TERMINATE NOPE;"), 400, 40001, "NOPE"),
    (ksql("SET 'no.such'='x';"), 400, 40001, "no.such"),
    (ksql("DESCRIBE NOPE;"), 400, 40001, "NOPE"),
    (ksql("EXPLAIN NOPE;"), 400, 40001, "NOPE"),
    (insert("'k', 'not a number'"), 400, 40001, ""),
    (insert("'k'"), 400, 40001, ""),
    (insert("'k', 1, 2, 3"), 400, 40001, ""),
    (ksql("INSERT INTO NOPE VALUES (1);"), 400, 40001, "NOPE"),
    (ksql("SHOW STREAMS; -- " + LONG + "\n"), 200, None, ""),
    (insert(f"'{LONG}', 1"), 400, 40001, "more than 65536 bytes"),
    (ksql("SELECT " + "(" * 5000 + "1" + ")" * 5000 + " FROM S;"), 400, 40001, ""),
    (ksql("/* never closed"), 400, 40001, ""),
    (ksql("INSERT INTO S VALUES ('never closed, 1);"), 400, 40001, ""),
    # queries
    (stream("SHOW STREAMS;"), 400, 40000, "Statement type `SHOW' not supported"),
    (stream("SELECT * FROM S; SELECT * FROM S;"), 400, 40000, "found 2 instead"),
    (stream("-- nothing"), 400, 40000, "found 0 instead"),
    (stream("SELECT * FROM NOPE;"), 400, 40001, "NOPE"),
    (stream("SELECT NOPE FROM S EMIT CHANGES;"), 400, 40001, "NOPE"),
    (stream("SELECT * FROM S EMIT CHANGES LIMIT x;"), 400, 40001, ""),
    (stream("SELECT * FROM S EMIT CHANGES;", properties={"auto.offset.reset": "none"}), 400, 40000,
     "none"),
    (stream("PRINT 'nope';"), 400, 40001, "nope"),
    (stream("PRINT 's' INTERVAL 0;"), 400, 40001, "INTERVAL must be greater than one, but was: 0"),
    (query("DROP STREAM S;"), 400, 40000, "not supported"),
    (query("SELECT * FROM NOPE;"), 400, 40001, "NOPE"),
]

HOST = b"Host: x\r\n"
# A second request that must not be answered when the first is refused.
NEXT = b"GET /chc/live HTTP/1.1\r\nHost: x\r\n\r\n"


def post(headers, body=b"", version=b"1.1"):
    return b"POST /ksql HTTP/" + version + b"\r\n" + headers + b"\r\n" + body


# Bytes, the first status that comes back (None: the connection just ends), and the error code.
RAW = [
    ("length and chunks", post(HOST + b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n",
                               b"0\r\n\r\n" + NEXT), 400, 40000),
    ("chunks and length", post(HOST + b"Transfer-Encoding: chunked\r\nContent-Length: 0\r\n",
                               b"0\r\n\r\n" + NEXT), 400, 40000),
    ("two lengths", post(HOST + b"Content-Length: 0\r\nContent-Length: 38\r\n", NEXT), 400, 40000),
    ("two equal lengths", post(HOST + b"Content-Length: 2\r\nContent-Length: 2\r\n", b"{}" + NEXT),
     400, 40000),
    ("length with a sign", post(HOST + b"Content-Length: +5\r\n", NEXT), 400, None),
    ("negative length", post(HOST + b"Content-Length: -1\r\n", NEXT), 400, None),
    ("length with letters", post(HOST + b"Content-Length: 5x\r\n", NEXT), 400, None),
    ("length with a list", post(HOST + b"Content-Length: 5, 5\r\n", NEXT), 400, None),
    ("length beyond 64 bits", post(HOST + b"Content-Length: 99999999999999999999\r\n", NEXT), 413,
     None),
    ("announced body too large", post(HOST + b"Content-Length: 999999999999\r\n", b"x"), 413, 41300),
    ("unknown coding", post(HOST + b"Transfer-Encoding: gzip\r\n", NEXT), 501, 50100),
    ("coding with more", post(HOST + b"Transfer-Encoding: gzip, chunked\r\n", NEXT), 501, 50100),
    ("coding twice", post(HOST + b"Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n",
                          b"0\r\n\r\n" + NEXT), 501, 50100),
    ("chunks in HTTP/1.0", post(HOST + b"Transfer-Encoding: chunked\r\n", b"0\r\n\r\n" + NEXT,
                                b"1.0"), 400, 40000),
    ("bad chunk size", post(HOST + b"Transfer-Encoding: chunked\r\n", b"xyz\r\n" + NEXT), None, None),
    ("blank before the colon", b"GET /info HTTP/1.1\r\nHost : x\r\n\r\n" + NEXT, 400, 40000),
    ("length hidden by a blank", post(HOST + b"Content-Length : 38\r\n", NEXT), 400, 40000),
    ("no host", b"GET /info HTTP/1.1\r\n\r\n" + NEXT, 400, 40000),
    ("two hosts", b"GET /info HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n" + NEXT, 400, 40000),
    ("name of no token", b"GET /info HTTP/1.1\r\nHost: x\r\nX(y): z\r\n\r\n" + NEXT, 400, 40000),
    ("bytes above ASCII in a name", b"GET /info HTTP/1.1\r\nHost: x\r\nX\xff: z\r\n\r\n" + NEXT, 400,
     40000),
    ("HTTP/9.9", b"GET /info HTTP/9.9\r\nHost: x\r\n\r\n", 505, None),
    ("no version", b"GET /info\r\n\r\n", None, None),
    ("too many headers",
     b"GET /info HTTP/1.1\r\nHost: x\r\n" + b"".join(b"A%d: b\r\n" % i for i in range(101)) +
     b"\r\n", 431, 43100),
    ("headers too long", b"GET /info HTTP/1.1\r\nHost: x\r\nA: " + b"b" * 12400 + b"\r\n\r\n", 431,
     None),
    ("headers far too long", b"GET /info HTTP/1.1\r\nHost: x\r\nA: " + b"b" * 100000 + b"\r\n\r\n",
     431, None),
    ("target far too long", b"GET /" + b"b" * 100000 + b" HTTP/1.1\r\nHost: x\r\n\r\n", 414, None),
    ("a query stream in HTTP/1.0",
     b'POST /query-stream HTTP/1.0\r\nContent-Length: 2\r\n\r\n{}', 400, 40000),
    ("a TLS hello", b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\x00" * 64 + b"\r\n\r\n",
     None, None),
    ("zero bytes", b"\x00" * 1000 + b"\r\n\r\n", None, None),
]


class BadInputTest(ServerCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.server.ksql("CREATE STREAM S (K STRING KEY, V INT) "
                        "WITH (kafka_topic='s', value_format='JSON', partitions=1);")

    def check_alive(self, what):
        self.assertEqual(200, self.server.get("/chc/live")[0], what)
        self.assertIsNone(self.server.process.poll(), what)

    def test_table_is_large_enough(self):
        self.assertGreaterEqual(len(REQUESTS) + len(RAW), 80)

    def test_requests(self):
        for request, status, code, part in REQUESTS:
            with self.subTest(request=str(request)[:120]):
                got, headers, body = self.server.request(*request)
                self.assertEqual(status, got, body[:300])
                if code:
                    error = json.loads(body)
                    self.assertIn(error["@type"], ("generic_error", "statement_error"))
                    self.assertEqual(code, error["error_code"], body[:300])
                    self.assertIn(part, error["message"])
                    self.assertEqual("application/json", headers["Content-Type"])
                self.check_alive(request)

    def test_nothing_was_created(self):
        names = [s["name"] for s in self.server.ksql("SHOW STREAMS;")[0]["streams"]]
        self.assertEqual(["KSQL_PROCESSING_LOG", "S"], sorted(names))

    def test_raw_bytes(self):
        for what, data, status, code in RAW:
            with self.subTest(what):
                answer = self.server.raw(data, keep_open=status is None)
                if status is None:
                    self.assertNotRegex(answer, rb"^HTTP/1.1 2", what)
                else:
                    self.assertRegex(answer, rb"^HTTP/1.\d %d " % status, what)
                if code:
                    self.assertIn(b'"error_code":%d' % code, answer)
                # What came behind the refused request was not served.
                self.assertNotIn(b"HTTP/1.1 200", answer, what)
                self.check_alive(what)

    def test_a_body_at_the_limit_is_read_and_one_past_it_is_not(self):
        text = '{"ksql":"SHOW STREAMS;","x":"'
        for size, wanted in [(LIMIT_BODY, 200), (LIMIT_BODY + 1, 413)]:
            body = text + "y" * (size - len(text) - 2) + '"}'
            self.assertEqual(size, len(body))
            status, _, answer = self.server.request("POST", "/ksql", body)
            self.assertEqual(wanted, status, answer[:200])

    def test_a_chunked_body_past_the_limit_is_refused_or_cut(self):
        def chunked(size):
            head = HOST + b"Transfer-Encoding: chunked\r\nConnection: close\r\n"
            block = b"%x\r\n%s\r\n" % (65536, b"z" * 65536)
            return post(head, block * (size // 65536) + b"0\r\n\r\n")
        self.assertRegex(self.server.raw(chunked(LIMIT_BODY + 65536)), rb"^HTTP/1.1 413 ")
        try:
            answer = self.server.raw(chunked(3 * LIMIT_BODY))
        except (ConnectionResetError, BrokenPipeError):
            answer = b""
        self.assertNotIn(b"HTTP/1.1 200", answer)
        self.check_alive("cut")

    def test_a_statement_at_the_limit_runs_and_one_past_it_does_not(self):
        head, tail = "INSERT INTO S VALUES ('", "', 1)"
        for size, wanted in [(65536, 200), (65537, 400)]:
            text = head + "k" * (size - len(head) - len(tail)) + tail
            status, _, body = self.server.request(*ksql(text + ";"))
            self.assertEqual(wanted, status, body[:200])

    def test_a_hundred_headers_are_enough(self):
        head = b"GET /info HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
        data = head + b"".join(b"A%d: b\r\n" % i for i in range(98)) + b"\r\n"
        self.assertRegex(self.server.raw(data), rb"^HTTP/1.1 200 ")

    def test_refusals_without_a_body_keep_the_connection(self):
        data = b"GET /nope HTTP/1.1\r\nHost: x\r\n\r\n" + \
            b"GET /info HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
        answer = self.server.raw(data)
        self.assertIn(b"HTTP/1.1 404", answer)
        self.assertIn(b"HTTP/1.1 200", answer)

    def test_requests_in_a_row_are_answered_in_order(self):
        one = b"GET /info HTTP/1.1\r\nHost: x\r\n\r\n"
        last = b"GET /chc/live HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
        answer = self.server.raw(one * 100 + last)
        self.assertEqual(101, answer.count(b"HTTP/1.1 200"))
        self.assertTrue(answer.endswith(b"{}"))

    def test_a_command_of_the_future_is_waited_for_in_vain(self):
        status, _, body = self.server.request(
            *ksql("SHOW STREAMS;", commandSequenceNumber=1000000))
        self.assertEqual((503, 50301), (status, json.loads(body)["error_code"]))
        self.assertIn("command sequence number: 1000000", body)

    def test_expect_continue_is_honoured_for_good_requests(self):
        body = b'{"ksql":"SHOW STREAMS;"}'
        head = HOST + b"Expect: 100-continue\r\nConnection: close\r\nContent-Length: %d\r\n" % len(body)
        answer = self.server.raw(post(head, body))
        self.assertIn(b"HTTP/1.1 100", answer)
        self.assertIn(b"HTTP/1.1 200", answer)


if __name__ == "__main__":
    unittest.main()

"""What existing ksqlDB clients rely on, a test per fact; the longer tests of each are elsewhere."""
import base64
import json
import subprocess
import tempfile
import time
import unittest

from harness import Server, ServerCase, Stream
from http2_client import Http2

V1 = "application/vnd.ksql.v1+json"
DELIMITED = "application/vnd.ksqlapi.delimited.v1"
EARLIEST = {"auto.offset.reset": "earliest"}
PULL = "SELECT * FROM T WHERE K = 'a';"
PUSH = "SELECT K, V FROM S EMIT CHANGES;"


class WireFactTest(ServerCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.server.ksql("CREATE STREAM S (K STRING KEY, V INT, D DECIMAL(30,20)) "
                        "WITH (kafka_topic='s', value_format='JSON', partitions=1);"
                        "CREATE TABLE T AS SELECT K, COUNT(*) AS N FROM S GROUP BY K;"
                        "CREATE TABLE TT (K STRING PRIMARY KEY, V INT) "
                        "WITH (kafka_topic='tt', value_format='JSON', partitions=1);"
                        "INSERT INTO S VALUES ('a', 1, 0.00000000000000000001);")

    def setUp(self):
        self.wait_until(lambda: self.server.rows("SELECT * FROM T;"))

    def post(self, path, body, **headers):
        return self.server.request("POST", path, body,
                                   {name.replace("_", "-"): text for name, text in headers.items()})

    def error(self, answer):
        status, _, body = answer
        return status, json.loads(body)

    def test_01_one_port_takes_http1_and_http2_with_prior_knowledge(self):
        self.assertEqual(200, self.server.get("/info")[0])
        with Http2(self.server) as client:
            self.assertEqual(200, client.ask("GET", "/info").status)

    def test_02_query_stream_takes_both_protocols_and_inserts_stream_only_http2(self):
        stream = Stream(self.server, PUSH, **EARLIEST)
        self.assertEqual("chunked", stream.response.getheader("Transfer-Encoding"))
        stream.close()
        status, error = self.error(self.post("/inserts-stream", {"target": "S"}))
        self.assertEqual((400, {"@type": "generic_error", "error_code": 40004, "message":
                                "This endpoint is only available when using HTTP2"}),
                         (status, error))
        with Http2(self.server) as client:
            body = json.dumps({"sql": PULL})
            self.assertEqual(2, len(client.ask("POST", "/query-stream", body).lines))
            answer = client.ask("POST", "/inserts-stream", '{"target":"S"}\n{"K":"b","V":2}\n')
            self.assertEqual(['{"status":"ok","seq":0}'], answer.lines)

    def test_03_accept_chooses_the_framing(self):
        for path, name, choices in [
                ("/query-stream", "sql", {None: DELIMITED, DELIMITED: DELIMITED, V1: V1,
                                          "application/json": "application/json"}),
                ("/query", "ksql", {None: V1, "application/json": V1, V1: V1})]:
            for accept, wanted in choices.items():
                status, headers, body = self.post(path, {name: PULL},
                                                  **({"Accept": accept} if accept else {}))
                self.assertEqual((200, wanted), (status, headers["Content-Type"]), (path, accept))
                first = json.loads(body.splitlines()[0]) if wanted == DELIMITED else \
                    json.loads(body)[0]
                self.assertEqual(wanted == V1, "header" in first)

    def test_04_metadata_comes_first_and_tombstones_are_dropped(self):
        stream = Stream(self.server, "SELECT * FROM TT WHERE V > 0 EMIT CHANGES;")
        metadata = stream.line()
        self.assertTrue(metadata.startswith('{"queryId":"transient_'), metadata)
        self.assertEqual(["queryId", "columnNames", "columnTypes"], list(json.loads(metadata)))
        self.server.ksql("INSERT INTO TT VALUES ('k', 1); INSERT INTO TT VALUES ('k', 0);"
                         "INSERT INTO TT VALUES ('k', 2);")
        self.assertEqual([["k", 1], ["k", 2]], [stream.json(), stream.json()])
        stream.close()

    def test_04_an_error_amid_the_rows_is_a_line_of_its_own(self):
        server = Server()
        server.ksql("CREATE STREAM S (K STRING KEY, V INT) "
                    "WITH (kafka_topic='s', value_format='JSON', partitions=1);")
        stream = Stream(server, PUSH)
        stream.line()
        self.assertEqual(0, server.stop(), server.errors)
        error = json.loads(stream.rest())
        self.assertEqual(["@type", "error_code", "message"], list(error))
        self.assertEqual("generic_error", error["@type"])

    def test_05_close_query_ends_the_push_query_normally(self):
        stream = Stream(self.server, PUSH)
        query_id = stream.json()["queryId"]
        status, _, body = self.post("/close-query", {"queryId": query_id})
        self.assertEqual((200, ""), (status, body))
        self.assertEqual("", stream.rest())
        status, error = self.error(self.post("/close-query", {"queryId": "X"}))
        self.assertEqual((400, "No query with id X"), (status, error["message"]))

    def test_06_unknown_keys_and_content_types_do_not_matter(self):
        body = {"ksql": "SHOW TYPES;", "somethingNew": {"a": [1]}}
        for kind in ("text/plain", "application/json; charset=utf-8", "", "nonsense"):
            self.assertEqual(200, self.post("/ksql", body, Content_Type=kind)[0], kind)

    def test_06_decimals_are_plain_numbers(self):
        _, body = self.server.query("SELECT D FROM S WHERE K = 'a';")
        self.assertEqual("[0.00000000000000000001]", body.splitlines()[1])

    def test_07_ksql_answers_an_array_and_refuses_queries(self):
        entities = self.server.ksql("SHOW STREAMS; SHOW TABLES; SHOW TYPES;")
        self.assertEqual(["streams", "tables", "type_list"],
                         [entity["@type"] for entity in entities])
        for sql in ("SELECT * FROM S;", "PRINT 's';"):
            status, error = self.error(self.post("/ksql", {"ksql": sql}))
            self.assertEqual((400, 40002), (status, error["error_code"]))
        status, error = self.error(self.post("/ksql", {"ksql": "SHOW TYPES; DROP STREAM NOPE;"}))
        self.assertEqual((400, ["type_list"]),
                         (status, [entity["@type"] for entity in error["entities"]]))

    def test_08_root_leads_to_info_with_a_version_of_ksqldb(self):
        status, headers, _ = self.server.request("GET", "/")
        self.assertEqual((307, "/info"), (status, headers["Location"]))
        status, headers, body = self.server.request("GET", "/info")
        info = json.loads(body)["KsqlServerInfo"]
        self.assertEqual({"version", "kafkaClusterId", "ksqlServiceId", "serverStatus"}, set(info))
        self.assertRegex(info["version"], r"^\d+\.\d+\.\d+$")
        self.assertRegex(headers["Server"], r"^leat/\d")

    def test_09_liveness_and_health(self):
        self.assertEqual((200, "{}"), self.server.get("/chc/ready"))
        self.assertEqual((200, "{}"), self.server.get("/chc/live"))
        details = json.loads(self.server.get("/healthcheck")[1])["details"]
        self.assertEqual({"metastore", "kafka", "commandRunner"}, set(details))

    def test_10_a_row_comes_at_once_and_nothing_while_there_is_none(self):
        stream = Stream(self.server, PUSH, accept=V1)
        stream.line()
        stream.connection.sock.settimeout(1.5)
        self.assertRaises(TimeoutError, stream.line)
        stream.close()
        stream = Stream(self.server, PUSH)
        stream.line()
        for value in range(5):
            start = time.monotonic()
            self.server.ksql(f"INSERT INTO S (K, V) VALUES ('now', {value});")
            self.assertEqual(["now", value], stream.json())
            self.assertLess(time.monotonic() - start, 1)
        stream.close()

    def test_11_a_client_that_is_gone_ends_its_query(self):
        def clients():
            return self.metric("leat_push_clients")
        self.wait_until(lambda: clients() == 0)
        stream = Stream(self.server, PUSH)
        with Http2(self.server) as client:
            number = client.request("POST", "/query-stream", json.dumps({"sql": PUSH}))
            self.wait_until(lambda: clients() == 2)
            client.reset(number)
            self.wait_until(lambda: clients() == 1, 1)
            stream.close()
            self.wait_until(lambda: clients() == 0, 1)
            self.assertEqual(200, client.ask("GET", "/info").status)


class CredentialsTest(unittest.TestCase):
    def test_12_all_but_liveness_wants_credentials(self):
        passwords = tempfile.NamedTemporaryFile("w")
        self.addCleanup(passwords.close)
        hashed = subprocess.run(["openssl", "passwd", "-6", "secret"], capture_output=True,
                                text=True, check=True).stdout.strip()
        passwords.write(f"me:{hashed}\n")
        passwords.flush()
        server = Server("--password-file", passwords.name)
        self.addCleanup(lambda: self.assertEqual(0, server.stop(), server.errors))
        for path in ("/chc/live", "/chc/ready", "/healthcheck", "/v1/metadata", "/v1/metadata/id"):
            self.assertEqual(200, server.get(path)[0], path)
        for method, path in (("GET", "/info"), ("POST", "/ksql"), ("POST", "/query-stream"),
                             ("POST", "/query"), ("GET", "/status"), ("GET", "/clusterStatus"),
                             ("POST", "/close-query"), ("GET", "/ws/query"), ("GET", "/")):
            status, headers, body = server.request(method, path, "{}" if method == "POST" else None)
            self.assertEqual((401, {"@type": "generic_error", "error_code": 40100,
                                    "message": "Unauthorized"}), (status, json.loads(body)), path)
            self.assertTrue(headers["WWW-Authenticate"].startswith("Basic"))
        token = base64.b64encode(b"me:secret").decode()
        self.assertEqual(200, server.get("/info", Authorization=f"Basic {token}")[0])


if __name__ == "__main__":
    unittest.main()

"""Every route answers as ksqlDB's does."""
import json
import tempfile
import unittest

from harness import Server, ServerCase

V1 = "application/vnd.ksql.v1+json"
PROTOBUF = "application/vnd.ksql.v1+protobuf"
DELIMITED = "application/vnd.ksqlapi.delimited.v1"


class RouteTest(ServerCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.server.ksql(
            "CREATE STREAM S (K STRING KEY, V INT, D DECIMAL(4,2)) "
            "WITH (kafka_topic='s', value_format='JSON', partitions=1);"
            "CREATE TABLE T AS SELECT K, COUNT(*) AS N FROM S GROUP BY K;"
            "INSERT INTO S VALUES ('a', 1, 1.20); INSERT INTO S VALUES ('b', 2, NULL);"
        )

    def setUp(self):
        self.wait_until(lambda: len(self.server.rows("SELECT * FROM T;")) >= 2)

    def json_of(self, path, **headers):
        status, body = self.server.get(path, **headers)
        self.assertEqual(200, status, body)
        return json.loads(body)

    # --- what the server says about itself ---

    def test_root_leads_to_info(self):
        status, headers, body = self.server.request("GET", "/")
        self.assertEqual((307, "/info", ""), (status, headers["Location"], body))

    def test_info_names_a_version_of_ksqldb_and_leat_in_a_header(self):
        status, headers, body = self.server.request("GET", "/info")
        self.assertEqual(200, status)
        self.assertEqual(V1, headers["Content-Type"])
        self.assertRegex(headers["Server"], r"^leat/\d")
        info = json.loads(body)["KsqlServerInfo"]
        self.assertEqual(["version", "kafkaClusterId", "ksqlServiceId", "serverStatus"], list(info))
        self.assertRegex(info["version"], r"^\d+\.\d+\.\d+$")
        self.assertEqual("default_", info["ksqlServiceId"])
        self.assertEqual("RUNNING", info["serverStatus"])

    def test_accept_chooses_the_media_type(self):
        for accept, wanted in [("application/json", "application/json"), ("*/*", V1),
                               ("application/json;q=0.5, " + V1, V1),
                               ("text/html, application/json; charset=utf-8", "application/json")]:
            _, headers, _ = self.server.request("GET", "/info", headers={"Accept": accept})
            self.assertEqual(wanted, headers["Content-Type"], accept)

    def test_head_is_get_without_a_body(self):
        status, headers, body = self.server.request("HEAD", "/info")
        self.assertEqual((200, ""), (status, body))
        self.assertGreater(int(headers["Content-Length"]), 0)

    def test_liveness(self):
        self.assertEqual({}, self.json_of("/chc/live"))
        self.assertEqual({}, self.json_of("/chc/ready"))
        self.assertEqual((200, "ok\n"), self.server.get("/livez"))
        self.assertEqual((200, "ok\n"), self.server.get("/readyz"))

    def test_healthcheck(self):
        health = self.json_of("/healthcheck")
        self.assertEqual({"isHealthy": True, "serverState": "READY", "details": {
            name: {"isHealthy": True} for name in ("metastore", "kafka", "commandRunner")}}, health)

    def test_metadata(self):
        identity = self.json_of("/v1/metadata/id")
        self.assertEqual("", identity["id"])
        self.assertEqual("default_", identity["scope"]["clusters"]["ksql-cluster"])
        self.assertEqual(identity, self.json_of("/v1/metadata")["clusterId"])

    def test_properties(self):
        self.assertIs(True, self.json_of("/is_valid_property/auto.offset.reset"))
        self.assertIs(True, self.json_of("/is_valid_property/ksql.streams.auto.offset.reset"))
        status, body = self.server.get("/is_valid_property/nonsense")
        self.assertEqual(400, status)
        self.assertEqual(
            {"@type": "generic_error", "error_code": 40000, "message":
             "Not recognizable as ksql, streams, consumer, or producer property: 'nonsense'"},
            json.loads(body))

    def test_cluster_status_is_not_kept(self):
        status, body = self.server.get("/clusterStatus")
        self.assertEqual((404, 40400), (status, json.loads(body)["error_code"]))

    def test_what_is_no_route_is_not_found_in_plain_text(self):
        for method, path in (("GET", "/nope"), ("POST", "/ws"), ("GET", "/status2"),
                             ("GET", "/v1/metadata/id/x"), ("GET", "/chc")):
            status, headers, body = self.server.request(method, path)
            self.assertEqual((404, "Not Found"), (status, body), path)
            self.assertTrue(headers["Content-Type"].startswith("text/plain"))

    def test_another_method_is_told_which_one_is_allowed(self):
        for method, path, allowed in (("GET", "/ksql", "POST"), ("POST", "/info", "GET, HEAD"),
                                      ("GET", "/inserts-stream", "POST"),
                                      ("PUT", "/ws/query", "GET, HEAD")):
            status, headers, body = self.server.request(method, path)
            self.assertEqual((405, allowed), (status, headers["Allow"]), path)
            self.assertEqual(40500, json.loads(body)["error_code"])

    def test_each_route_has_its_media_types(self):
        """The first is what a client without Accept gets."""
        get, post = ("GET", None), ("POST", {"ksql": "SHOW TYPES;"})
        admin = [V1, "application/json"]
        for (method, body), path, media in [
                (get, "/info", admin), (get, "/healthcheck", admin), (get, "/v1/metadata", admin),
                (get, "/v1/metadata/id", admin), (get, "/status", admin),
                (get, "/status/stream/%60S%60/create", admin), (post, "/ksql", admin),
                (get, "/is_valid_property/auto.offset.reset", admin),
                (get, "/chc/ready", ["application/json"]), (get, "/chc/live", ["application/json"]),
                (("POST", {"sql": "SELECT * FROM T;"}), "/query-stream",
                 [DELIMITED, "application/json", V1, PROTOBUF])]:
            _, headers, _ = self.server.request(method, path, body)
            self.assertEqual(media[0], headers["Content-Type"], path)
            for wanted in media:
                status, headers, _ = self.server.request(method, path, body, {"Accept": wanted})
                self.assertEqual((200, wanted), (status, headers["Content-Type"]), path)
            status, _, answer = self.server.request(method, path, body, {"Accept": "image/png"})
            self.assertEqual((406, 40600), (status, json.loads(answer)["error_code"]), path)

    def test_internal_endpoints_are_refused_with_code_50000_and_status_400(self):
        for path in ("/heartbeat", "/lag"):
            status, _, body = self.server.request("POST", path, {})
            self.assertEqual(400, status)
            self.assertEqual(50000, json.loads(body)["error_code"])

    def test_metrics(self):
        status, headers, body = self.server.request("GET", "/metrics")
        self.assertEqual(200, status)
        self.assertTrue(headers["Content-Type"].startswith("text/plain; version=0.0.4"))
        self.assertIn('leat_http_requests_total{path="/ksql",code="2xx"}', body)
        for name in ("records_in_total", "records_waiting"):
            self.assertRegex(body, rf'leat_query_{name}{{query="CTAS_T_\d+"}} \d+\n')
        self.assertRegex(body, r'leat_query_state{query="CTAS_T_\d+",state="RUNNING"} 1\n')
        self.assertGreater(self.metric("leat_commits_total"), 0)
        for line in body.splitlines():
            self.assertRegex(line, r'^(# (HELP|TYPE) \S+ .+|[a-z_]+(\{[^}]*\})? \S+)$')

    # --- statements ---

    def test_ksql_answers_one_entity_per_statement_that_has_one(self):
        entities = self.server.ksql(
            "SET 'auto.offset.reset'='earliest'; SHOW STREAMS; SHOW TABLES; "
            "INSERT INTO S VALUES ('a', 7, NULL);")
        self.assertEqual(["streams", "tables"], [entity["@type"] for entity in entities])
        self.assertEqual("SHOW STREAMS;", entities[0]["statementText"])

    def test_status_of_commands(self):
        statuses = self.json_of("/status")["commandStatuses"]
        self.assertEqual("SUCCESS", statuses["stream/`S`/create"])
        self.assertEqual("SUCCESS", statuses["table/`T`/create"])
        status = self.json_of("/status/stream/%60S%60/create")
        self.assertEqual(["status", "message", "queryId"], list(status))
        code, body = self.server.get("/status/stream/NOPE/create")
        self.assertEqual((404, "Command not found"), (code, json.loads(body)["message"]))

    def test_status_has_the_ids_of_every_kind_of_command(self):
        for sql, path in [("CREATE TYPE ID_T AS INT;", "type/ID_T/create"),
                          ("DROP TYPE ID_T;", "type/ID_T/drop"),
                          ("CREATE STREAM `id_s` (K STRING KEY, V INT) WITH (kafka_topic='id_s', "
                           "value_format='JSON', partitions=1);", "stream/%60id_s%60/create"),
                          ("ALTER STREAM `id_s` ADD COLUMN W INT;", "stream/id_s/alter"),
                          ("DROP STREAM `id_s`;", "stream/id_s/drop"),
                          ("PAUSE ALL;", "pause/ALL/execute"),
                          ("RESUME ALL;", "resume/ALL/execute")]:
            entity, = self.server.ksql(sql)
            self.assertEqual(path.replace("%60", "`"), entity["commandId"])
            self.assertEqual(entity["commandStatus"], self.json_of("/status/" + path))

    def test_command_sequence_number_of_the_past_does_not_wait(self):
        number = self.server.ksql("CREATE TYPE N1 AS INT; DROP TYPE N1;")[0]["commandSequenceNumber"]
        self.server.ksql("SHOW STREAMS;", commandSequenceNumber=number)
        self.server.ksql("SHOW STREAMS;", commandSequenceNumber=None)
        self.server.ksql("SHOW STREAMS;", commandSequenceNumber=-1)

    def test_variables_are_substituted(self):
        entities = self.server.ksql("DESCRIBE ${name};", sessionVariables={"name": "S"})
        self.assertEqual("sourceDescription", entities[0]["@type"])

    def test_a_failure_carries_what_was_done_before(self):
        status, _, body = self.server.request("POST", "/ksql", {
            "ksql": "SHOW STREAMS; DROP STREAM NOPE; SHOW TABLES;"})
        error = json.loads(body)
        self.assertEqual(400, status)
        self.assertEqual(["@type", "error_code", "message", "statementText", "entities"],
                         list(error))
        self.assertEqual(("statement_error", 40001), (error["@type"], error["error_code"]))
        self.assertEqual("DROP STREAM NOPE", error["statementText"].rstrip(";"))
        self.assertEqual(["streams"], [entity["@type"] for entity in error["entities"]])

    def test_a_query_refuses_the_whole_script_before_anything_runs(self):
        status, _, body = self.server.request("POST", "/ksql", {
            "ksql": "CREATE TYPE NEVER AS INT; SELECT * FROM S;"})
        error = json.loads(body)
        self.assertEqual((400, 40002), (status, error["error_code"]))
        self.assertEqual("The following statement types should be issued to the websocket endpoint "
                         "'/query':\n\t* PRINT\n\t* SELECT", error["message"])
        self.assertNotIn("NEVER", self.server.ksql("SHOW TYPES;")[0]["types"])

    # --- queries ---

    def test_pull_query_delimited(self):
        status, headers, body = self.server.request(
            "POST", "/query-stream", {"sql": "SELECT * FROM T WHERE K='b';"})
        self.assertEqual((200, DELIMITED), (status, headers["Content-Type"]))
        self.assertEqual('{"queryId":null,"columnNames":["K","N"],"columnTypes":["STRING","BIGINT"]}\n'
                         '["b",1]\n', body)

    def test_pull_query_v1_json(self):
        _, body = self.server.query("SELECT * FROM T WHERE K='b';", accept=V1)
        self.assertEqual('[{"header":{"schema":"`K` STRING KEY, `N` BIGINT"}},\n'
                         '{"row":{"columns":["b",1]}}]\n', body)
        self.assertEqual(body, self.server.query("SELECT * FROM T WHERE K='b';", path="/query")[1])

    def test_pull_query_v1_protobuf(self):
        """A row is {1: "b", 2: 1} in Protobuf's encoding; \\n in the schema are JSON's."""
        _, body = self.server.query("SELECT * FROM T WHERE K='b';", accept=PROTOBUF)
        self.assertEqual(
            '[{"header":{"protoSchema":"syntax = \\"proto3\\";\\n\\nmessage ConnectDefault1 {\\n'
            '  string K = 1;\\n  int64 N = 2;\\n}\\n"}},\n'
            '{"row":{"protobufBytes":"CgFiEAE="}}]\n', body)
        _, body = self.server.query("SELECT K, V FROM S;", accept=PROTOBUF)
        self.assertEqual({"finalMessage": "Query Completed"}, json.loads(body)[-1])

    def test_pull_query_without_rows(self):
        _, body = self.server.query("SELECT * FROM T WHERE K='nobody';", accept=V1)
        self.assertEqual(1, len(json.loads(body)))

    def test_pull_query_json(self):
        _, body = self.server.query("SELECT * FROM T WHERE K='b';", accept="application/json")
        self.assertEqual(["b", 1], json.loads(body)[1])
        self.assertEqual(["STRING", "BIGINT"], json.loads(body)[0]["columnTypes"])

    def test_query_answers_application_json_with_v1_rows(self):
        _, headers, body = self.server.request(
            "POST", "/query", {"ksql": "SELECT * FROM T WHERE K='b';"},
            {"Accept": "application/json"})
        self.assertEqual(V1, headers["Content-Type"])
        self.assertIn("header", json.loads(body)[0])

    def test_query_answers_delimited_when_asked_to(self):
        sql = "SELECT * FROM T WHERE K='b';"
        status, headers, body = self.server.request("POST", "/query", {"ksql": sql},
                                                    {"Accept": DELIMITED})
        self.assertEqual((200, DELIMITED), (status, headers["Content-Type"]))
        self.assertEqual(self.server.query(sql)[1], body)

    def test_stream_pull_query_ends_with_a_message(self):
        _, body = self.server.query("SELECT K, D FROM S WHERE V = 1;", accept=V1)
        rows = json.loads(body)
        self.assertEqual("`K` STRING, `D` DECIMAL(4, 2)", rows[0]["header"]["schema"])
        self.assertIn('["a",1.20]', body)
        self.assertEqual({"finalMessage": "Query Completed"}, rows[-1])

    def test_push_query_with_limit(self):
        _, body = self.server.query("SELECT K, V FROM S EMIT CHANGES LIMIT 2;", accept=V1,
                                    **{"auto.offset.reset": "earliest"})
        lines = body.splitlines()
        self.assertRegex(lines[0], r'^\[\{"header":\{"queryId":"transient_S_\d+",'
                                   r'"schema":"`K` STRING, `V` INTEGER"\}\},$')
        self.assertEqual(['{"row":{"columns":["a",1]}},', '{"row":{"columns":["b",2]}},',
                          '{"finalMessage":"Limit Reached"}]'], lines[1:])

    def test_print(self):
        status, headers, body = self.server.request(
            "POST", "/query", {"ksql": "PRINT 's' FROM BEGINNING LIMIT 2;"})
        self.assertEqual(200, status)
        self.assertTrue(headers["Content-Type"].startswith("text/plain"))
        self.assertIn("Key format: KAFKA_STRING", body)
        self.assertIn("key: a, value: {", body)
        status, _ = self.server.query("PRINT 's' FROM BEGINNING LIMIT 1;",
                                      accept="application/json")
        self.assertEqual(406, status)

    def test_closing_an_unknown_query(self):
        status, _, body = self.server.request("POST", "/close-query", {"queryId": "nope"})
        self.assertEqual((400, "No query with id nope"), (status, json.loads(body)["message"]))

    def test_closing_a_query_without_its_id(self):
        for request in ({}, {"queryId": None}, {"queryId": ""}, {"queryId": 1}):
            status, _, body = self.server.request("POST", "/close-query", request)
            self.assertEqual((400, "No queryId provided"), (status, json.loads(body)["message"]))
        for request in ("", "nonsense", "[]"):
            status, _, body = self.server.request("POST", "/close-query", request)
            self.assertEqual((400, 40000), (status, json.loads(body)["error_code"]))
            self.assertTrue(json.loads(body)["message"].startswith("Invalid JSON in request: "))


class ClusterTest(unittest.TestCase):
    def serve(self, lines):
        config = tempfile.NamedTemporaryFile("w", suffix=".properties")
        self.addCleanup(config.close)
        config.write(lines)
        config.flush()
        server = Server("--config", config.name)
        self.addCleanup(lambda: self.assertEqual(0, server.stop(), server.errors))
        return server

    def test_a_server_with_heartbeats_shows_a_cluster_of_itself(self):
        server = self.serve("ksql.heartbeat.enable = true\n")
        server.ksql("CREATE STREAM S (K STRING KEY, V INT) "
                    "WITH (kafka_topic='s', value_format='JSON', partitions=1);"
                    "CREATE TABLE T AS SELECT K, COUNT(*) AS N FROM S GROUP BY K;")
        status, body = server.get("/clusterStatus")
        self.assertEqual(200, status, body)
        cluster = json.loads(body)["clusterStatus"]
        self.assertEqual([f"127.0.0.1:{server.port}"], list(cluster))
        host, = cluster.values()
        self.assertIs(True, host["hostAlive"])
        self.assertGreater(host["lastStatusUpdateMs"], 1.6e12)
        query, = host["activeStandbyPerQuery"]
        self.assertRegex(query, r"^CTAS_T_\d+$")
        self.assertEqual(["activeStores", "activePartitions", "standByStores", "standByPartitions"],
                         list(host["activeStandbyPerQuery"][query]))
        self.assertEqual({"stateStoreLags": {}, "updateTimeMs": 0}, host["hostStoreLags"])

    def test_the_advertised_name_counts(self):
        server = self.serve("ksql.heartbeat.enable = TRUE\n"
                            "ksql.advertised.listener = http://ksql.example:8088/\n")
        cluster = json.loads(server.get("/clusterStatus")[1])["clusterStatus"]
        self.assertEqual(["ksql.example:8088"], list(cluster))

    def test_terminating_needs_patterns_that_can_be_read(self):
        server = self.serve("")
        for request, message in [({"deleteTopicList": ["("]}, "Invalid pattern: ("),
                                 ({"deleteTopicList": "x"}, "Invalid JSON in request: "),
                                 ({"deleteTopicList": [1]}, "takes at most"),
                                 ("nonsense", "Invalid JSON in request: ")]:
            status, _, body = server.request("POST", "/ksql/terminate", request)
            self.assertEqual(400, status)
            self.assertIn(message, json.loads(body)["message"])
        status, headers, body = server.request("POST", "/ksql/terminate", {})
        self.assertEqual((200, V1), (status, headers["Content-Type"]))
        entity, = json.loads(body)
        self.assertEqual(("currentStatus", "cluster/TerminateCluster/terminate", "SUCCESS"),
                         (entity["@type"], entity["commandId"], entity["commandStatus"]["status"]))
        for method, path in (("POST", "/ksql"), ("GET", "/info"), ("GET", "/ws/query"),
                             ("POST", "/query-stream"), ("GET", "/clusterStatus")):
            status, _, body = server.request(method, path, "{}" if method == "POST" else None)
            self.assertEqual((503, 50304, "The server is shut down"),
                             (status, json.loads(body)["error_code"], json.loads(body)["message"]))
        self.assertEqual((200, "{}"), server.get("/chc/ready"))


if __name__ == "__main__":
    unittest.main()

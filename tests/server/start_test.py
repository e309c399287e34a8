"""Starting, stopping, options, passwords."""
import base64
import json
import os
import pathlib
import signal
import socket
import subprocess
import tempfile
import time
import unittest

from harness import LEAT, Server

CREATE = "CREATE STREAM S (K STRING KEY, V INT) WITH (kafka_topic='s', value_format='JSON', partitions=1);"


def run(*options):
    """A start that must fail: exit code and errors."""
    done = subprocess.run([LEAT, "serve", *options], capture_output=True, text=True, timeout=60)
    return done.returncode, done.stderr


class StartTest(unittest.TestCase):
    def setUp(self):
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        self.directory = pathlib.Path(directory.name)

    def file(self, name, text, mode=0o600):
        path = self.directory / name
        path.write_text(text)
        path.chmod(mode)
        return str(path)

    def serve(self, *options, **more):
        server = Server(*options, **more)
        self.addCleanup(lambda: self.assertEqual(0, server.stop(), server.errors[-4000:]))
        return server

    # --- options ---

    def test_help(self):
        done = subprocess.run([LEAT, "serve", "--help"], capture_output=True, text=True)
        self.assertEqual(0, done.returncode)
        for option in ("--data", "--config", "--listen", "--queries-file", "--insecure"):
            self.assertIn(option, done.stdout)

    def test_wrong_options(self):
        for options in (["--nope"], ["extra"], ["--durability", "hope"], ["--log-format", "xml"],
                        ["--data"]):
            code, errors = run(*options)
            self.assertEqual(2, code, options)
            self.assertIn("usage: leat serve", errors)

    def test_wrong_addresses(self):
        for listen in ("nonsense", "127.0.0.1", "127.0.0.1:", "127.0.0.1:70000", "127.0.0.1:-1",
                       ":8088", "example.org:0"):
            code, errors = run("--listen", listen)
            self.assertEqual(1, code, listen)
            self.assertRegex(errors, "is not an address and a port|--insecure")
        self.assertEqual(1, run("--listen", "example.org:0", "--insecure")[0])
        self.assertEqual(200, self.serve(listen="localhost:0").get("/info")[0])

    def test_a_port_in_use_is_refused(self):
        with socket.create_server(("127.0.0.1", 0)) as other:
            code, errors = run("--listen", f"127.0.0.1:{other.getsockname()[1]}")
            self.assertEqual(1, code)
            self.assertIn("cannot listen", errors)

    def test_beyond_loopback_needs_passwords_or_insecure(self):
        code, errors = run("--listen", "0.0.0.0:0")
        self.assertEqual(1, code)
        self.assertIn("--insecure", errors)
        self.assertEqual(200, self.serve("--insecure", listen="0.0.0.0:0").get("/info")[0])

    def test_ipv6(self):
        if not socket.has_ipv6 or not os.path.exists("/proc/net/if_inet6") or \
                not pathlib.Path("/proc/net/if_inet6").read_text():
            self.skipTest("no IPv6")
        server = Server(listen="[::1]:0")
        with socket.create_connection(("::1", server.port)) as client:
            client.sendall(b"GET /chc/live HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
            self.assertIn(b"200 OK", client.recv(1000))
        self.assertEqual(0, server.stop())

    # --- data ---

    def test_data_outlive_the_server(self):
        data = str(self.directory / "data")
        server = Server("--data", data)
        server.ksql(CREATE + "CREATE TABLE T AS SELECT K, COUNT(*) AS N FROM S GROUP BY K;"
                             "INSERT INTO S VALUES ('a', 1); INSERT INTO S VALUES ('a', 2);")
        while server.rows("SELECT * FROM T;") != [["a", 2]]:
            time.sleep(0.05)
        self.assertEqual(0, server.stop())
        again = self.serve("--data", data)
        self.assertEqual([["a", 2]], again.rows("SELECT * FROM T;"))
        again.ksql("INSERT INTO S VALUES ('a', 3);")
        while again.rows("SELECT * FROM T;") != [["a", 3]]:
            time.sleep(0.05)

    def test_acknowledged_inserts_survive_a_kill(self):
        data = str(self.directory / "data")
        server = Server("--data", data, durability="power-loss")
        server.ksql(CREATE + "".join(f"INSERT INTO S VALUES ('k', {i});" for i in range(50)))
        server.stop(signal.SIGKILL)
        again = self.serve("--data", data)
        self.assertEqual([["k", i] for i in range(50)], again.rows("SELECT * FROM S;"))

    def test_a_directory_in_use_is_refused(self):
        data = str(self.directory / "data")
        self.serve("--data", data)
        code, errors = run("--data", data, "--listen", "127.0.0.1:0")
        self.assertEqual(1, code)
        self.assertRegex(errors, "(in use|locked|another)")

    def test_both_signals_stop_it(self):
        for number in (signal.SIGTERM, signal.SIGINT):
            server = Server()
            start = time.monotonic()
            self.assertEqual(0, server.stop(number), server.errors)
            self.assertLess(time.monotonic() - start, 10)

    # --- configuration ---

    def test_configuration_file(self):
        config = self.file("server.properties",
                           "# a comment\n! another\n\n"
                           "listeners = http://127.0.0.1:0\n"
                           "ksql.service.id:my_\\\n    service\n"
                           "ksql.streams.auto.offset.reset earliest\n"
                           "unknown.key=is kept\n")
        server = self.serve("--config", config)
        info = json.loads(server.get("/info")[1])["KsqlServerInfo"]
        self.assertEqual("my_service", info["ksqlServiceId"])
        server.ksql(CREATE + "INSERT INTO S VALUES ('a', 1);")
        self.assertEqual([["a"]], server.rows("SELECT K FROM S EMIT CHANGES LIMIT 1;"))

    def test_bad_configuration_files(self):
        for text in ("=value\n", "ksql.streams.auto.offset.reset=never\n",
                     "authentication.method=BASIC\n"):
            code, errors = run("--config", self.file("bad.properties", text))
            self.assertEqual(1, code, text)
            self.assertTrue(errors)
        self.assertEqual(1, run("--config", str(self.directory / "none"))[0])

    def start_with_queries(self, text):
        """A server whose queries file is text; gives the ids of its queries."""
        server = Server("--data", str(self.directory / "data"), "--queries-file",
                        self.file("queries.sql", text))
        ids = [query["id"] for query in server.ksql("SHOW QUERIES;")[0]["queries"]]
        types = server.ksql("SHOW TYPES;")[0]["types"]
        self.assertEqual(0, server.stop())
        return ids, types

    def test_queries_file_runs_once_however_often_the_server_starts(self):
        text = (CREATE + "CREATE TYPE ADDRESS AS STRUCT<CITY STRING>; /* twice: */"
                "CREATE STREAM S2 AS SELECT * FROM S; INSERT INTO S2 SELECT * FROM S;")
        ids, types = self.start_with_queries(text)
        self.assertEqual(2, len(ids))
        self.assertEqual(["ADDRESS"], list(types))
        self.assertEqual(ids, self.start_with_queries(text)[0])
        again = text.replace("SELECT *", "select  *\n").replace("/* twice: */", "")
        self.assertEqual(ids, self.start_with_queries(again)[0])
        more = self.start_with_queries(text + "CREATE STREAM S3 AS SELECT K, V + 1 FROM S;")[0]
        self.assertEqual(ids, more[:2])
        self.assertEqual(3, len(more))

    def test_queries_file_goes_on_where_a_failed_start_ended(self):
        data = ("--data", str(self.directory / "data"), "--listen", "127.0.0.1:0")
        text = CREATE + "CREATE STREAM S2 AS SELECT * FROM S;\n"
        code, errors = run("--queries-file", self.file(
            "queries.sql", text + "CREATE STREAM S3 AS SELECT NONE FROM S;"), *data)
        self.assertEqual(1, code)
        self.assertRegex(errors, r"queries\.sql:2:\d+: .*NONE")
        ids, _ = self.start_with_queries(text + "CREATE STREAM S3 AS SELECT K, V + 1 FROM S;")
        self.assertEqual(2, len(ids))

    def test_queries_file_that_changes_a_statement_must_say_so(self):
        text = CREATE + "CREATE STREAM S2 AS SELECT * FROM S;"
        changed = text.replace("FROM S;", "FROM S WHERE K <> 'x';")
        self.start_with_queries(text)
        code, errors = run("--queries-file", self.file("queries.sql", changed), "--data",
                           str(self.directory / "data"), "--listen", "127.0.0.1:0")
        self.assertEqual(1, code)
        self.assertIn("already exists", errors)
        self.assertIn("CREATE OR REPLACE", errors)
        replacing = changed.replace("CREATE STREAM S2", "CREATE OR REPLACE STREAM S2")
        self.assertEqual(1, len(self.start_with_queries(replacing)[0]))
        self.assertEqual(1, len(self.start_with_queries(replacing)[0]))

    def test_bad_queries_files(self):
        for text, message in [
                (CREATE + "DROP STREAM S;", "Unsupported statement. Only the following"),
                (CREATE, "does not contain any persistent queries"),
                ("nonsense;", "line 1:1")]:
            code, errors = run("--queries-file", self.file("bad.sql", text), "--listen",
                               "127.0.0.1:0")
            self.assertEqual(1, code)
            self.assertIn(message, errors)

    # --- log ---

    def test_log_lines_cannot_be_forged(self):
        for log_format in ("logfmt", "json"):
            server = Server("--log-requests", "--log-format", log_format)
            server.get("/status/x%20level=error%22%5c")
            self.assertEqual(0, server.stop())
            lines = [line for line in server.errors.splitlines() if "/status/x" in line]
            self.assertEqual(1, len(lines))
            if log_format == "json":
                self.assertEqual('/status/x level=error"\\', json.loads(lines[0])["path"])
            else:
                self.assertIn('path="/status/x level=error\\"\\\\"', lines[0])

    # --- passwords ---

    def ask_as(self, server, credentials, path="/info"):
        encoded = base64.b64encode(credentials.encode()).decode()
        return server.request("GET", path, headers={"Authorization": f"Basic {encoded}"})

    def hashes(self):
        """Of the password "secret" by the system's own tool, so that formats are real ones."""
        text = "# users\n"
        for user, kind in (("ann", "-6"), ("bob", "-5")):
            done = subprocess.run(["openssl", "passwd", kind, "secret"], capture_output=True,
                                  text=True)
            if done.returncode != 0:
                self.skipTest("no openssl program")
            text += f"{user}:{done.stdout.strip()}\n"
        return text

    def test_passwords(self):
        server = self.serve("--password-file", self.file("users", self.hashes()))
        for path in ("/chc/live", "/chc/ready", "/healthcheck", "/v1/metadata", "/v1/metadata/id",
                     "/livez", "/readyz"):
            self.assertEqual(200, server.get(path)[0], path)
        for path in ("/info", "/", "/status", "/metrics"):
            status, headers, body = server.request("GET", path)
            self.assertEqual((401, 40100, "Unauthorized"),
                             (status, json.loads(body)["error_code"], json.loads(body)["message"]))
            self.assertTrue(headers["WWW-Authenticate"].startswith("Basic realm="))
        for user in ("ann", "bob"):
            for _ in range(3):
                self.assertEqual(200, self.ask_as(server, user + ":secret")[0])
            for wrong in (":secre", ":secret2", ":", "", "x:secret", ":Secret", ":secret:"):
                self.assertEqual(401, self.ask_as(server, user + wrong)[0], wrong)
        for header in ("Basic", "Basic ", "Basic !!!", "Bearer x", "Basic YW5u", "x" * 5000):
            self.assertEqual(401, server.request("GET", "/info",
                                                 headers={"Authorization": header})[0], header)
        status, _, _ = server.request("POST", "/ksql", {"ksql": "SHOW STREAMS;"})
        self.assertEqual(401, status)
        self.assertEqual(404, self.ask_as(server, "ann:secret", "/nope")[0])

    def test_password_files_must_be_private_and_sound(self):
        for text, mode in [(self.hashes(), 0o644), ("ann:secret\n", 0o600), ("", 0o600),
                           ("# nobody\n", 0o600)]:
            code, _ = run("--password-file", self.file("users", text, mode), "--listen",
                          "127.0.0.1:0")
            self.assertEqual(1, code, (text, mode))

    def test_terminating_the_cluster_ends_service(self):
        server = self.serve()
        server.ksql(CREATE + "CREATE STREAM S2 AS SELECT * FROM S; CREATE STREAM S3 AS SELECT * FROM S;")
        status, _, body = server.request("POST", "/ksql/terminate", {"deleteTopicList": ["S2", "x.*"]})
        self.assertEqual((200, "cluster/TerminateCluster/terminate"),
                         (status, json.loads(body)[0]["commandId"]))
        status, _, body = server.request("POST", "/ksql", {"ksql": "SHOW STREAMS;"})
        self.assertEqual((503, 50304), (status, json.loads(body)["error_code"]))
        self.assertEqual(200, server.get("/chc/live")[0])
        self.assertEqual(503, server.get("/readyz")[0])


if __name__ == "__main__":
    unittest.main()

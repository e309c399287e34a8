"""TLS: both protocols, bad clients, certificates, and how it stops."""
import contextlib
import http.client
import json
import os
import pathlib
import signal
import socket
import ssl
import subprocess
import tempfile
import threading
import time
import unittest
import urllib.parse

from harness import LEAT, PATIENCE_S, Server, ServerCase
from http2_client import Http2
from websocket_client import WebSocket, target

DIRECTORY = tempfile.TemporaryDirectory()
HERE = pathlib.Path(DIRECTORY.name)
CREATE = ("CREATE STREAM S (K STRING KEY, V STRING) "
          "WITH (kafka_topic='s', value_format='JSON', partitions=1);")
EARLIEST = {"auto.offset.reset": "earliest"}


def openssl(*arguments):
    subprocess.run(["openssl", *arguments], check=True, capture_output=True, cwd=HERE)


def make(name, *more, days=30, algorithm=("-newkey", "rsa:2048")):
    """A self-signed certificate and its key: name.crt, name.key, and both in name.pem."""
    openssl("req", "-x509", *algorithm, "-nodes", "-keyout", name + ".key", "-out", name + ".crt",
            "-days", str(days), "-subj", "/CN=localhost", "-addext",
            "subjectAltName=DNS:localhost,IP:127.0.0.1", *more)
    (HERE / (name + ".pem")).write_text(text(name + ".crt") + text(name + ".key"))
    for end in (".key", ".pem"):
        (HERE / (name + end)).chmod(0o600)


def path(name):
    return str(HERE / name)


def text(name):
    return (HERE / name).read_text()


def setUpModule():
    make("server")
    make("other", algorithm=("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1"))
    openssl("pkcs12", "-export", "-in", "server.crt", "-inkey", "server.key", "-out", "server.p12",
            "-passout", "pass:secret")
    (HERE / "server.p12").chmod(0o600)
    openssl("pkey", "-in", "server.key", "-aes256", "-passout", "pass:secret", "-out", "locked.key")
    (HERE / "locked.pem").write_text(text("server.crt") + text("locked.key"))
    (HERE / "locked.pem").chmod(0o600)


def tearDownModule():
    DIRECTORY.cleanup()


def context(*protocols, trusted="server.crt"):
    made = ssl.create_default_context(cafile=path(trusted))
    if protocols:
        made.set_alpn_protocols(protocols)
    return made


class TlsServer(Server):
    """The harness's server, whose connections are TLS."""

    def __init__(self, *options, certificate="server.pem", trusted="server.crt", **more):
        self.trusted = trusted
        options = (("--tls-certificate", path(certificate)) if certificate else ()) + options
        super().__init__(*options, **{"listen": "https://127.0.0.1:0", **more})

    def connect_plain(self, timeout=PATIENCE_S):
        return socket.create_connection(("127.0.0.1", self.port), timeout=timeout)

    def connect(self, timeout=PATIENCE_S):
        return context(trusted=self.trusted).wrap_socket(self.connect_plain(timeout),
                                                         server_hostname="localhost")

    def request(self, method, target, body=None, headers=None):
        connection = http.client.HTTPSConnection("localhost", self.port, timeout=PATIENCE_S,
                                                 context=context(trusted=self.trusted))
        with contextlib.closing(connection):
            data = json.dumps(body) if isinstance(body, (dict, list)) else body
            connection.request(method, target, body=data, headers=headers or {})
            response = connection.getresponse()
            return response.status, dict(response.getheaders()), response.read().decode()

    def http2(self):
        made = context("h2", "http/1.1").wrap_socket(self.connect_plain(),
                                                     server_hostname="localhost")
        assert made.selected_alpn_protocol() == "h2"
        return Http2(self, connected=made)


def push(sql, **properties):
    return json.dumps({"sql": sql, "properties": properties})


def run(*options):
    """A start that must fail: its errors."""
    done = subprocess.run([LEAT, "serve", "--listen", "https://127.0.0.1:0", *options],
                          capture_output=True, text=True, timeout=60)
    assert done.returncode == 1, done
    return done.stderr


class TlsTest(ServerCase):
    @classmethod
    def setUpClass(cls):
        cls.server = TlsServer()
        cls.server.ksql(CREATE + "INSERT INTO S VALUES ('a', 'one');")

    def connections(self):
        return self.metric("leat_tls_connections")

    def is_quiet(self):
        return self.connections() <= 1 and self.metric("leat_push_clients") == 0

    # --- both protocols ---

    def test_http1(self):
        self.assertEqual(200, self.server.get("/info")[0])
        self.assertEqual([["a", "one"]], self.server.rows("SELECT * FROM S;"))
        with self.server.connect() as client:  # one after another on one connection
            for _ in range(20):
                client.sendall(b"GET /chc/live HTTP/1.1\r\nHost: x\r\n\r\n")
                self.assertIn(b"200 OK", client.recv(4096))

    def test_http2(self):
        with self.server.http2() as client:
            self.assertIn("KsqlServerInfo", client.ask("GET", "/info").body)
            self.assertEqual(404, client.ask("GET", "/nope").status)
            stream = client.ask("POST", "/query-stream", push("SELECT * FROM S;"))
            self.assertEqual(["a", "one"], json.loads(stream.lines[1]))

    def test_protocol_is_what_both_sides_know(self):
        for offered, chosen in [(("http/1.1", "h2"), "h2"), (("http/1.1",), "http/1.1"),
                                (("spdy/3", "http/1.1"), "http/1.1"), ((), None)]:
            with context(*offered).wrap_socket(self.server.connect_plain(),
                                               server_hostname="localhost") as client:
                self.assertEqual(chosen, client.selected_alpn_protocol())

    def test_versions(self):
        for version in (ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3):
            chosen = context()
            chosen.minimum_version = chosen.maximum_version = version
            with chosen.wrap_socket(self.server.connect_plain(),
                                    server_hostname="localhost") as client:
                self.assertRegex(client.cipher()[0], "GCM|CHACHA20")
                client.sendall(b"GET /chc/live HTTP/1.1\r\nHost: x\r\n\r\n")
                self.assertIn(b"200 OK", client.recv(4096))
        old = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        old.check_hostname = False
        old.verify_mode = ssl.CERT_NONE
        old.minimum_version = ssl.TLSVersion.TLSv1
        old.maximum_version = ssl.TLSVersion.TLSv1_1
        old.set_ciphers("ALL:@SECLEVEL=0")
        with self.assertRaises((ssl.SSLError, ConnectionError)):
            old.wrap_socket(self.server.connect_plain())

    def test_sessions_are_resumed(self):
        shared = context()
        shared.maximum_version = ssl.TLSVersion.TLSv1_2
        with shared.wrap_socket(self.server.connect_plain(),
                                server_hostname="localhost") as client:
            session = client.session
        with shared.wrap_socket(self.server.connect_plain(), server_hostname="localhost",
                                session=session) as client:
            self.assertTrue(client.session_reused)

    def test_websockets(self):
        query = urllib.parse.quote(json.dumps({
            "ksql": "SELECT * FROM S EMIT CHANGES LIMIT 1;", "streamsProperties": EARLIEST}))
        with self.server.connect() as client:
            client.sendall(f"GET /ws/query?request={query} HTTP/1.1\r\nHost: x\r\n"
                           "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
                           "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n".encode())
            received = b""
            while b"done" not in received:
                received += client.recv(4096)
            self.assertIn(b'{"row":{"columns":["a","one"]}}', received)
        self.wait_until(self.is_quiet)

    def test_upgrade_to_cleartext_is_ignored(self):
        with self.server.connect() as client:
            client.sendall(b"GET /info HTTP/1.1\r\nHost: x\r\nConnection: Upgrade, HTTP2-Settings\r\n"
                           b"Upgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\n\r\n")
            self.assertTrue(client.recv(4096).startswith(b"HTTP/1.1 200 "))

    # --- much, and slowly ---

    def test_large_requests_and_answers(self):
        value = "x" * 60000
        self.server.ksql("CREATE STREAM LARGE (K STRING KEY, V STRING) "
                         "WITH (kafka_topic='large', value_format='JSON', partitions=1);" +
                         "".join(f"INSERT INTO LARGE VALUES ('{i}', '{value}');"
                                 for i in range(30)))
        rows = self.server.rows("SELECT V FROM LARGE;")
        self.assertEqual((30, {value}), (len(rows), {row[0] for row in rows}))
        with self.server.http2() as client:
            stream = client.ask("POST", "/query-stream", push("SELECT V FROM LARGE;"))
            self.assertEqual(30, stream.body.count(value))
        with self.server.connect() as client:  # a client that reads slowly gets all of it
            body = push("SELECT V FROM LARGE;").encode()
            client.sendall(b"POST /query-stream HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
                           b"Content-Length: %d\r\n\r\n%s" % (len(body), body))
            time.sleep(1)
            received = 0
            while chunk := client.recv(16384):
                received += len(chunk)
            self.assertGreater(received, 30 * 60000)

    def test_a_record_may_come_byte_by_byte(self):
        incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        client = context().wrap_bio(incoming, outgoing, server_hostname="localhost")
        with self.server.connect_plain() as raw:
            def drive(action):
                while True:
                    try:
                        return action()
                    except ssl.SSLWantReadError:
                        pass
                    finally:
                        for byte in outgoing.read():
                            raw.sendall(bytes([byte]))
                    incoming.write(raw.recv(65536))
            drive(client.do_handshake)
            drive(lambda: client.write(b"GET /chc/live HTTP/1.1\r\nHost: x\r\n\r\n"))
            self.assertIn(b"200 OK", drive(lambda: client.read(4096)))

    def test_many_handshakes_at_once(self):
        failures = []

        def ask():
            try:
                with self.server.connect() as client:
                    client.sendall(b"GET /chc/live HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
                    if b"200 OK" not in client.recv(4096):
                        failures.append("no answer")
            except OSError as error:
                failures.append(error)
        threads = [threading.Thread(target=ask) for _ in range(200)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual([], failures)
        self.wait_until(self.is_quiet)

    # --- push queries ---

    def open_push(self, client):
        body = push("SELECT * FROM S EMIT CHANGES;", **EARLIEST).encode()
        client.sendall(b"POST /query-stream HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n%s" %
                       (len(body), body))
        received = b""
        while b"one" not in received:
            received += client.recv(4096)

    def test_a_push_query_ends_when_its_client_leaves(self):
        for is_polite in (True, False):
            client = self.server.connect()
            self.open_push(client)
            self.assertEqual(1, self.metric("leat_push_clients"))
            if is_polite:
                client.unwrap().close()
            else:
                client.close()
            self.wait_until(self.is_quiet)

    def test_a_websocket_ends_its_query_when_it_leaves_or_comes_to_its_end(self):
        self.server.ksql(CREATE.replace("STREAM S ", "STREAM WSS ").replace("'s'", "'wss'"))
        sql = "SELECT K FROM WSS EMIT CHANGES"
        leaving = WebSocket(self.server, target(sql + ";"))
        self.assertEqual(["K"], [field["name"] for field in leaving.json()])
        self.wait_until(lambda: self.metric("leat_push_clients") == 1)
        leaving.close()
        self.wait_until(lambda: self.metric("leat_push_clients") == 0)
        staying = WebSocket(self.server, target(sql + " LIMIT 1;"))
        staying.json()
        self.server.ksql("INSERT INTO WSS VALUES ('wss', 'x');")
        self.assertEqual(['{"row":{"columns":["wss"]}}', '{"error":"done"}'], staying.messages())
        self.assertTrue(staying.is_closed_by_server())
        staying.close()

    def test_a_push_query_on_http2_ends_when_its_client_leaves(self):
        client = self.server.http2()
        number = client.request("POST", "/query-stream",
                                push("SELECT * FROM S EMIT CHANGES;", **EARLIEST))
        client.until(lambda: len(client.streams[number].frames) == 2)
        client.close()
        self.wait_until(self.is_quiet)

    # --- bad clients ---

    def test_cleartext_is_told_so(self):
        for request in (b"GET /info HTTP/1.1\r\nHost: x\r\n\r\n", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"):
            with self.server.connect_plain() as client:
                client.sendall(request)
                answer = b""
                while chunk := client.recv(4096):
                    answer += chunk
                self.assertTrue(answer.startswith(b"HTTP/1.1 400 "), answer)
                head, _, body = answer.partition(b"\r\n\r\n")
                self.assertIn(b"Content-Length: %d\r\n" % len(body), head)

    def test_bad_hellos(self):
        for hello in (b"\0", b"\x80\x2e\1\0\2", b"\xff" * 100, b"\x16\3\1\xff\xff" + b"\0" * 100,
                      b"\x16\3\1\0\4\1\xff\xff\xff", b"\x16\3\1\0\0" * 100,
                      b"\x16\3\1\2\0\1\0\1\xfc\3\3" + b"\0" * 501, b"\x16" + os.urandom(1000)):
            with self.server.connect_plain() as client:
                with contextlib.suppress(ConnectionError):
                    client.sendall(hello)
                    client.shutdown(socket.SHUT_WR)
                    while client.recv(4096):
                        pass
        self.wait_until(self.is_quiet)
        self.assertEqual(200, self.server.get("/info")[0])

    def test_noise_in_an_open_session_ends_it(self):
        for noise in (b"\x17\3\3\0\x20" + b"\0" * 32, b"GET / HTTP/1.1\r\n\r\n", b"\x15\3\3\0\2\2\x28"):
            client = self.server.connect()
            self.open_push(client)
            raw = socket.socket(fileno=client.detach())
            with contextlib.closing(raw):
                raw.settimeout(PATIENCE_S)
                raw.sendall(noise)
                with contextlib.suppress(ConnectionError):
                    while raw.recv(4096):
                        pass
            self.wait_until(self.is_quiet)

    def test_half_open_handshakes_are_ended(self):
        before = self.metric("leat_http_deadlines_total")
        clients = [self.server.connect_plain(timeout=30) for _ in range(20)]
        for i, client in enumerate(clients):
            client.sendall(b"\x16\3\1\2\0\1"[:i % 7])
        start = time.monotonic()
        self.assertEqual(200, self.server.get("/info")[0])  # nobody else waits for them
        for client in clients:
            with contextlib.suppress(ConnectionError):
                self.assertEqual(b"", client.recv(100))
            client.close()
        self.assertTrue(8 < time.monotonic() - start < 16, time.monotonic() - start)
        self.assertEqual(before + 20, self.metric("leat_http_deadlines_total"))
        self.wait_until(self.is_quiet)

    def test_a_request_that_comes_too_slowly_is_ended(self):
        with self.server.connect(timeout=30) as client:
            client.sendall(b"GET / HTTP/1.1\r\n")
            self.assertEqual(b"", client.recv(100))


class IdentityTest(unittest.TestCase):
    def serve(self, *options, **more):
        server = TlsServer(*options, **more)
        self.addCleanup(lambda: self.assertEqual(0, server.stop(), server.errors[-4000:]))
        return server

    def config(self, **properties):
        lines = [name.replace("_", ".") + "=" + value.replace("\n", "\\n")
                 for name, value in properties.items()]
        (HERE / "server.properties").write_text("\n".join(lines) + "\n")
        return path("server.properties")

    # --- certificates ---

    def test_where_certificate_and_key_come_from(self):
        chain = {"ssl_keystore_certificate_chain": text("server.crt")}
        for properties in [
                {"ssl_keystore_location": path("server.pem"), "ssl_keystore_type": "PEM"},
                {"ssl_keystore_location": path("locked.pem"), "ssl_key_password": "secret"},
                {"ssl_keystore_location": path("server.p12"), "ssl_keystore_type": "PKCS12",
                 "ssl_keystore_password": "secret"},
                {"ssl_keystore_location": path("server.p12"), "ssl_keystore_type": "JKS",
                 "ssl_keystore_password": "secret"},
                {**chain, "ssl_keystore_key": text("server.key")},
                {**chain, "ssl_keystore_key": text("server.key").replace("\n", " ")},
                {**chain, "ssl_keystore_key": text("locked.key"), "ssl_key_password": "secret"}]:
            config = self.config(listeners="https://127.0.0.1:0", **properties)
            server = self.serve("--config", config, certificate=None)
            self.assertEqual(200, server.get("/info")[0], properties)
            shown = json.dumps(server.ksql("SHOW PROPERTIES;"))
            self.assertNotIn("PRIVATE KEY", shown)
            self.assertNotIn('"secret"', shown)
        server = self.serve("--tls-key", path("server.key"), certificate="server.crt")
        self.assertEqual(200, server.get("/info")[0])
        server = self.serve(certificate="other.pem", trusted="other.crt")  # ECDSA
        self.assertEqual(200, server.get("/info")[0])

    def test_bad_certificates_are_refused_at_the_start(self):
        (HERE / "open.pem").write_text(text("server.pem"))
        (HERE / "open.pem").chmod(0o644)
        (HERE / "java.jks").write_bytes(b"\xfe\xed\xfe\xed\0\0\0\2")
        (HERE / "mixed.pem").write_text(text("server.crt") + text("other.key"))
        (HERE / "noise.p12").write_bytes(os.urandom(500))
        (HERE / "large.pem").write_text("x" * (1 << 20) + "x")
        for name in ("java.jks", "mixed.pem", "noise.p12", "large.pem"):
            (HERE / name).chmod(0o600)
        for options, message in [
                ((), "https needs a certificate and a key"),
                (("--tls-certificate", path("none.pem")), "cannot read"),
                (("--tls-certificate", str(HERE)), "is not a file"),
                (("--tls-certificate", path("open.pem")), "chmod 600"),
                (("--tls-certificate", path("java.jks")), "keytool -importkeystore"),
                (("--tls-certificate", path("mixed.pem")), "mixed.pem"),
                (("--tls-certificate", path("noise.p12")), "noise.p12"),
                (("--tls-certificate", path("large.pem")), "larger than"),
                (("--tls-certificate", path("server.key")), "server.key"),
                (("--tls-certificate", path("locked.pem")), "locked.pem"),
                (("--tls-certificate", path("server.p12")), "server.p12")]:
            self.assertIn(message, run(*options), options)

    def test_bad_properties_are_refused_at_the_start(self):
        for properties, message in [
                ({"ssl_keystore_type": "BCFKS"}, "ssl.keystore.type is 'BCFKS'"),
                ({"ssl_cipher_suites": "X"}, "ssl.cipher.suites"),
                ({"ssl_enabled_protocols": "TLSv1.1"}, "'TLSv1.1' is not"),
                ({"ssl_client_authentication": "MAYBE"}, "MAYBE"),
                ({"ssl_client_authentication": "REQUIRED"}, "ssl.truststore.location"),
                ({"ssl_client_auth": "true"}, "ssl.truststore.location"),
                ({"ssl_client_authentication": "REQUIRED", "ssl_truststore_type": "JKS",
                  "ssl_truststore_location": "x"}, "ssl.truststore.type is 'JKS'"),
                ({"ssl_client_authentication": "REQUIRED",
                  "ssl_truststore_location": path("server.key")}, "holds no certificate")]:
            config = self.config(ssl_keystore_location=path("server.pem"), **properties)
            self.assertIn(message, run("--config", config), properties)

    def test_an_expired_certificate_is_logged(self):
        openssl("x509", "-in", "server.crt", "-signkey", "server.key", "-days", "-1", "-out",
                "old.crt")
        server = TlsServer("--tls-key", path("server.key"), certificate="old.crt")
        self.assertEqual(0, server.stop())
        self.assertIn('level=warn msg="the TLS certificate has expired"', server.errors)

    def test_versions_can_be_narrowed(self):
        config = self.config(ssl_enabled_protocols="TLSv1.3")
        server = self.serve("--config", config)
        self.assertEqual(200, server.get("/info")[0])
        older = context()
        older.maximum_version = ssl.TLSVersion.TLSv1_2
        with self.assertRaises((ssl.SSLError, ConnectionError)):
            older.wrap_socket(server.connect_plain(), server_hostname="localhost")

    def test_certificates_of_clients(self):
        def ask(server, certificate):
            made = context()
            if certificate:
                made.load_cert_chain(path(certificate))
            connection = http.client.HTTPSConnection("localhost", server.port, timeout=PATIENCE_S,
                                                     context=made)
            with contextlib.closing(connection):
                connection.request("GET", "/info")
                return connection.getresponse().status

        for check, nobody in (("REQUIRED", False), ("REQUESTED", True)):
            config = self.config(ssl_client_authentication=check,
                                 ssl_truststore_location=path("other.crt"))
            server = self.serve("--config", config)
            self.assertEqual(200, ask(server, "other.pem"))
            with self.assertRaises((ssl.SSLError, ConnectionError)):
                ask(server, "server.pem")
            if nobody:
                self.assertEqual(200, ask(server, None))
            else:
                with self.assertRaises((ssl.SSLError, ConnectionError)):
                    ask(server, None)

    def test_a_new_certificate_is_loaded_on_hangup(self):
        make("changing")
        server = self.serve(certificate="changing.pem", trusted="changing.crt")
        with server.connect() as client:
            before = client.getpeercert()["serialNumber"]
            (HERE / "changing.pem").write_text("nothing\n")
            server.process.send_signal(signal.SIGHUP)  # a bad one is not taken
            time.sleep(0.5)
            with server.connect() as other:
                self.assertEqual(before, other.getpeercert()["serialNumber"])
            make("changing")
            server.process.send_signal(signal.SIGHUP)
            end = time.monotonic() + PATIENCE_S
            while time.monotonic() < end:
                with contextlib.suppress(ssl.SSLError), server.connect() as other:
                    self.assertNotEqual(before, other.getpeercert()["serialNumber"])
                    break
                time.sleep(0.05)
            self.assertLess(time.monotonic(), end)
            client.sendall(b"GET /chc/live HTTP/1.1\r\nHost: x\r\n\r\n")  # the old one goes on
            self.assertIn(b"200 OK", client.recv(4096))

    # --- ports ---

    def test_several_ports(self):
        server = self.serve(listen="https://127.0.0.1:0, http://127.0.0.1:0")
        line = server.process.stdout.readline()
        port = int(line.rsplit(":", 1)[1])
        self.assertIn(" listens on http://", line)
        self.assertEqual(200, server.get("/info")[0])
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE_S)
        with contextlib.closing(connection):
            connection.request("GET", "/info")
            self.assertEqual(200, connection.getresponse().status)
        self.assertIn("more than 8 listeners", run("--listen", ",".join(["127.0.0.1:0"] * 9)))

    def test_beyond_loopback_certificates_of_clients_are_enough(self):
        self.assertIn("--insecure", run("--listen", "https://0.0.0.0:0", "--tls-certificate",
                                        path("server.pem")))
        config = self.config(ssl_client_authentication="REQUIRED",
                             ssl_truststore_location=path("other.crt"))
        self.serve("--config", config, listen="https://0.0.0.0:0")

    # --- the shell ---

    def test_the_shell_speaks_it(self):
        server = self.serve()
        for environment, code in (({"SSL_CERT_FILE": path("server.crt")}, 0), ({}, 1)):
            done = subprocess.run([LEAT, "shell", f"https://localhost:{server.port}", "-e",
                                   "SHOW STREAMS;"], capture_output=True, text=True,
                                  env={**os.environ, **environment})
            self.assertEqual(code, done.returncode, done)

    # --- stopping ---

    def test_open_streams_get_their_last_words_when_it_stops(self):
        server = TlsServer()
        server.ksql(CREATE + "INSERT INTO S VALUES ('a', 'one');")
        client = server.http2()
        number = client.request("POST", "/query-stream",
                                push("SELECT * FROM S EMIT CHANGES;", **EARLIEST),
                                [("accept", "application/json")])
        client.until(lambda: len(client.streams[number].frames) >= 2)
        idle, silent = server.connect(), server.connect_plain()
        start = time.monotonic()
        server.process.send_signal(signal.SIGTERM)
        self.assertTrue(client.answer(number).has_ended)
        self.assertTrue(client.streams[number].body.endswith("]\n"))
        self.assertEqual(0, server.process.wait(PATIENCE_S))
        self.assertLess(time.monotonic() - start, 3)
        server.stop()
        for each in (client, idle, silent):
            each.close()

    def test_stopping_amid_handshakes_and_slow_readers(self):
        server = TlsServer()
        server.ksql(CREATE + "".join(f"INSERT INTO S VALUES ('a', '{'x' * 60000}');"
                                     for _ in range(30)))
        clients = [server.connect_plain() for _ in range(30)]
        for client in clients:
            client.sendall(b"\x16\3\1")
        slow = server.connect()
        body = push("SELECT * FROM S;").encode()
        slow.sendall(b"POST /query-stream HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n%s" %
                     (len(body), body))
        time.sleep(0.5)
        self.assertEqual(0, server.stop(), server.errors[-4000:])
        for client in [*clients, slow]:
            client.close()


if __name__ == "__main__":
    unittest.main()

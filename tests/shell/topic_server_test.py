"""`leat topic ACTION --server URL` against a server of its own. Usage: topic_server_test.py LEAT"""
import json
import re
import subprocess
import sys
import unittest

LEAT = sys.argv.pop(1)


class TopicServer(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = subprocess.Popen([LEAT, "serve", "--listen", "127.0.0.1:0"],
                                      stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        cls.url = re.search(r"http://\S+", cls.server.stdout.readline()).group()

    @classmethod
    def tearDownClass(cls):
        cls.server.terminate()
        cls.server.wait(30)
        cls.server.stdout.close()

    def topic(self, *arguments, data=b"", url=None):
        return subprocess.run([LEAT, "topic", *arguments, "--server", url or self.url], input=data,
                              capture_output=True, timeout=60)

    def sql(self, text):
        return subprocess.run([LEAT, "shell", self.url, "--output", "JSON", "-e", text],
                              capture_output=True, text=True, timeout=60)

    def test_topics_are_created_listed_described_and_deleted(self):
        self.assertEqual(self.topic("create", "plain", "--partitions", "3").returncode, 0)
        self.assertEqual(self.topic("create", "plain").returncode, 1)
        self.assertIn(b"plain\t3 partitions\n", self.topic("list").stdout)
        self.assertIn(b"topic plain\npartitions 3\n", self.topic("describe", "plain").stdout)
        self.assertEqual(self.topic("delete", "plain").returncode, 0)
        for action in ("describe", "delete", "consume"):
            done = self.topic(action, "plain")
            self.assertEqual((done.returncode, done.stderr),
                             (1, b"leat topic: Topic 'plain' does not exist.\n"))

    def test_lines_come_back_as_they_went_in(self):
        lines = b"it's\n${x} \\n\n\nabcd\n\xff\x00\x01\n" + "Zürich\n".encode()
        done = self.topic("produce", "lines", data=lines)
        self.assertEqual((done.returncode, done.stderr), (0, b"6 records\n"))
        self.assertEqual(self.topic("consume", "lines").stdout, b"")
        self.assertEqual(self.topic("consume", "lines", "--from-beginning").stdout, lines)
        self.assertEqual(self.topic("consume", "lines", "--from-beginning", "--max", "1").stdout,
                         b"it's\n")

    def test_keys_and_times_are_the_records(self):
        lines = b'a:{"t":5}\nb:{"t":7}\n{"t":9}\n'
        done = self.topic("produce", "keyed", "--partitions", "2", "--key-separator", ":",
                          "--timestamp-field", "t", data=lines.replace(b'{"t":9}', b':{"t":9}'))
        self.assertEqual(done.returncode, 0, done.stderr)
        shown = self.topic("consume", "keyed", "--from-beginning", "--json").stdout.splitlines()
        records = sorted((json.loads(line) for line in shown), key=lambda row: row["timestamp"])
        self.assertEqual(records, [
            {"timestamp": 5, "key": "a", "value": '{"t":5}', "headers": []},
            {"timestamp": 7, "key": "b", "value": '{"t":7}', "headers": []},
            {"timestamp": 9, "key": "", "value": '{"t":9}', "headers": []}])

    def test_many_lines_take_several_requests(self):
        lines = b"".join(b"%d\n" % number for number in range(1234))
        self.assertEqual(self.topic("produce", "many", data=lines).returncode, 0)
        self.assertEqual(self.topic("consume", "many", "--from-beginning").stdout, lines)

    def test_bad_line_is_named_and_what_came_before_it_stays(self):
        done = self.topic("produce", "bad", "--timestamp-field", "t", data=b'{"t":1}\n{}\n')
        self.assertEqual(done.returncode, 1)
        self.assertIn(b"line 2", done.stderr)
        self.assertEqual(self.topic("consume", "bad", "--from-beginning").stdout, b'{"t":1}\n')

    def test_topic_of_a_stream_is_not_deleted(self):
        self.sql("CREATE STREAM over (v INTEGER) WITH (KAFKA_TOPIC='used', VALUE_FORMAT='JSON',"
                 " PARTITIONS=1);")
        done = self.topic("delete", "used")
        self.assertEqual(done.returncode, 1)
        self.assertIn(b"OVER is over it", done.stderr)
        self.topic("produce", "used", data=b'{"V":3}\n')
        self.assertEqual(self.sql("SELECT * FROM over;").stdout, '{"V":3}\n')

    def test_nothing_of_it_stays_in_the_catalog(self):
        self.topic("produce", "gone", data=b"x\n")
        self.topic("consume", "gone", "--from-beginning")
        self.assertNotIn("LEAT_TOPIC", self.sql("SHOW STREAMS;").stdout)

    def test_wrong_usage_and_missing_server(self):
        self.assertEqual(self.topic("list", "--data", "x").returncode, 2)
        self.assertEqual(self.topic("list", url="127.0.0.1:1").returncode, 1)


if __name__ == "__main__":
    unittest.main()

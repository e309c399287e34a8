"""The program as a person at a terminal meets it: help, exit codes, errors with a place, rows and
nothing else on standard output. Usage: cli_test.py LEAT
"""
import json
import pathlib
import re
import subprocess
import sys
import tempfile
import unittest

LEAT = sys.argv.pop(1)


def leat(*arguments, text=""):
    return subprocess.run([LEAT, *arguments], input=text, capture_output=True, text=True)


class Program(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.data = str(pathlib.Path(self.folder.name) / "data")

    def tearDown(self):
        self.folder.cleanup()

    def script(self, text):
        path = pathlib.Path(self.folder.name) / "script.sql"
        path.write_text(text)
        return str(path)

    def run_script(self, text, *options):
        return leat("run", *options, self.script(text))

    def test_every_command_explains_itself(self):
        listed = [line.split()[0] for line in leat("--help").stdout.splitlines()
                  if line.startswith("  ") and not line.startswith("  -")]
        self.assertEqual(listed, ["bench", "datagen", "run", "serve", "shell", "test", "topic"])
        for command in listed:
            done = leat(command, "--help")
            self.assertEqual((done.returncode, done.stderr), (0, ""), command)
            self.assertTrue(done.stdout.startswith("usage: leat " + command), command)
            self.assertEqual(leat(command, "-h").stdout, done.stdout)
            self.assertLessEqual(max(map(len, done.stdout.splitlines())), 100, command)
            self.assertRegex(done.stdout, r"(?m)^  -h, --help +print this$")

    def test_help_names_every_option_that_is_taken_and_no_other(self):
        for command in ("datagen", "run", "serve", "shell", "test", "topic"):
            text = leat(command, "--help").stdout
            for option in set(re.findall(r"(?m)^  (?:-\w, )?--([\w-]+)", text)) - {"help"}:
                wants = re.search(rf"--{option} [A-Z]", text) is not None
                done = leat(command, f"--{option}" if wants else f"--{option}=x")
                self.assertEqual(done.returncode, 2, (command, option))
                self.assertIn(f"--{option}", done.stderr.splitlines()[0])
            done = leat(command, "--no-such-option")
            self.assertTrue(done.stderr.startswith(
                f"leat {command}: '--no-such-option' is unknown or lacks its argument\n"))

    def test_wrong_usage_is_2_and_version_is_printed(self):
        self.assertEqual(leat().returncode, 2)
        self.assertEqual(leat("nonsense").returncode, 2)
        self.assertEqual(leat("run").returncode, 2)
        self.assertEqual(leat("run", "--output", "xml", "x.sql").returncode, 2)
        self.assertEqual(leat("topic", "produce", "t").returncode, 2)
        self.assertEqual(leat("datagen", "nexmark", "--events", "0").returncode, 2)
        self.assertRegex(leat("--version").stdout, r"^leat \d+\.\d+\.\d+\n$")
        self.assertEqual(leat("-V").stdout, leat("--version").stdout)
        self.assertEqual(leat("help").stdout, leat("-h").stdout)

    def test_error_names_file_line_and_column_with_a_caret(self):
        done = self.run_script("SET 'auto.offset.reset'='earliest';\nSELECT x FROM missing;\n")
        self.assertEqual(done.returncode, 1)
        self.assertEqual(done.stdout, "")
        self.assertRegex(done.stderr, r"script\.sql:2:\d+: .*MISSING.*")
        self.assertIn("SELECT x FROM missing;", done.stderr)
        self.assertIn("^", done.stderr)

    def test_missing_script_fails(self):
        done = leat("run", "/nonexistent.sql")
        self.assertEqual(done.returncode, 1)
        self.assertIn("/nonexistent.sql", done.stderr)

    def test_json_output_is_rows_and_nothing_else(self):
        done = self.run_script(
            "CREATE STREAM s (k STRING KEY, v INTEGER, d DOUBLE) WITH (KAFKA_TOPIC='t',"
            " VALUE_FORMAT='JSON', PARTITIONS=1);"
            "INSERT INTO s VALUES ('a', 1, 1.5E0); INSERT INTO s (k) VALUES ('b');"
            "SHOW STREAMS;"
            "SELECT * FROM s EMIT CHANGES LIMIT 2;", "--output", "json")
        self.assertEqual(done.returncode, 0, done.stderr)
        rows = [json.loads(line) for line in done.stdout.splitlines()]
        self.assertEqual(rows, [{"K": "a", "V": 1, "D": 1.5}, {"K": "b", "V": None, "D": None}])

    def test_results_of_statements_are_drawn_as_tables(self):
        done = self.run_script(
            "CREATE STREAM s (k STRING KEY, v DECIMAL(4,2)) WITH (KAFKA_TOPIC='t',"
            " VALUE_FORMAT='JSON', PARTITIONS=2);"
            "CREATE STREAM a AS\n  SELECT * FROM s; SHOW QUERIES; SHOW ALL TOPICS; DESCRIBE s;"
            "ASSERT TOPIC t;")
        self.assertEqual([line.rstrip() for line in done.stdout.splitlines()], """\
Stream created
Created query with ID CSAS_A_3
 Query ID | Query Type | Status    | Sink Name | Sink Kafka Topic | Query String
{0}
 CSAS_A_3 | PERSISTENT | RUNNING:1 | A         | A                | CREATE STREAM a AS SELECT * FROM s;
{0}
For detailed information on a Query run: EXPLAIN <Query ID>;
 Kafka Topic                 | Partitions | Partition Replicas
---------------------------------------------------------------
 A                           | 2          | 1
 default_ksql_processing_log | 1          | 1
 t                           | 2          | 1
---------------------------------------------------------------

Name                 : S
 Field | Type
-------------------------------
 K     | VARCHAR(STRING) (key)
 V     | DECIMAL(4, 2)
-------------------------------
For runtime statistics and query details run: DESCRIBE <Stream,Table> EXTENDED;
Topic t exists.
""".format("-" * 104).splitlines())

    def test_table_is_as_wide_as_its_rows(self):
        done = self.run_script(
            "CREATE STREAM s (k STRING KEY, v INTEGER) WITH (KAFKA_TOPIC='t',"
            " VALUE_FORMAT='JSON', PARTITIONS=1); INSERT INTO s VALUES ('東京', 1);"
            "INSERT INTO s (k) VALUES ('a\tb\x1b'); SELECT * FROM s;")
        self.assertEqual(done.stdout, "Stream created\n+--------+----+\n|K       |V   |\n"
                         "+--------+----+\n|東京    |1   |\n|a\\tb\\x1b|null|\n+--------+----+\n")

    def test_rows_that_nobody_reads_are_no_failure(self):
        leat("topic", "produce", "t", "--data", self.data, text='{"V":1}\n' * 20000)
        script = self.script("CREATE STREAM s (v INTEGER) WITH (KAFKA_TOPIC='t',"
                             " VALUE_FORMAT='JSON'); SELECT * FROM s;")
        with subprocess.Popen([LEAT, "run", "--output", "csv", "--data", self.data, script],
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as run:
            self.assertEqual(run.stdout.readline(), "V\n")
            run.stdout.close()
            self.assertNotIn("cannot write", run.stderr.read())
            self.assertEqual(run.wait(20), 0)

    def test_csv_quotes_where_it_must(self):
        done = self.run_script(
            "CREATE STREAM s (v STRING, n INTEGER) WITH (KAFKA_TOPIC='t', VALUE_FORMAT='JSON',"
            " PARTITIONS=1); INSERT INTO s VALUES ('a,\"b\"', 1);"
            "SELECT * FROM s EMIT CHANGES LIMIT 1;", "--output", "csv")
        self.assertEqual(done.stdout, 'V,N\n"a,""b""",1\n')

    def test_until_idle_ends_a_push_query(self):
        done = self.run_script(
            "CREATE STREAM s (v INTEGER) WITH (KAFKA_TOPIC='t', VALUE_FORMAT='JSON', PARTITIONS=1);"
            "INSERT INTO s VALUES (1); INSERT INTO s VALUES (2);"
            "SELECT v FROM s EMIT CHANGES;", "--output", "json", "--until-idle")
        self.assertEqual(done.stdout, '{"V":1}\n{"V":2}\n')

    def test_records_come_back_from_a_topic_as_they_went_in(self):
        lines = "a:{\"t\":5,\"v\":1}\nb:{\"t\":7,\"v\":2}\na:{\"t\":9,\"v\":3}\n"
        done = leat("topic", "produce", "x", "--data", self.data, "--partitions", "3",
                    "--key-separator", ":", "--timestamp-field", "t", text=lines)
        self.assertEqual(done.returncode, 0, done.stderr)
        done = leat("topic", "consume", "x", "--data", self.data, "--from-beginning", "--json")
        records = [json.loads(line) for line in done.stdout.splitlines()]
        self.assertEqual(sorted((r["key"], r["timestamp"], json.loads(r["value"])["v"])
                                for r in records), [("a", 5, 1), ("a", 9, 3), ("b", 7, 2)])
        self.assertEqual(len({r["partition"] for r in records if r["key"] == "a"}), 1)
        done = leat("topic", "consume", "x", "--data", self.data, "--from-beginning", "--max", "2")
        self.assertEqual(len(done.stdout.splitlines()), 2)

    def test_topics_are_created_listed_described_and_deleted(self):
        self.assertEqual(leat("topic", "create", "x", "--data", self.data,
                              "--partitions", "2").returncode, 0)
        self.assertEqual(leat("topic", "create", "x", "--data", self.data).returncode, 1)
        self.assertIn("x\t2 partitions", leat("topic", "list", "--data", self.data).stdout)
        self.assertIn("partition 1", leat("topic", "describe", "x", "--data", self.data).stdout)
        self.assertEqual(leat("topic", "delete", "x", "--data", self.data).returncode, 0)
        self.assertEqual(leat("topic", "describe", "x", "--data", self.data).returncode, 1)

    def test_bad_timestamp_names_the_line_and_keeps_what_came_before(self):
        done = leat("topic", "produce", "x", "--data", self.data, "--timestamp-field", "t",
                    text='{"t":1}\n{"t":"soon"}\n')
        self.assertEqual(done.returncode, 1)
        self.assertIn("line 2", done.stderr)
        done = leat("topic", "consume", "x", "--data", self.data, "--from-beginning")
        self.assertEqual(done.stdout, '{"t":1}\n')

    def test_data_generator_repeats_itself(self):
        first = leat("datagen", "nexmark", "--events", "500", "--seed", "7").stdout
        self.assertEqual(first, leat("datagen", "nexmark", "--events", "500", "--seed", "7").stdout)
        self.assertNotEqual(first, leat("datagen", "nexmark", "--events", "500").stdout)
        events = [json.loads(line) for line in first.splitlines()]
        self.assertEqual(len(events), 500)
        self.assertEqual(sum("bidder" in event for event in events), 460)
        self.assertEqual(sum("itemName" in event for event in events), 30)
        self.assertEqual(sum("city" in event for event in events), 10)

    def test_definitions_and_views_outlive_the_process(self):
        leat("topic", "produce", "t", "--data", self.data, text='{"V":1}\n{"V":2}\n')
        done = self.run_script(
            "CREATE STREAM s (v INTEGER) WITH (KAFKA_TOPIC='t', VALUE_FORMAT='JSON');"
            "CREATE TABLE c AS SELECT v % 2 AS odd, COUNT(*) AS n FROM s GROUP BY v % 2;",
            "--data", self.data)
        self.assertEqual(done.returncode, 0, done.stderr)
        leat("topic", "produce", "t", "--data", self.data, text='{"V":3}\n')
        done = self.run_script("SELECT * FROM c WHERE odd = 1;", "--data", self.data,
                               "--output", "json")
        self.assertEqual(done.stdout, '{"ODD":1,"N":2}\n', done.stderr)

    def test_source_table_can_be_queried_and_comes_back(self):
        leat("topic", "produce", "t", "--data", self.data, "--key-separator", ":",
             text='a:{"N":1}\nb:{"N":2}\na:{"N":3}\n')
        done = self.run_script(
            "CREATE SOURCE TABLE s (k STRING PRIMARY KEY, n INTEGER) WITH (KAFKA_TOPIC='t',"
            " VALUE_FORMAT='JSON'); SELECT * FROM s WHERE k = 'a';",
            "--data", self.data, "--output", "json")
        self.assertEqual(done.stdout, '{"K":"a","N":3}\n', done.stderr)
        done = self.run_script("SELECT n FROM s WHERE k = 'b';", "--data", self.data,
                               "--output", "json")
        self.assertEqual(done.stdout, '{"N":2}\n', done.stderr)

    def test_bad_records_are_in_the_processing_log(self):
        leat("topic", "produce", "t", "--data", self.data, text='{"V":1}\n{"V":true}\nnonsense\n')
        done = self.run_script(
            "CREATE STREAM s (v INTEGER) WITH (KAFKA_TOPIC='t', VALUE_FORMAT='JSON');"
            "CREATE STREAM u AS SELECT v + 1 AS w FROM s;"
            "SELECT w FROM u EMIT CHANGES LIMIT 1;"
            "SELECT message->deserializationError->`TOPIC` AS t,"
            " message->deserializationError->`OFFSET` AS at_offset FROM KSQL_PROCESSING_LOG"
            " EMIT CHANGES LIMIT 2;", "--data", self.data, "--output", "json")
        self.assertEqual(done.returncode, 0, done.stderr)
        rows = [json.loads(line) for line in done.stdout.splitlines()]
        self.assertEqual(rows, [{"W": 2}, {"T": "t", "AT_OFFSET": 1}, {"T": "t", "AT_OFFSET": 2}])


if __name__ == "__main__":
    unittest.main()

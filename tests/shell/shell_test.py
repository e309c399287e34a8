"""`leat shell` as a person at a terminal and as a script meet it, against a server of its own.
Usage: shell_test.py LEAT
"""
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import time
import unittest

from pseudo_terminal import Terminal

LEAT = sys.argv.pop(1)
SETUP = """
CREATE STREAM rain (city STRING KEY, fallen INTEGER, remark STRING)
  WITH (KAFKA_TOPIC='rain', VALUE_FORMAT='JSON', PARTITIONS=1);
INSERT INTO rain VALUES ('Bath', 3, 'soft');
INSERT INTO rain VALUES ('Zürich', 12, 'hard and long enough to be wrapped in narrow tables');
INSERT INTO rain VALUES ('東京', 7, NULL);
"""
UP, CTRL_C, CTRL_D, CTRL_R = "\x1b[A", "\x03", "\x04", "\x12"


class ShellTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = subprocess.Popen([LEAT, "serve", "--listen", "127.0.0.1:0"],
                                      stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        cls.url = re.search(r"http://\S+", cls.server.stdout.readline()).group()
        done = subprocess.run([LEAT, "shell", cls.url, "-e", SETUP], capture_output=True, text=True)
        assert done.returncode == 0, done.stderr

    @classmethod
    def tearDownClass(cls):
        cls.server.terminate()
        cls.server.wait(30)
        cls.server.stdout.close()

    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.terminals = []

    def tearDown(self):
        for terminal in self.terminals:
            terminal.kill()
        self.folder.cleanup()

    def shell(self, *arguments, text="", url=None):
        return subprocess.run([LEAT, "shell", *arguments, url or self.url], input=text,
                              capture_output=True, text=True, timeout=60)

    def terminal(self, columns=80, rows=24, options=(), **environment):
        settings = {**os.environ, "XDG_STATE_HOME": self.folder.name, "PAGER": "cat", **environment}
        terminal = Terminal([LEAT, "shell", *options, self.url], settings, columns, rows)
        self.terminals.append(terminal)
        terminal.prompt()
        return terminal


class Scripts(ShellTest):
    def test_execute_prints_rows_alone(self):
        done = self.shell("-e", "SELECT city, fallen FROM rain WHERE fallen < 5;")
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        self.assertEqual(done.stdout, "+----+------+\n|CITY|FALLEN|\n+----+------+\n"
                                      "|Bath|3     |\n+----+------+\n")

    def test_json_output_is_an_object_a_row(self):
        done = self.shell("--output", "JSON", "-e", "SELECT city, fallen FROM rain;")
        self.assertEqual(done.stdout.splitlines()[1], '{"CITY":"Zürich","FALLEN":12}')

    def test_file_ends_at_the_first_failure(self):
        path = pathlib.Path(self.folder.name) / "script.sql"
        path.write_text("SHOW TABLES;\nSELECT missing FROM rain;\nSHOW STREAMS;\n")
        done = self.shell("-f", str(path))
        self.assertEqual(done.returncode, 1)
        self.assertIn("Table Name", done.stdout)
        self.assertNotIn("Stream Name", done.stdout)
        self.assertIn("MISSING", done.stderr)

    def test_missing_file_and_missing_server_fail(self):
        self.assertEqual(self.shell("-f", "/nonexistent.sql").returncode, 1)
        done = self.shell("-e", "SHOW STREAMS;", url="http://127.0.0.1:1")
        self.assertEqual(done.returncode, 1)
        self.assertIn("http://127.0.0.1:1", done.stderr)

    def test_pipe_goes_on_after_a_failure_and_tells_at_the_end(self):
        done = self.shell(text="nonsense;\nSHOW\nTABLES;\nversion\n")
        self.assertEqual(done.returncode, 1)
        self.assertIn("Table Name", done.stdout)
        self.assertIn("Version: ", done.stdout)
        self.assertEqual(self.shell(text="SHOW TABLES;").returncode, 0)

    def test_variables_and_properties_go_with_each_request(self):
        done = self.shell("-d", "place=Bath", "--output", "JSON", "-e",
                          "DEFINE most = '5'; SET 'auto.offset.reset' = 'earliest';"
                          "SELECT city FROM rain WHERE city = '${place}' AND fallen < ${most}"
                          " EMIT CHANGES LIMIT 1;")
        self.assertEqual((done.stdout, done.stderr), ('{"CITY":"Bath"}\n', ""))

    def test_unknown_property_is_refused(self):
        done = self.shell("-e", "SET 'no.such.property' = '1';")
        self.assertEqual(done.returncode, 1)
        self.assertIn("no.such.property", done.stderr)

    def test_row_limit_and_timeout_end_a_push_query(self):
        query = "SET 'auto.offset.reset' = 'earliest'; SELECT city FROM rain EMIT CHANGES;"
        limited = self.shell("--query-row-limit", "2", "--output", "JSON", "-e", query)
        self.assertEqual((limited.returncode, len(limited.stdout.splitlines())), (0, 2))
        start = time.monotonic()
        timed = self.shell("--query-timeout", "500", "--output", "JSON", "-e", query)
        self.assertEqual((timed.returncode, len(timed.stdout.splitlines())), (0, 3))
        self.assertLess(time.monotonic() - start, 5)

    def test_syntax_error_has_a_caret(self):
        done = self.shell("-e", "SELECT FROM rain;")
        self.assertEqual(done.returncode, 1)
        self.assertIn("    1 | SELECT FROM rain\n      |        ^", done.stderr)

    def test_caret_stands_under_the_word_whatever_its_characters(self):
        done = self.shell("-e", "SELECT '東京 u\u0308',\t\n  'ü',\tmissing FROM rain;")
        self.assertIn("    2 |   'ü',\tmissing FROM rain\n      |       \t^^^^^^^\n", done.stderr)
        done = self.shell("-e", "SELECT '東京 u\u0308', missing FROM rain;")
        self.assertIn("      |                  ^^^^^^^\n", done.stderr)

    def test_error_does_not_repeat_the_statement(self):
        done = self.shell("-e", "SHOW QUERYS;")
        self.assertEqual(done.stderr, "1:6: Syntax Error\n"
                         "Syntax error at or near 'QUERYS' at line 1:6\n"
                         "    1 | SHOW QUERYS\n      |      ^^^^^^\n")

    def test_verbose_shows_requests_and_quiet_no_notices(self):
        done = self.shell("-v", "-e", "SHOW TABLES;")
        self.assertIn(f'> POST {self.url}/ksql {{"ksql":"SHOW TABLES;"', done.stderr)
        terminal = self.terminal(options=["-q"])
        self.assertEqual(terminal.lines(), ["ksql>"])
        self.assertEqual(terminal.run("SET 'auto.offset.reset'='earliest';"), [])
        self.assertEqual(len(terminal.run("SELECT city FROM rain LIMIT 1;")), 5)

    def test_query_ends_when_nobody_reads_it(self):
        with subprocess.Popen(
                [LEAT, "shell", self.url, "--output", "JSON", "-e",
                 "SET 'auto.offset.reset'='earliest'; SELECT city FROM rain EMIT CHANGES;"],
                stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as shell:
            self.assertEqual(shell.stdout.readline(), '{"CITY":"Bath"}\n')
            shell.stdout.close()
            self.assertEqual((shell.wait(20), shell.stderr.read()), (0, ""))

    def test_wrong_usage_is_2(self):
        self.assertEqual(self.shell("--output", "XML", "-e", "").returncode, 2)
        self.assertEqual(self.shell("--query-row-limit", "0").returncode, 2)
        self.assertEqual(self.shell("-p", "secret").returncode, 2)

    def test_config_file_sets_properties(self):
        path = pathlib.Path(self.folder.name) / "client.properties"
        path.write_text("auto.offset.reset=earliest\nssl.truststore.location=/nowhere\n")
        done = self.shell("--config-file", str(path), "--query-row-limit", "1", "--output", "JSON",
                          "-e", "SELECT fallen FROM rain EMIT CHANGES;")
        self.assertEqual((done.stdout, done.stderr), ('{"FALLEN":3}\n', ""))


    def test_run_and_shell_draw_results_of_statements_alike(self):
        script = pathlib.Path(self.folder.name) / "same.sql"
        script.write_text(
            "CREATE STREAM same (k STRING KEY, v MAP<STRING, ARRAY<INTEGER>>) WITH"
            " (KAFKA_TOPIC='same', VALUE_FORMAT='JSON', PARTITIONS=1);"
            "CREATE TYPE pair AS STRUCT<a INTEGER, b BIGINT>;"
            "DESCRIBE same; DESCRIBE same EXTENDED; SHOW TYPES; DESCRIBE FUNCTION ABS;"
            "EXPLAIN SELECT * FROM same EMIT CHANGES; SHOW FUNCTIONS; ASSERT TOPIC same;"
            "DROP STREAM IF EXISTS none; DROP TYPE pair; DROP STREAM same;")
        ran = subprocess.run([LEAT, "run", str(script)], capture_output=True, text=True)
        done = self.shell("-f", str(script))
        hide = lambda text: re.sub(r"transient_SAME_\d+|^auto.offset.reset.*\n|"
                                   r"^\nOverridden.*\n-+\n", "", text, flags=re.M)
        self.assertEqual(hide(ran.stdout), hide(done.stdout))
        self.assertIn("MAP<VARCHAR, ARRAY<INTEGER>>", done.stdout)


class Editing(ShellTest):
    def test_greets_in_one_line_and_exit_ends_it(self):
        terminal = self.terminal()
        self.assertRegex(terminal.lines()[0], r"^leat shell .* at " + self.url)
        self.assertEqual(terminal.lines()[1], "ksql>")
        terminal.type("exit\r")
        self.assertEqual(terminal.end(), 0)

    def test_exit_code_tells_of_a_failure(self):
        terminal = self.terminal()
        terminal.run("nonsense;")
        terminal.type(CTRL_D)
        self.assertEqual(terminal.end(), 1)

    def test_prompts_say_what_is_open(self):
        terminal = self.terminal()
        terminal.type("SELECT 'a\rb',\r/* x\r*/ `c\rd`")
        lines = terminal.see("d`")
        self.assertEqual(lines[-5:], ["ksql> SELECT 'a", "  '> b',", "    > /* x", " /*> */ `c",
                                      "  `> d`"])

    def test_lines_above_can_be_edited(self):
        terminal = self.terminal()
        terminal.type("SHOW\rTABLES")
        terminal.see("    > TABLES")
        terminal.type(UP + "\x05 ")  # the end of the first line
        terminal.type("\x1b[B\x05;\r")
        terminal.see("Table Name")

    def test_interrupt_clears_the_line(self):
        terminal = self.terminal()
        terminal.type("SELECT nonsense")
        terminal.see("nonsense")
        terminal.type(CTRL_C)
        terminal.prompt()
        self.assertIn("ksql> SELECT nonsense^C", terminal.lines())

    def test_history_is_walked_searched_and_kept(self):
        terminal = self.terminal()
        terminal.run("SHOW\rTABLES;")
        terminal.run("SHOW STREAMS;")
        terminal.type(UP)
        terminal.see("ksql> SHOW STREAMS;")
        terminal.type(CTRL_C)
        terminal.prompt()
        terminal.type(CTRL_R + "tab")
        lines = terminal.see("(search 'tab') SHOW")
        self.assertEqual(lines[-1], "    > TABLES;")
        terminal.type("\r")
        terminal.prompt()
        terminal.type(CTRL_D)
        terminal.end()
        path = pathlib.Path(self.folder.name) / "leat" / "history"
        self.assertEqual(path.stat().st_mode & 0o777, 0o600)
        self.assertEqual(path.read_text().splitlines()[0], "SHOW\\nTABLES;")
        again = self.terminal()
        again.type(UP * 3)  # twice inside of the two lines
        again.see("ksql> SHOW STREAMS;")

    def test_tab_completes_keywords_in_the_case_typed(self):
        terminal = self.terminal()
        terminal.type("extend\t")
        terminal.see("ksql> extended")
        terminal.type(CTRL_C)
        terminal.prompt()
        terminal.type("EXTEND\t")
        terminal.see("ksql> EXTENDED")

    def test_tab_completes_names_of_the_server(self):
        terminal = self.terminal()
        terminal.type("SELECT fall\t, remar\t, initc\t FROM rai\t")
        terminal.see("ksql> SELECT fallen , remark , initcap  FROM rain")
        terminal.type(CTRL_C)
        terminal.prompt()
        terminal.type("SET 'auto.offs\t")
        terminal.see("SET 'auto.offset.reset")

    def test_second_tab_lists_what_is_possible(self):
        terminal = self.terminal()
        terminal.type("TABLES\x01D\x05\x15")  # typed and cleared again
        terminal.type("DE\t")
        lines = terminal.wait_for(lambda lines: any("DESCRIBE" in line for line in lines) and
                                  lines[-1] == "ksql> DE")
        self.assertTrue(any("DEFINE" in line and "DESCRIBE" in line for line in lines), lines)

    def test_long_line_wraps_and_the_cursor_stays_right(self):
        terminal = self.terminal(columns=30)
        terminal.type("SELECT 1234567890, 1234567890, 'end'")
        terminal.see("end")
        terminal.type("\x01X")
        wrapped = ["ksql> XSELECT 1234567890, 123", "4567890, 'end'"]
        lines = terminal.wait_for(lambda lines: lines[-2:] == wrapped)
        self.assertEqual(lines[-2:], wrapped)

    def test_resizing_breaks_the_input_anew_in_place(self):
        terminal = self.terminal(columns=60)
        terminal.type("SELECT 1234567890, 1234567890,\r 'end'")
        terminal.see("end")
        for columns in (25, 60, 18):
            terminal.resize(columns)
            text = ["ksql> SELECT 1234567890, 1234567890,", "    >  'end'"]
            room = columns - 1
            rows = [line[at:at + room] for line in text for at in range(0, len(line), room)]
            terminal.wait_for(lambda lines: lines[-len(rows):] == [row.rstrip() for row in rows])
            self.assertEqual(sum("SELECT" in line for line in terminal.lines()), 1)

    def test_killed_text_comes_back(self):
        terminal = self.terminal()
        terminal.type("SELECT one two\x17")  # Ctrl-W
        terminal.type("\x01\x19, \x05\x1b\x7f")  # Ctrl-A, Ctrl-Y, Ctrl-E, Alt-Backspace
        terminal.wait_for(lambda lines: lines[-1] == "ksql> two, SELECT")
        terminal.type("\x01\x1bd")  # Alt-D
        terminal.wait_for(lambda lines: lines[-1] == "ksql> , SELECT")

    def test_tab_completes_commands_of_the_shell(self):
        terminal = self.terminal()
        terminal.type(".sch\t")
        terminal.wait_for(lambda lines: lines[-1] == "ksql> .schema")
        terminal.type(CTRL_C)
        terminal.prompt()
        terminal.type("request\t")
        terminal.wait_for(lambda lines: lines[-1] == "ksql> request-pipelining")

    def test_what_is_typed_during_a_query_waits_for_the_prompt(self):
        terminal = self.terminal()
        terminal.type("SELECT city FROM rain EMIT CHANGES;\r")
        terminal.see("0 rows")
        terminal.type("SHOW TABLES;\r")
        terminal.type(CTRL_C)
        terminal.see("Table Name")
        self.assertNotIn("^C", "".join(terminal.lines()))
        self.assertEqual(sum("SHOW TABLES;" in line for line in terminal.lines()), 1)

    def test_deleting_records_is_asked_for(self):
        self.shell("-e", "CREATE STREAM victim (v INTEGER) WITH (KAFKA_TOPIC='victim',"
                   " VALUE_FORMAT='JSON', PARTITIONS=1);")
        terminal = self.terminal()
        terminal.type("DROP STREAM victim DELETE TOPIC;\r")
        terminal.see("Go on? [y/N]")
        terminal.type("n")
        terminal.prompt()
        self.assertIn("VICTIM", self.shell("-e", "SHOW STREAMS;").stdout)
        terminal.type("DROP STREAM victim DELETE TOPIC;\r")
        terminal.wait_for(lambda lines: lines[-1].endswith("[y/N]"))
        terminal.type("y")
        terminal.see("was dropped")
        sure = self.terminal(options=["--yes"])
        self.assertIn("Source `NONE` does not exist.",
                      sure.run("DROP STREAM IF EXISTS none DELETE TOPIC;"))

    def test_keywords_have_colour_unless_no_color_is_set(self):
        terminal = self.terminal(NO_COLOR="")
        terminal.type("SELECT")
        terminal.see("SELECT")
        self.assertIn("\x1b[1;34m", terminal.raw)
        plain = self.terminal(NO_COLOR="1")
        plain.type("SELECT")
        plain.see("SELECT")
        self.assertNotRegex(plain.raw, r"\x1b\[[0-9;]*m")


class Looking(ShellTest):
    """Commands that ksqlDB's CLI does not have."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        subprocess.run([LEAT, "shell", cls.url, "-e", "SET 'auto.offset.reset'='earliest';"
                        "CREATE TABLE sums AS SELECT city, COUNT(*) AS n FROM rain GROUP BY city;"
                        "CREATE STREAM hard AS SELECT * FROM rain WHERE fallen > 10;"],
                       capture_output=True, check=True)

    def lag(self, *arguments):
        return [line.rstrip() for line in
                self.shell(text=" ".join((".lag", *arguments)) + "\n").stdout.splitlines()]

    def test_lag_says_what_queries_have_read_and_written(self):
        end = time.monotonic() + 20
        while time.monotonic() < end and "| 3   | 0" not in self.lag("CTAS_SUMS_3")[2]:
            time.sleep(0.1)
        self.assertEqual(self.lag(), [
            " Query ID    | State   | In | Used | Filtered | Late | Failed | Out | Lag",
            "--------------------------------------------------------------------------",
            " CSAS_HARD_4 | RUNNING | 3  | 1    | 2        | 0    | 0      | 1   | 0",
            " CTAS_SUMS_3 | RUNNING | 3  | 3    | 0        | 0    | 0      | 3   | 0",
            "--------------------------------------------------------------------------"])

    def test_schema_prints_statements(self):
        self.assertEqual(self.shell(text=".schema hard\n").stdout,
                         "CREATE STREAM hard AS SELECT * FROM rain WHERE fallen > 10;\n")
        self.assertIn("CREATE TABLE sums", self.shell(text=".schema\n").stdout)
        self.assertEqual(self.shell(text=".schema missing\n").returncode, 1)

    def test_explain_and_tail_are_short_for_statements(self):
        self.assertIn("Execution plan", self.shell(text=".explain SELECT * FROM rain;\n").stdout)
        done = self.shell("--query-row-limit", "1", "--output", "JSON",
                          text="SET 'auto.offset.reset'='earliest';\n.tail rain\n")
        self.assertIn('"CITY":"Bath"', done.stdout)

    def test_watch_draws_again_until_interrupted_within_the_screen(self):
        terminal = self.terminal(rows=7)
        terminal.type(".watch 1 SELECT city FROM rain;\r")
        terminal.see("every 1 s: SELECT city FROM rain (Ctrl-C ends)")
        terminal.wait_for(lambda _: terminal.raw.count("\x1b[2J") >= 3)
        terminal.type(CTRL_C)
        terminal.prompt()
        picture = terminal.raw.split("\x1b[2J")[2]
        self.assertEqual(picture.splitlines()[1:4], ["", "+------+", "|CITY  |"])
        self.assertLessEqual(len(picture.splitlines()), 7)
        self.assertEqual(terminal.run("version")[0][:8], "Version:")

    def test_top_shows_rates(self):
        terminal = self.terminal()
        terminal.type(".top 1\r")
        terminal.see("| In/s | Out/s | Lag")
        self.shell("-e", "INSERT INTO hard (city, fallen) VALUES ('x', 1);"
                   "INSERT INTO rain VALUES ('Bath', 1, '');")
        terminal.wait_for(lambda _: re.search(r"CTAS_SUMS_3 \| RUNNING \| [1-9]|"
                                              r"CTAS_SUMS_3 \| RUNNING \| 0\.[1-9]", terminal.raw))
        terminal.type(CTRL_C)
        terminal.prompt()


class Results(ShellTest):
    def test_table_fits_the_terminal_to_the_cell(self):
        terminal = self.terminal(columns=40)
        shown = terminal.run("SELECT * FROM rain;")
        self.assertEqual(shown[:9], [
            "+------+------+------------------------+",
            "|CITY  |FALLEN|REMARK                  |",
            "+------+------+------------------------+",
            "|Bath  |3     |soft                    |",
            "|Zürich|12    |hard and long enough to |",
            "|      |      |be wrapped in narrow    |",
            "|      |      |tables                  |",
            "|東京  |7     |null                    |",
            "+------+------+------------------------+"])
        self.assertTrue(any(re.fullmatch(r"\(3 rows, \d+\.\d ms\)", line) for line in shown), shown)

    def test_lists_fit_the_terminal_to_the_cell(self):
        terminal = self.terminal(columns=56)
        shown = terminal.run("SHOW STREAMS;")
        start = next(at for at, line in enumerate(shown) if line.startswith(" RAIN"))
        self.assertEqual(shown[:3] + shown[start:start + 1], [
            " Stream    | Kafka     | Key      | Value    | Windowed",
            " Name      | Topic     | Format   | Format   |",
            "--------------------------------------------------------",
            " RAIN      | rain      | KAFKA    | JSON     | false"])
        narrow = self.terminal(columns=20)
        shown = narrow.run("SHOW TABLES;")
        self.assertTrue(all(len(line) <= 20 for line in shown), shown)

    def test_wrap_off_cuts_long_cells(self):
        terminal = self.terminal(columns=40)
        terminal.run("set cli wrap off")
        shown = terminal.run("SELECT * FROM rain;")
        self.assertEqual(shown[4], "|Zürich|12    |hard and long enough ...|")

    def test_narrow_terminal_shows_rows_vertically(self):
        terminal = self.terminal(columns=20)
        shown = terminal.run("SELECT * FROM rain;")
        start = shown.index("-[ row 1 ]----------")
        self.assertEqual(shown[start:start + 4], ["-[ row 1 ]----------", "CITY   | Bath", "FALLEN | 3",
                                     "REMARK | soft"])

    def test_rows_that_would_be_torn_to_pieces_are_shown_vertically(self):
        terminal = self.terminal(columns=40)
        shown = terminal.run("SHOW PROPERTIES;")
        self.assertEqual(shown[:6], [
            "-[ row 1 ]------------------------------", "Property         | ksql.assert.schema.de",
            "                 | fault.timeout.ms", "Scope            | KSQL",
            "Default override |", "Effective Value  | 1000"])

    def test_control_characters_of_data_do_not_reach_the_terminal(self):
        self.shell("-e", "CREATE STREAM hostile (v STRING) WITH (KAFKA_TOPIC='hostile',"
                   " VALUE_FORMAT='JSON', PARTITIONS=1);"
                   "INSERT INTO hostile VALUES ('\x1b[2J\x07');")
        terminal = self.terminal()
        terminal.run("SELECT * FROM hostile;")
        self.assertIn("|\\x1b[2J\\x07|", terminal.lines())
        raw = self.shell("-e", "CREATE STREAM raw (v STRING) WITH (KAFKA_TOPIC='raw',"
                         " VALUE_FORMAT='KAFKA', PARTITIONS=1);"
                         "INSERT INTO raw VALUES ('\x1b[2J\x9b2J\x07');"
                         "PRINT raw FROM BEGINNING LIMIT 1;")
        self.assertIn("value: \x1b[2J\x9b2J\x07,", raw.stdout)  # a pipe: as they are
        terminal.run("PRINT raw FROM BEGINNING LIMIT 1;")
        self.assertIn("value: \\x1b[2J\\x9b2J\\x07,", terminal.raw)
        self.assertNotIn("\x1b[2J", terminal.raw)
        self.assertNotIn("\x9b", terminal.raw)

    def test_interrupt_ends_a_push_query_only(self):
        terminal = self.terminal()
        terminal.run("SET 'auto.offset.reset' = 'earliest';")
        terminal.type("SELECT city FROM rain EMIT CHANGES;\r")
        terminal.see("|Bath")
        terminal.see("rows/s; Ctrl-C ends the query")
        terminal.type(CTRL_C)
        terminal.see("(stopped: 3 rows in ")
        self.assertTrue(terminal.run("SHOW TABLES;"))
        terminal.type("exit\r")
        self.assertEqual(terminal.end(), 0)

    def test_progress_fits_a_narrow_terminal(self):
        terminal = self.terminal(columns=20)
        terminal.run("SET 'auto.offset.reset' = 'earliest';")
        terminal.type("SELECT fallen FROM rain EMIT CHANGES;\r")
        terminal.see("3 rows, 0 rows/s; C")
        time.sleep(1.2)  # drawn twice more
        terminal.type(CTRL_C)
        terminal.prompt()
        self.assertNotIn("rows/s; C", "".join(terminal.lines()))

    def test_resizing_gives_later_rows_a_header_that_fits(self):
        terminal = self.terminal(columns=60)
        terminal.run("CREATE STREAM wide (k STRING KEY, v STRING) WITH (KAFKA_TOPIC='wide', "
                     "VALUE_FORMAT='JSON', PARTITIONS=1);")
        terminal.type("SELECT * FROM wide EMIT CHANGES;\r")
        terminal.see("0 rows")
        self.shell("-e", "INSERT INTO wide VALUES ('a', 'before');")
        terminal.see("|before")
        terminal.resize(30)
        self.shell("-e", "INSERT INTO wide VALUES ('b', 'a remark that is long');")
        lines = terminal.see("|b ")
        at = next(i for i, line in enumerate(lines) if line.startswith("|b "))
        self.assertEqual(lines[at - 3:at + 2], [
            "+--------------+-------------+", "|K             |V            |",
            "+--------------+-------------+", "|b             |a remark that|",
            "|              |is long      |"])

    def test_rows_of_a_push_query_come_at_once(self):
        terminal = self.terminal()
        terminal.run("CREATE STREAM live (v INTEGER) WITH (KAFKA_TOPIC='live', "
                     "VALUE_FORMAT='JSON', PARTITIONS=1);")
        terminal.type("SELECT v FROM live EMIT CHANGES;\r")
        terminal.see("0 rows")
        self.shell("-e", "INSERT INTO live VALUES (41);")
        terminal.see("|41")
        self.shell("-e", "INSERT INTO live VALUES (42);")
        terminal.see("|42")

    def test_long_results_go_through_the_pager(self):
        terminal = self.terminal(rows=6, PAGER="sed 's/^/paged:/'")
        shown = terminal.run("SELECT * FROM rain;")
        self.assertTrue(shown[0].startswith("paged:+---"), shown)

    def test_spool_copies_results_into_a_file(self):
        path = pathlib.Path(self.folder.name) / "copy.txt"
        terminal = self.terminal()
        terminal.run(f"spool {path}")
        terminal.run("SELECT city FROM rain LIMIT 1;")
        terminal.run("spool off")
        self.assertIn("|Bath|", path.read_text())

    def test_commands_of_the_shell(self):
        terminal = self.terminal()
        self.assertIn("Output format set to JSON", terminal.run("output JSON"))
        self.assertIn('{"CITY":"Bath"}', terminal.run("SELECT city FROM rain LIMIT 1;"))
        self.assertIn("Invalid output format: 'xml' (valid formats: 'JSON', 'TABULAR')",
                      terminal.run("output xml"))
        self.assertIn("Current request-pipelining configuration: ON",
                      terminal.run("request-pipelining on"))
        self.assertTrue(any("run script" in line for line in terminal.run("help")))
        self.assertIn("1: output JSON", terminal.run("history"))
        self.assertIn(self.url, terminal.run("server"))


if __name__ == "__main__":
    unittest.main()

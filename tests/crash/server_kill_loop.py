"""Kills a server under load at random moments, again and again, and checks what it says after.

Each round starts `leat serve` on the data directory that the last one left, checks everything
(feed_model.py and ddl.py say what must be there), sets a dozen clients on it (clients.py), and
kills it after up to 400 ms: with SIGKILL, now and then with SIGTERM, and now and then again while
it starts. A failure prints the seed, the round and the difference, and keeps the data directory.
Usage: server_kill_loop.py LEAT KILLS [--seed SEED]
"""
import argparse
import json
import pathlib
import random
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent / "server"))

import ddl  # noqa: E402
from clients import (Http2PushReader, NameWriter, PullReader, PushReader,  # noqa: E402
                     ScriptWriter, StreamWriter, read_topic)
from feed_model import (COLUMNS, EARLIEST, KEYS, QUERIES, SOURCES, Difference,  # noqa: E402
                        FeedModel, require)
from harness import LEAT, PATIENCE_S, Server  # noqa: E402

READY_MAX_S = 10  # under a sanitizer, on a busy machine; the report says what it was
RUN_MAX_S = 0.4
RUNS_PER_DIRECTORY = 50  # then a new one: what a check reads grows with the directory
RUNS_PER_ORDERLY_END = 10
DURABILITIES = ["power-loss", "process-crash"]
TOPICS = {"FEED": "feed", "PASSED": "PASSED", "JOINED": "JOINED", "BY_G": "BY_G"}
DERIVED = ["PASSED", "JOINED", "BY_G"]


def eventually(look, wanted, what):
    """Waits until look() gives what is wanted."""
    end = time.monotonic() + PATIENCE_S
    while (seen := look()) != wanted:
        require(time.monotonic() < end, lambda: f"{what} has {difference(seen, wanted)}")
        time.sleep(0.01)


def difference(seen, wanted):
    if not isinstance(seen, list):
        return f"{seen}, not {wanted}"
    extra = [row for row in seen if row not in wanted]
    missing = [row for row in wanted if row not in seen]
    return (f"{len(seen)} rows, not {len(wanted)}; some that must not be: {extra[:5]}; "
            f"some that are missing: {missing[:5]}")


class Journal:
    """What the clients of one run know."""

    def __init__(self):
        self.writers, self.pushes, self.pulls = [], [], []
        self.names = self.ddl = None

    def clients(self):
        readers = [client for _, client in self.pushes] + self.pulls
        return [*readers, *self.writers, self.names, self.ddl]


class Directory:
    """A data directory through the lives of its servers."""

    def __init__(self, path, dice, report):
        self.path, self.dice, self.report = path, dice, report
        self.model = FeedModel()
        self.versions = {key: 1 for key in KEYS}
        self.ddl_index, self.ids = 0, {}
        self.run = 0
        self.journal = None  # of the run that ended last
        self.server = None
        self.first_totals = []  # what TOTALS said right after the start

    # --- the server's life ---

    def kill_while_starting(self):
        process = subprocess.Popen([LEAT, "serve", "--listen", "127.0.0.1:0", "--data", self.path],
                                   stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        time.sleep(self.dice.uniform(0, 2 * self.report.start_s()))
        process.kill()
        errors = process.communicate()[1].decode()
        require(process.returncode == -signal.SIGKILL,
                f"the server ended while it started, with {process.returncode}: {errors[-3000:]}")
        self.report.kills += 1

    def start(self):
        start = time.monotonic()
        self.server = Server("--data", self.path, durability=self.dice.choice(DURABILITIES))
        while self.server.get("/readyz")[0] != 200:
            require(time.monotonic() - start < READY_MAX_S, "the server does not become ready")
        self.report.starts_s.append(time.monotonic() - start)
        require(self.report.starts_s[-1] < READY_MAX_S,
                f"the server was ready after {self.report.starts_s[-1]:.1f} s only")

    def stop(self, number):
        require(self.server.process.poll() is None, self.end_of_server)
        code = self.server.stop(number)
        require(code == (-signal.SIGKILL if number == signal.SIGKILL else 0), self.end_of_server)
        require("level=error" not in self.server.errors, self.end_of_server)

    def end_of_server(self):
        self.server.stop(signal.SIGKILL)
        return (f"the server ended with {self.server.process.returncode} and said: "
                f"{self.server.errors[-3000:]}")

    def set_up(self):
        self.server.ksql(SOURCES + ddl.SETUP)
        self.server.ksql("".join(f"INSERT INTO NAMES VALUES ('{key}', 1);" for key in KEYS))
        for statement in QUERIES.values():
            self.server.ksql(statement, streamsProperties=EARLIEST)
        eventually(lambda: len(self.server.rows("SELECT * FROM NAMED;")), len(KEYS), "NAMED")
        eventually(lambda: self.ledgers()["JOINED"]["recordsIn"], len(KEYS), "JOINED")

    # --- load ---

    def open_clients(self):
        server, run = self.server, self.run

        def seed():
            return self.dice.getrandbits(64)
        journal = Journal()
        journal.writers = [ScriptWriter(server, seed(), 1 + i, run, rows_max=rows)
                           for i, rows in enumerate([1, 1, 1, 8])]
        journal.writers.append(StreamWriter(server, seed(), 9, run))
        journal.pushes = [
            (name, kind(server, seed(), "SELECT ROWPARTITION AS P, ROWOFFSET AS O, "
                                        f"{COLUMNS[name]} FROM {name} EMIT CHANGES;"))
            for name, kind in [("FEED", PushReader), ("FEED", Http2PushReader),
                               ("PASSED", PushReader), ("JOINED", Http2PushReader)]]
        totals = "SELECT K, N, TOTAL FROM TOTALS EMIT CHANGES;"
        journal.pushes.append(("TOTALS", PushReader(server, seed(), totals)))
        journal.pulls = [PullReader(server, seed()) for _ in range(2)]
        journal.names = NameWriter(server, seed(), self.versions)
        journal.ddl = ddl.DdlClient(server, seed(), self.ddl_index, self.ids)
        return journal

    def load_and_kill(self):
        self.journal = self.open_clients()
        for client in self.journal.clients():
            client.start()
        time.sleep(self.dice.uniform(0, RUN_MAX_S))
        is_orderly = self.run % RUNS_PER_ORDERLY_END == RUNS_PER_ORDERLY_END - 1
        for client in self.journal.clients():
            client.is_stopping = is_orderly
        self.stop(signal.SIGTERM if is_orderly else signal.SIGKILL)
        self.report.terms += is_orderly
        self.report.kills += not is_orderly
        for client in self.journal.clients():
            client.join(PATIENCE_S + 5)
            require(not client.is_alive(), f"{type(client).__name__} hangs after the end")
            require(client.failure is None, f"{type(client).__name__}: {client.failure}")
        self.run += 1

    # --- checks ---

    def ledgers(self):
        ledgers = {}
        for source in ("FEED", "NAMES"):
            answer = self.server.ksql(f"DESCRIBE {source} EXTENDED;")[0]["sourceDescription"]
            for query in answer["readQueries"]:
                require(query["state"] == "RUNNING", f"{query['id']} is {query['state']}")
                ledgers[query["sinks"][0]] = query["ledger"]
        require(set(ledgers) == set(QUERIES), f"these queries run: {sorted(ledgers)}")
        return ledgers

    def settled_ledgers(self):
        """The ledgers when every query has used all input."""
        eventually(lambda: sum(ledger["lag"] for ledger in self.ledgers().values()), 0, "the lag")
        ledgers = self.ledgers()
        for name, ledger in ledgers.items():
            parts = [ledger[part] for part in ("recordsUsed", "recordsFiltered", "recordsLate",
                                               "recordsFailed")]
            require(ledger["recordsIn"] == sum(parts) and parts[2:] == [0, 0],
                    f"the ledger of {name} does not add up: {ledger}")
        counts = {ledgers[name]["recordsIn"] for name in set(QUERIES) - {"JOINED", "NAMED"}}
        require(len(counts) == 1, f"queries on FEED have read {counts} records")
        both = counts.pop() + ledgers["NAMED"]["recordsIn"]
        require(ledgers["JOINED"]["recordsIn"] == both,
                f"JOINED has read {ledgers['JOINED']['recordsIn']} records, not {both}")
        return ledgers

    def read(self, name, count):
        """The records of a stream that the model does not know yet; count are there in all."""
        more = count - self.model.count(name)
        require(more >= 0, f"{name} has shrunk from {self.model.count(name)} to {count}")
        try:
            return read_topic(self.server, COLUMNS[name], name, self.model.ends(name), more)
        except TimeoutError:
            raise Difference(f"{name}: {more} new records must be there, but fewer are") from None

    def check_writers(self, numbers):
        """Per client the rows that are there are the first ones that it sent, with all that were
        acknowledged."""
        for writer in self.journal.writers if self.journal else []:
            there = sorted(numbers.pop((writer.number, writer.run_number), []))
            who = f"client {writer.number} of run {writer.run_number} ({type(writer).__name__})"
            require(there == list(range(len(there))), f"{who}: these rows are there: {there}")
            require(writer.acknowledged <= len(there) <= writer.sent,
                    f"{who}: {writer.sent} rows were sent and {writer.acknowledged} acknowledged, "
                    f"{len(there)} are there")
            self.report.acknowledged += writer.acknowledged
            self.report.unanswered += writer.sent - writer.acknowledged
            self.report.unanswered_there += len(there) - writer.acknowledged
        require(not numbers, f"rows came from clients that were gone: {dict(numbers)}")

    def check_streams(self, ledgers):
        records = self.read("FEED", ledgers["TOTALS"]["recordsIn"])
        self.check_writers(self.model.add_feed(records))
        self.report.records += len(records)
        for name in DERIVED:
            self.model.check_derived(name, self.read(name, ledgers[name]["recordsOut"]))
        for name in COLUMNS:
            count = len(self.server.rows(f"SELECT K FROM {name};"))
            require(count == self.model.count(name),
                    f"{name} has {count} records, not {self.model.count(name)}")

    def check_views(self):
        server, model = self.server, self.model

        def rows(sql):
            return lambda: sorted(server.rows(sql))
        eventually(rows("SELECT K, N, TOTAL FROM TOTALS;"),
                   sorted([key, *now] for key, now in model.totals.now().items()), "TOTALS")
        eventually(rows("SELECT G, N, TOTAL FROM G_TOTALS;"),
                   sorted([key, *now] for key, now in model.group_totals.now().items()), "G_TOTALS")
        eventually(rows("SELECT K, WINDOWSTART, N, TOTAL FROM WINDOWS;"),
                   sorted([*window, *now] for window, now in model.windows.items()), "WINDOWS")
        log = server.rows("SELECT * FROM KSQL_PROCESSING_LOG;")
        require(not log, f"the processing log has {len(log)} entries: {log[:2]}")

    def check_names(self, count):
        """NAMES has count records, one per version of each key: those acknowledged, and perhaps
        the one without an answer."""
        names = self.journal.names if self.journal else None
        wanted = dict(names.versions if names else self.versions)
        pending = names.pending if names else None
        if pending and count == sum(wanted.values()) + 1:
            wanted[pending[0]] = pending[1]
        require(count == sum(wanted.values()), f"NAMES has {count} records, and these versions "
                f"are known: {wanted}, without an answer: {pending}")
        eventually(lambda: sorted(self.server.rows("SELECT K, VERSION FROM NAMED;")),
                   sorted([key, version] for key, version in wanted.items()), "NAMED")
        self.versions = wanted

    def check_seen(self, totals):
        """What readers were given in the last run stands in the log now; no view has gone back
        behind what it had shown (totals: what TOTALS said right after the start)."""
        for name, client in self.journal.pushes:
            self.report.pushed += len(client.rows)
            if name == "TOTALS":
                self.model.check_totals_seen("push on TOTALS", client.rows)
            else:
                self.model.check_subscription(name, client.rows)
        for client in self.journal.pulls:
            self.report.pulled += len(client.answers)
            newest = self.model.check_totals_seen("pull on TOTALS", client.answers)
            for key, count in newest.items():
                require(totals.get(key, 0) >= count, f"TOTALS showed {count} rows of {key} before "
                        f"the crash, and {totals.get(key, 0)} after it")
        self.model.check_totals_seen("TOTALS after the start", self.first_totals)

    def check_catalog(self):
        index = self.ddl_index
        if self.journal:
            index = self.journal.ddl.index
            self.report.statements += self.journal.ddl.answered
        self.ddl_index, self.ids = ddl.check_catalog(self.server, index)
        self.report.statements_unanswered += self.ddl_index != index

    def check(self):
        """Everything, in a server that has just started."""
        self.first_totals = self.server.rows("SELECT K, N, TOTAL FROM TOTALS;")
        self.check_catalog()
        ledgers = self.settled_ledgers()
        self.check_names(ledgers["NAMED"]["recordsIn"])
        self.check_streams(ledgers)
        self.check_views()
        if self.journal:
            self.check_seen({key: count for key, count, _ in self.first_totals})
        ddl.check_contents(self.server, self.ddl_index, eventually)

    def check_files(self):
        """At the end, without a server: every topic holds what was read of it, from its first
        record to its last."""
        for name, topic in TOPICS.items():
            done = subprocess.run([LEAT, "topic", "consume", topic, "--data", self.path,
                                   "--from-beginning", "--json"],
                                  capture_output=True, text=True, check=True)
            logs = [[] for _ in self.model.logs[name]]
            for line in done.stdout.splitlines():
                record = json.loads(line)
                value = json.loads(record["value"])
                require(record["offset"] == len(logs[record["partition"]]), f"{name}: {record}")
                logs[record["partition"]].append([value["C"], value["R"], value["N"]])
            require(logs == [[values[:3] for values in log] for log in self.model.logs[name]],
                    f"{name} holds other records than the server had shown")


class Report:
    """What the rounds did."""

    def __init__(self):
        self.start = time.monotonic()
        self.starts_s = []
        self.kills = self.terms = self.records = self.acknowledged = self.unanswered = 0
        self.unanswered_there = self.pushed = self.pulled = 0
        self.statements = self.statements_unanswered = 0

    def start_s(self):
        return statistics.median(self.starts_s) if self.starts_s else 0.05

    def __str__(self):
        slowest = sorted(self.starts_s)
        return (f"{self.kills} kills and {self.terms} orderly ends in "
                f"{time.monotonic() - self.start:.0f} s: {self.records} records, "
                f"{self.acknowledged} acknowledged, {self.unanswered} unanswered of which "
                f"{self.unanswered_there} are there; {self.pushed} rows pushed, {self.pulled} "
                f"pulled, {self.statements} DDL statements answered and "
                f"{self.statements_unanswered} done without an answer; ready after p50 "
                f"{self.start_s() * 1000:.0f} ms, at most {slowest[-1] * 1000:.0f} ms")


def run_directory(directory, kills):
    """Rounds on one directory until the report counts so many kills."""
    report, dice = directory.report, directory.dice
    directory.start()
    directory.set_up()
    while report.kills < kills and directory.run < RUNS_PER_DIRECTORY:
        directory.load_and_kill()
        while report.kills < kills and dice.random() < 0.15:
            directory.kill_while_starting()
        directory.start()
        directory.check()
    directory.stop(signal.SIGTERM)
    directory.check_files()


def run_all(kills, seed):
    dice, report = random.Random(seed), Report()
    while report.kills < kills:
        directory = Directory(tempfile.mkdtemp(prefix="leat-kills-"), dice, report)
        try:
            run_directory(directory, kills)
        except BaseException as error:
            print(f"FAILED with seed {seed} in run {directory.run} of {directory.path}, after "
                  f"{report.kills} kills:\n{error}", flush=True)
            if directory.server:
                directory.server.process.kill()
            raise
        shutil.rmtree(directory.path)
        print(report, flush=True)
    return report


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("kills", type=int)
    parser.add_argument("--seed", type=int, default=random.randrange(1 << 30))
    options = parser.parse_args()
    print(f"seed {options.seed}", flush=True)
    try:
        report = run_all(options.kills, options.seed)
    except Difference:
        return 1
    wanted = ["records", "acknowledged", "pushed", "pulled", "statements"]
    idle = [name for name in wanted if getattr(report, name) == 0]
    if idle:
        print(f"the loop tested nothing: no {', '.join(idle)}")
    return 1 if idle else 0


if __name__ == "__main__":
    sys.exit(main())

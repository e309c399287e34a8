"""What must be in a server that several clients feed: computed here, without the engine.

A row is named by its client, the run (the life of one server process) and a number that counts
from 0 in each run; everything else in it follows from the name. So an answer to "what is there?"
tells lost rows, doubled rows, rows of nobody and damaged rows apart without any file of ours.
"""
import collections

KEY_COUNT = 41
GROUP_COUNT = 13
FEED_PARTITIONS = 2
WINDOW_MS = 10_000
START_MS = 1_700_000_000_000

EARLIEST = {"auto.offset.reset": "earliest"}

KEYS = [f"k{i}" for i in range(KEY_COUNT)]

SOURCES = (
    "CREATE STREAM FEED (K STRING KEY, C INT, R INT, N INT, V INT, T BIGINT, G STRING) WITH "
    f"(kafka_topic='feed', value_format='JSON', partitions={FEED_PARTITIONS}, timestamp='T');"
    "CREATE TABLE NAMES (K STRING PRIMARY KEY, VERSION INT) WITH "
    f"(kafka_topic='names', value_format='JSON', partitions={FEED_PARTITIONS});")

# The sink of each query, and its statement.
QUERIES = {
    "PASSED": "CREATE STREAM PASSED AS SELECT K, C, R, N, V * 2 AS W FROM FEED WHERE V % 2 = 0;",
    "TOTALS": "CREATE TABLE TOTALS AS SELECT K, COUNT(*) AS N, SUM(V) AS TOTAL FROM FEED "
              "GROUP BY K;",
    "WINDOWS": "CREATE TABLE WINDOWS AS SELECT K, COUNT(*) AS N, SUM(V) AS TOTAL FROM FEED "
               "WINDOW TUMBLING (SIZE 10 SECONDS, GRACE PERIOD 1 DAY) GROUP BY K;",
    "JOINED": "CREATE STREAM JOINED AS SELECT F.K AS K, F.C AS C, F.R AS R, F.N AS N, "
              "M.VERSION AS VERSION FROM FEED F LEFT JOIN NAMES M ON F.K = M.K;",
    "BY_G": "CREATE STREAM BY_G WITH (partitions=3) AS SELECT * FROM FEED PARTITION BY G;",
    "G_TOTALS": "CREATE TABLE G_TOTALS AS SELECT G, COUNT(*) AS N, SUM(V) AS TOTAL FROM FEED "
                "GROUP BY G;",
    "NAMED": "CREATE TABLE NAMED AS SELECT K, VERSION FROM NAMES;",
}

# What is read back of each stream, after partition and offset; the name of a row comes first.
COLUMNS = {"FEED": "C, R, N, K, V, T, G", "PASSED": "C, R, N, K, W",
           "JOINED": "C, R, N, K, VERSION", "BY_G": "C, R, N, K, V, T, G"}
PARTITIONS = {"FEED": FEED_PARTITIONS, "PASSED": FEED_PARTITIONS, "JOINED": FEED_PARTITIONS,
              "BY_G": 3}


class Row(collections.namedtuple("Row", "c r n k v t g")):
    """One record of FEED."""

    __slots__ = ()

    @classmethod
    def named(cls, c, r, n):
        mixed = (c * 1000003 + r * 10007 + n * 7919 + 12345) * 2654435761 >> 7
        return cls(c, r, n, f"k{mixed % KEY_COUNT}", mixed // 64 % 1000,
                   START_MS + r * 1500 + n, f"g{mixed // 1024 % GROUP_COUNT}")

    def insert(self):
        return ("INSERT INTO FEED (K, C, R, N, V, T, G) VALUES "
                f"('{self.k}', {self.c}, {self.r}, {self.n}, {self.v}, {self.t}, '{self.g}');")

    def json(self):
        return {"K": self.k, "C": self.c, "R": self.r, "N": self.n, "V": self.v, "T": self.t,
                "G": self.g}


class Difference(Exception):
    """The server holds or has said something else than it should."""


def require(condition, message):
    if not condition:
        raise Difference(message() if callable(message) else message)


class Totals:
    """COUNT and SUM per key, with every value that they ever had."""

    def __init__(self):
        self.history = collections.defaultdict(lambda: [(0, 0)])

    def add(self, key, value):
        history = self.history[key]
        count, total = history[-1]
        history.append((count + 1, total + value))

    def now(self):
        return {key: history[-1] for key, history in self.history.items()}

    def check_past(self, key, count, total, what):
        """count and total were the values of key at some time."""
        history = self.history[key]
        require(0 < count < len(history),
                lambda: f"{what}: {key} has count {count}, but only {len(history) - 1} rows exist")
        require(history[count][1] == total, lambda:
                f"{what}: {key} has total {total} at count {count}, not {history[count][1]}")


class FeedModel:
    """All rows of FEED that are known to be there, and what the queries make of them."""

    def __init__(self):
        # Every stream as it was read: per partition, the columns of each record by offset.
        self.logs = {name: [[] for _ in range(count)] for name, count in PARTITIONS.items()}
        self.newest = {}  # number per (partition, client, run)
        self.partition_of = {}  # per key
        self.totals = Totals()
        self.group_totals = Totals()
        self.windows = collections.defaultdict(lambda: (0, 0))
        # Derived streams: what must be there, per lane in which the order is kept, and how much
        # of it was found. A lane is a partition, or for BY_G a group from one source partition.
        self.wanted = {name: collections.defaultdict(list) for name in ("PASSED", "JOINED", "BY_G")}
        self.found = {name: collections.Counter() for name in self.wanted}
        self.joined_version = {}

    def ends(self, name):
        """The offset per partition up to which a stream was read."""
        return [len(log) for log in self.logs[name]]

    def count(self, name):
        return sum(self.ends(name))

    def _append(self, name, partition, offset, values):
        log = self.logs[name][partition]
        require(offset == len(log), f"{name}: offset {offset} of partition {partition} comes "
                                    f"where {len(log)} must")
        log.append(values)

    # --- FEED ---

    def add_feed(self, records):
        """New records of FEED in order of offset: each is a row that a client sent, in its order.
        Returns the numbers that came, per (client, run)."""
        numbers = collections.defaultdict(list)
        for partition, offset, *values in records:
            row = Row(*values)
            self._append("FEED", partition, offset, values)
            require(row == Row.named(row.c, row.r, row.n), f"FEED holds a row of nobody: {row}")
            before = self.newest.get((partition, row.c, row.r), -1)
            require(row.n > before, f"FEED: {row} came after number {before} of the same client")
            self.newest[partition, row.c, row.r] = row.n
            require(self.partition_of.setdefault(row.k, partition) == partition,
                    f"FEED: {row} is in another partition than its key")
            numbers[row.c, row.r].append(row.n)
            self._add_row(partition, row)
        return numbers

    def _add_row(self, partition, row):
        self.totals.add(row.k, row.v)
        self.group_totals.add(row.g, row.v)
        window = row.k, row.t // WINDOW_MS * WINDOW_MS
        count, total = self.windows[window]
        self.windows[window] = count + 1, total + row.v
        if row.v % 2 == 0:
            self.wanted["PASSED"][partition].append((*row[:4], row.v * 2))
        self.wanted["JOINED"][partition].append(row[:4])
        self.wanted["BY_G"][partition, row.g].append(row)

    # --- derived streams ---

    def _lane(self, name, partition, values):
        """The lane of a record of a derived stream, and what of it is compared."""
        if name == "BY_G":
            row = Row(*values)
            return (self.partition_of.get(row.k), row.g), row
        if name == "JOINED":
            *values, version = values
            self._check_version(values, version)
        return partition, tuple(values)

    def _check_version(self, values, version):
        key = values[3]
        before = self.joined_version.get(key, 1)  # all keys have version 1 from the start
        require(version is not None and version >= before,
                f"JOINED: {values} found version {version}, where it was {before} before")
        self.joined_version[key] = version

    def check_derived(self, name, records):
        """New records of a derived stream, in order of offset: now it holds what it must, once,
        in the order of FEED."""
        wanted, found = self.wanted[name], self.found[name]
        for partition, offset, *values in records:
            self._append(name, partition, offset, values)
            lane, have = self._lane(name, partition, values)
            want = wanted[lane][found[lane]] if found[lane] < len(wanted[lane]) else "nothing"
            require(have == want, f"{name}: partition {partition} has {have} at offset {offset}, "
                                  f"where {want} must be")
            found[lane] += 1
        for lane, rows in wanted.items():
            require(found[lane] == len(rows),
                    f"{name}: {found[lane]} records of {lane}, not {len(rows)}")

    # --- what clients saw while it ran ---

    def check_subscription(self, name, records):
        """What a push query on a stream gave: per partition a stretch of the log without gaps.
        A row that it gave and that is not there now has vanished in the crash."""
        ends = {}
        for partition, offset, *values in records:
            require(ends.setdefault(partition, offset) == offset,
                    f"push on {name}: offset {offset} of partition {partition} came where "
                    f"{ends[partition]} must")
            ends[partition] += 1
            log = self.logs[name][partition]
            have = log[offset] if offset < len(log) else "nothing"
            require(have == values, f"push on {name} gave {values} at offset {offset} of "
                                    f"partition {partition}, where {have} is now")

    def check_totals_seen(self, what, rows):
        """Totals that one client was given: each was the value once, and none is older than one
        before. Returns the newest count per key."""
        counts = collections.Counter()
        for key, count, total in rows:
            self.totals.check_past(key, count, total, what)
            require(count >= counts[key],
                    f"{what}: {key} went from count {counts[key]} back to {count}")
            counts[key] = count
        return counts

"""Statements that change the catalog, sent in a circle while the server is killed.

Each step says what it adds to the catalog and takes from it. After a kill the catalog must be that
before or that after the step without an answer, and whatever it names must work: a query brings
its sink to hold exactly the rows of SEEDS, none lost and none left over from an earlier circle.
"""
import collections
import json
import time

from clients import Client
from feed_model import EARLIEST, Row, require

SEED_COUNT = 60
SEEDS = [Row.named(0, 0, n) for n in range(SEED_COUNT)]
SETUP = ("CREATE STREAM SEEDS (K STRING KEY, V INT, G STRING) WITH "
         "(kafka_topic='seeds', value_format='JSON', partitions=2);" +
         "".join(f"INSERT INTO SEEDS VALUES ('{row.k}', {row.v}, '{row.g}');" for row in SEEDS))

# Everything in the catalog is a kind and a name. A query is named by its sink.
Step = collections.namedtuple("Step", "sql adds takes")

STREAM = {("source", "DDL_S"), ("topic", "DDL_S"), ("query", "DDL_S")}
TABLE = {("source", "DDL_T"), ("topic", "DDL_T"), ("query", "DDL_T")}
PLAIN = {("source", "DDL_P"), ("topic", "ddl_p")}

STEPS = [
    Step("CREATE STREAM DDL_S AS SELECT K, V FROM SEEDS;", STREAM, set()),
    Step("CREATE TABLE DDL_T AS SELECT G, COUNT(*) AS N, SUM(V) AS TOTAL FROM SEEDS GROUP BY G;",
         TABLE, set()),
    Step("CREATE STREAM DDL_P (K STRING KEY, V INT) WITH "
         "(kafka_topic='ddl_p', value_format='JSON', partitions=2);", PLAIN, set()),
    Step("INSERT INTO DDL_P SELECT K, V FROM SEEDS;", {("query", "DDL_P")}, set()),
    Step("TERMINATE {DDL_S};", set(), {("query", "DDL_S")}),
    Step("DROP STREAM DDL_S DELETE TOPIC;", set(), STREAM),
    Step("TERMINATE {DDL_P};", set(), {("query", "DDL_P")}),
    Step("DROP STREAM DDL_P DELETE TOPIC;", set(), PLAIN),
    Step("DROP TABLE DDL_T DELETE TOPIC;", set(), TABLE),
]


def catalog_before(index):
    """The catalog in front of a step; a circle ends where it began."""
    catalog = set()
    for step in STEPS[:index]:
        catalog = (catalog | step.adds) - step.takes
    return catalog


def read_catalog(server):
    """What the server names that is of this file, and the ids of queries by sink."""
    answers = server.ksql("SHOW STREAMS; SHOW TABLES; SHOW TOPICS; SHOW QUERIES;")
    catalog = {("source", source["name"])
               for answer, kind in zip(answers, ("streams", "tables")) for source in answer[kind]}
    catalog |= {("topic", topic["name"]) for topic in answers[2]["topics"]}
    ids = {query["sinks"][0]: query["id"] for query in answers[3]["queries"]}
    require(len(ids) == len(answers[3]["queries"]), "two queries write to one sink")
    catalog |= {("query", sink) for sink in ids}
    return {entry for entry in catalog if entry[1].upper().startswith("DDL_")}, ids


class DdlClient(Client):
    """Runs the steps from one on; `index` is the step without an answer."""

    def __init__(self, server, seed, index, ids):
        super().__init__(server, seed)
        self.index, self.ids = index, dict(ids)
        self.answered = 0

    def work(self):
        while True:
            time.sleep(self.dice.uniform(0, 0.02))
            status, body = self.post("/ksql", ksql=STEPS[self.index].sql.format(**self.ids),
                                     streamsProperties=EARLIEST)
            if self.is_refused(status, body):
                return
            self.take_ids(json.loads(body))
            self.index = (self.index + 1) % len(STEPS)
            self.answered += 1

    def take_ids(self, answers):
        """A CREATE tells its query's id; that of an INSERT INTO is not told by its sink."""
        for answer in answers:
            query_id = (answer.get("commandStatus") or {}).get("queryId")
            if query_id:
                sink = query_id.split("_", 1)[1].rsplit("_", 1)[0]
                self.ids[sink if sink in ("DDL_S", "DDL_T") else "DDL_P"] = query_id


def check_catalog(server, index):
    """After a kill during step index: the step that comes next, and the queries' ids."""
    catalog, ids = read_catalog(server)
    before, after = catalog_before(index), catalog_before((index + 1) % len(STEPS))
    require(catalog in (before, after),
            f"after a kill during {STEPS[index].sql!r} there is {sorted(catalog)}: neither "
            f"{sorted(before)} nor {sorted(after)}")
    return (index if catalog == before else (index + 1) % len(STEPS)), ids


def check_contents(server, index, eventually):
    """What stands in front of step index holds what it must. eventually(look, wanted, what)
    looks again until it sees what is wanted."""
    catalog = catalog_before(index)
    seeds = sorted([row.k, row.v] for row in SEEDS)
    for name in ("DDL_S", "DDL_P"):
        def rows(name=name):
            return sorted(server.rows(f"SELECT K, V FROM {name};"))
        if ("query", name) in catalog:
            eventually(rows, seeds, name)
        elif ("source", name) in catalog:
            extra = collections.Counter(map(tuple, rows())) - collections.Counter(map(tuple, seeds))
            require(not extra, f"{name} holds rows that it must not: {sorted(extra)[:5]}")
    if ("query", "DDL_T") in catalog:
        groups = collections.defaultdict(list)
        for row in SEEDS:
            groups[row.g].append(row.v)
        wanted = sorted([group, len(values), sum(values)] for group, values in groups.items())
        eventually(lambda: sorted(server.rows("SELECT * FROM DDL_T;")), wanted, "DDL_T")

"""Leat against a batch computation written without it.

Random records (seeded; out of order, some not readable) go in with `leat topic produce`, queries run
over them, and everything they leave must be what the plain loops below compute from the same
records: filters, projections, groups, tumbling, hopping and session windows with grace, joins of
a stream with a table, and how many records each query dropped and why.
Usage: oracle_test.py LEAT [SEED]
"""
import collections
import json
import pathlib
import random
import sqlite3
import subprocess
import sys
import tempfile

SEEDS = (1, 2)
RECORDS = 3000
USERS = 200
SIZE_MS, ADVANCE_MS, GRACE_MS, GAP_MS = 20_000, 5_000, 10_000, 700

DEFINITIONS = f"""
SET 'auto.offset.reset'='earliest';
CREATE STREAM events (id STRING KEY, k STRING, v INT, s STRING)
  WITH (KAFKA_TOPIC='events', VALUE_FORMAT='JSON');
CREATE TABLE users (id STRING PRIMARY KEY, name STRING, lim INT)
  WITH (KAFKA_TOPIC='users', VALUE_FORMAT='JSON');
CREATE STREAM kept AS SELECT id, k, v * 2 + 1 AS d, v / 7 AS q, UCASE(s) AS u,
  CASE WHEN v < 0 THEN 'neg' WHEN v = 0 THEN 'zero' ELSE 'pos' END AS sign
  FROM events WHERE v > -40 AND s <> 'b';
CREATE TABLE totals AS SELECT k, COUNT(*) AS n, SUM(v) AS total, MIN(v) AS least, MAX(v) AS most,
  AVG(v) AS mean, LATEST_BY_OFFSET(s) AS last_s FROM events GROUP BY k;
CREATE TABLE large WITH (KEY_FORMAT='JSON') AS SELECT k, s, COUNT(*) AS n FROM events GROUP BY k, s HAVING COUNT(*) > 40;
CREATE TABLE tumbled AS SELECT k, COUNT(*) AS n, SUM(v) AS total FROM events
  WINDOW TUMBLING (SIZE {SIZE_MS} MILLISECONDS, RETENTION 1 HOUR, GRACE PERIOD {GRACE_MS} MILLISECONDS) GROUP BY k;
CREATE TABLE hopped AS SELECT k, COUNT(*) AS n, MAX(v) AS most FROM events
  WINDOW HOPPING (SIZE {SIZE_MS} MILLISECONDS, ADVANCE BY {ADVANCE_MS} MILLISECONDS,
  RETENTION 1 HOUR, GRACE PERIOD {GRACE_MS} MILLISECONDS) GROUP BY k;
CREATE TABLE visited AS SELECT id, COUNT(*) AS n, SUM(v) AS total FROM events
  WINDOW SESSION ({GAP_MS} MILLISECONDS, RETENTION 1 HOUR, GRACE PERIOD {GRACE_MS} MILLISECONDS) GROUP BY id;
CREATE STREAM inner_joined AS SELECT e.id AS id, e.v, u.name, u.lim - e.v AS rest
  FROM events e JOIN users u ON e.id = u.id;
CREATE STREAM left_joined AS SELECT e.id AS id, e.v, u.name FROM events e
  LEFT JOIN users u ON e.id = u.id WHERE e.v > 0;
"""


def leat(program, *arguments, stdin=None):
    done = subprocess.run([program, *arguments], input=stdin, capture_output=True, text=True)
    if done.returncode != 0:
        raise SystemExit(f"leat {' '.join(arguments)} failed:\n{done.stderr}")
    return [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]


def run(program, data, sql):
    script = pathlib.Path(data) / "script.sql"
    script.write_text(sql)
    return leat(program, "run", "--data", data, "--output", "json", str(script))


# --- input ------------------------------------------------------------------------------------

def make_events(dice):
    time = 1_000_000
    for _ in range(RECORDS):
        time += dice.choice((0, 0, 100))  # many share a moment, and bounds of windows are hit
        late = dice.choice((0, 0, 300, 2000, 10_000, 10_700, 13_000)) if dice.random() < 0.4 else 0
        late = dice.randrange(60_000) // 100 * 100 if dice.random() < 0.02 else late
        event = {"K": f"k{dice.randrange(12)}", "V": dice.randrange(-50, 100),
                 "S": dice.choice("abcd"), "TS": time - late}
        if dice.random() < 0.02:
            event["V"] = "no number"
        if dice.random() < 0.03:
            event[dice.choice("KVS")] = None
        yield f"u{dice.randrange(USERS)}", event


def make_users(dice):
    time = 1_000_000
    for _ in range(RECORDS // 4):
        time += dice.randrange(0, 320)
        yield (f"u{dice.randrange(USERS)}",
               {"NAME": f"n{dice.randrange(50)}", "LIM": dice.randrange(100), "TS": time})


def produce(program, data, topic, partitions, records):
    lines = "".join(f"{key}|{json.dumps(value)}\n" for key, value in records)
    leat(program, "topic", "produce", topic, "--data", data, "--partitions", str(partitions),
         "--key-separator", "|", "--timestamp-field", "TS", stdin=lines)


def consume(program, data, topic):
    return leat(program, "topic", "consume", topic, "--data", data, "--from-beginning", "--json")


def text_of(value):
    return value if isinstance(value, dict) or value is None else json.loads(value)


def partitions_of(records, source):
    """Lists per partition of (time, source, partition, key, value), as they lie in the topic."""
    lists = collections.defaultdict(list)
    for record in records:
        lists[record["partition"]].append((record["timestamp"], source, record["partition"],
                                           record["key"], text_of(record["value"])))
    return list(lists.values())


def merged(lists):
    """The order of processing: always the head with the least time, source, partition."""
    heads = [0] * len(lists)
    while True:
        ready = [i for i in range(len(lists)) if heads[i] < len(lists[i])]
        if not ready:
            return
        first = min(ready, key=lambda i: lists[i][heads[i]][:3])
        yield lists[first][heads[first]]
        heads[first] += 1


def is_readable(value):
    return value["V"] is None or isinstance(value["V"], int)


# --- what must come out -------------------------------------------------------------------------

def truncated(a, b):
    return None if a is None else int(abs(a) / b) * (1 if a >= 0 else -1)


def expect_kept(events):
    for time, _, _, key, e in events:
        if is_readable(e) and e["V"] is not None and e["V"] > -40 and e["S"] not in (None, "b"):
            v = e["V"]
            yield (key, time, {"K": e["K"], "D": v * 2 + 1, "Q": truncated(v, 7),
                               "U": e["S"].upper(),
                               "SIGN": "neg" if v < 0 else "zero" if v == 0 else "pos"})


def rows_by(events, *names, reads_v=True):
    """A query that does not read V does not decode it either, and so finds nothing wrong with it."""
    groups = collections.defaultdict(list)
    for event in events:
        e = event[4]
        if (is_readable(e) or not reads_v) and all(e[name] is not None for name in names):
            groups[tuple(e[name] for name in names)].append(e)
    return groups


def expect_totals(events):
    for (k,), rows in rows_by(events, "K").items():
        values = [e["V"] for e in rows if e["V"] is not None]
        last = [e["S"] for e in rows if e["S"] is not None]
        yield {"K": k, "N": len(rows), "TOTAL": sum(values), "LEAST": min(values),
               "MOST": max(values), "MEAN": sum(values) / len(values), "LAST_S": last[-1]}


def expect_large(events):
    for (k, s), rows in rows_by(events, "K", "S", reads_v=False).items():
        if len(rows) > 40:
            yield {"K": k, "S": s, "N": len(rows)}


def windows_of(events, size, advance, grace):
    """{(k, start): rows} and how many records were late for all of their windows."""
    windows = collections.defaultdict(list)
    late = 0
    stream_time = None
    for time, _, _, _, e in events:
        if not is_readable(e) or e["K"] is None:
            continue
        stream_time = time if stream_time is None else max(stream_time, time)
        starts = [start for start in range(time - time % advance, time - size, -advance)
                  if start >= 0 and start + size > stream_time - grace]
        late += not starts
        for start in starts:
            windows[e["K"], start].append(e)
    return windows, late


def sessions_of(events, gap, grace):
    """[(id, start, end, rows)] and how many records were late."""
    sessions = collections.defaultdict(list)
    late = 0
    stream_time = None
    for time, _, _, key, e in events:
        if not is_readable(e):
            continue
        stream_time = time if stream_time is None else max(stream_time, time)
        touched = [s for s in sessions[key] if s[0] - gap <= time <= s[1] + gap]
        start = min([time] + [s[0] for s in touched])
        end = max([time] + [s[1] for s in touched])
        if end < stream_time - grace - gap:
            late += 1
            continue
        rows = [row for s in touched for row in s[2]] + [e]
        sessions[key] = [s for s in sessions[key] if s not in touched] + [(start, end, rows)]
    return [(key, *s) for key, some in sessions.items() for s in some], late


def total(rows):
    values = [e["V"] for e in rows if e["V"] is not None]
    return sum(values)


def most(rows):
    return max((e["V"] for e in rows if e["V"] is not None), default=None)


def expect_joined(changes, is_left):
    users = {}
    for time, source, _, key, value in changes:
        if source == 1:
            users[key] = value
        elif is_readable(value):
            user = users.get(key)
            v = value["V"]
            if is_left and v is not None and v > 0:
                yield key, time, {"V": v, "NAME": user and user["NAME"]}
            if not is_left and user:
                yield key, time, {"V": v, "NAME": user["NAME"],
                                  "REST": None if v is None else user["LIM"] - v}


# --- comparing ----------------------------------------------------------------------------------

def require_rows(name, expected, actual):
    """Equal as multisets of rows."""
    wanted = collections.Counter(json.dumps(row, sort_keys=True) for row in expected)
    found = collections.Counter(json.dumps(row, sort_keys=True) for row in actual)
    if wanted != found or not wanted:
        raise SystemExit(f"{name}: missing {list((wanted - found).items())[:3]}, "
                         f"too much {list((found - wanted).items())[:3]}")
    print(f"{name}: {sum(wanted.values())} rows agree")


def require_records(name, expected, records):
    """Equal in every key's order, which is all that a topic with partitions can keep."""
    wanted = collections.defaultdict(list)
    found = collections.defaultdict(list)
    for key, time, value in expected:
        wanted[key].append((time, value))
    for record in records:
        found[record["key"]].append((record["timestamp"], text_of(record["value"])))
    for key in wanted.keys() | found.keys():
        if wanted[key] != found[key]:
            raise SystemExit(f"{name}, key {key}: expected {wanted[key][:5]}, got {found[key][:5]}")
    print(f"{name}: {sum(map(len, wanted.values()))} records agree")


def require_ledgers(data, lost):
    """lost: {sink: {part of the ledger: number}}."""
    database = sqlite3.connect(f"file:{data}/leat.db?mode=ro", uri=True)
    ledgers = collections.defaultdict(dict)
    for query, name, number in database.execute("SELECT query, name, value FROM counter"):
        ledgers[query.split("_", 1)[1].rsplit("_", 1)[0]][name] = number
    for sink, expected in lost.items():
        for part, number in expected.items():
            actual = ledgers[sink][f"records_{part}"]
            if actual != number:
                raise SystemExit(f"{sink}: {actual} records {part}, expected {number}")
    print(f"ledgers: {sum(map(len, lost.values()))} numbers agree")


def check(program, seed, data):
    dice = random.Random(seed)
    produce(program, data, "events", 3, make_events(dice))
    produce(program, data, "users", 3, make_users(dice))
    run(program, data, DEFINITIONS + "SELECT * FROM totals;")
    event_lists = partitions_of(consume(program, data, "events"), 0)
    user_lists = partitions_of(consume(program, data, "users"), 1)
    events = list(merged(event_lists))
    changes = list(merged(event_lists + user_lists))
    assert len(events) == RECORDS
    require_records("KEPT", expect_kept(events), consume(program, data, "KEPT"))
    require_rows("TOTALS", expect_totals(events), run(program, data, "SELECT * FROM totals;"))
    require_rows("LARGE", expect_large(events), run(program, data, "SELECT * FROM large;"))
    tumbled, tumbled_late = windows_of(events, SIZE_MS, SIZE_MS, GRACE_MS)
    require_rows("TUMBLED", ({"K": k, "W": w, "N": len(rows), "TOTAL": total(rows)}
                             for (k, w), rows in tumbled.items()),
                 run(program, data, "SELECT k, WINDOWSTART AS w, n, total FROM tumbled;"))
    hopped, hopped_late = windows_of(events, SIZE_MS, ADVANCE_MS, GRACE_MS)
    require_rows("HOPPED", ({"K": k, "W": w, "N": len(rows), "MOST": most(rows)}
                            for (k, w), rows in hopped.items()),
                 run(program, data, "SELECT k, WINDOWSTART AS w, n, most FROM hopped;"))
    visited, visited_late = sessions_of(events, GAP_MS, GRACE_MS)
    require_rows("VISITED", ({"ID": i, "W": start, "E": end, "N": len(rows), "TOTAL": total(rows)}
                             for i, start, end, rows in visited),
                 run(program, data, "".join(
                     "SELECT id, WINDOWSTART AS w, WINDOWEND AS e, n, total FROM visited"
                     f" WHERE id = 'u{user}';\n" for user in range(USERS))))
    require_records("INNER_JOINED", expect_joined(changes, False),
                    consume(program, data, "INNER_JOINED"))
    require_records("LEFT_JOINED", expect_joined(changes, True),
                    consume(program, data, "LEFT_JOINED"))
    unreadable = sum(not is_readable(e[4]) for e in events)
    assert unreadable and tumbled_late and hopped_late and visited_late, "the input is too tame"
    kept = sum(1 for _ in expect_kept(events))
    require_ledgers(data, {
        "KEPT": {"in": RECORDS, "failed": unreadable, "used": kept,
                 "filtered": RECORDS - unreadable - kept},
        "TUMBLED": {"in": RECORDS, "late": tumbled_late},
        "HOPPED": {"in": RECORDS, "late": hopped_late},
        "VISITED": {"in": RECORDS, "late": visited_late, "failed": unreadable},
    })


def main():
    seeds = [int(sys.argv[2])] if len(sys.argv) > 2 else SEEDS
    for seed in seeds:
        print(f"seed {seed}")
        with tempfile.TemporaryDirectory() as data:
            check(sys.argv[1], seed, data)
    return 0


if __name__ == "__main__":
    sys.exit(main())

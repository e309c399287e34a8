"""Kills a feeding process at random moments, again and again, then checks everything it left.

No record that was acknowledged may be missing, none may be there twice, every view must equal what
Python computes from the records' numbers alone, and every query's ledger must add up.
Usage: kill_loop.py LIVE_FEED LEAT KILLS [SEED]
"""
import collections
import json
import pathlib
import random
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time

KEYS = 97
WINDOW_MS = 10_000
HOP_MS = 5_000


def value(n):
    return n * 7919 % 1000


def feed_once(live_feed, data, seconds):
    """Runs the feeder for a while, kills it, and returns the highest number it acknowledged."""
    process = subprocess.Popen([live_feed, data], stdout=subprocess.PIPE, text=True)
    time.sleep(seconds)
    process.send_signal(signal.SIGKILL)
    acknowledged = 0
    for line in process.stdout.read().splitlines()[:]:
        acknowledged = max(acknowledged, int(line)) if line.isdigit() else acknowledged
    process.wait()
    if process.returncode != -signal.SIGKILL:
        raise SystemExit(f"the feeder ended by itself with {process.returncode}")
    return acknowledged


def consume(leat, data, topic):
    done = subprocess.run([leat, "topic", "consume", topic, "--data", data, "--from-beginning",
                           "--json"], capture_output=True, text=True, check=True)
    return [json.loads(line) for line in done.stdout.splitlines()]


def select(leat, data, sql):
    script = pathlib.Path(data) / "select.sql"
    script.write_text(sql)
    done = subprocess.run([leat, "run", "--data", data, "--output", "json", str(script)],
                          capture_output=True, text=True)
    if done.returncode != 0:
        raise SystemExit(f"{sql} failed: {done.stderr}")
    return [json.loads(line) for line in done.stdout.splitlines()]


def require(condition, message):
    if not condition:
        raise SystemExit(message)


def check_topics(leat, data, acknowledged):
    feed = [json.loads(record["value"])["SEQ"] for record in consume(leat, data, "feed")]
    count = len(feed)
    require(sorted(feed) == list(range(count)), "the feed lost or doubled a record")
    require(count >= acknowledged, f"{acknowledged} were acknowledged, {count} are there")
    evens = sorted(json.loads(record["value"])["SEQ"] for record in consume(leat, data, "EVENS"))
    expected = [n for n in range(count) if value(n) % 2 == 0]
    require(evens == expected, "EVENS lost or doubled a record")
    joined = sorted(json.loads(record["value"])["SEQ"] for record in consume(leat, data, "JOINED"))
    require(joined == expected, "JOINED lost or doubled a record")
    by_k = sorted((json.loads(record["value"])["SEQ"], record["key"])
                  for record in consume(leat, data, "BY_K"))
    require(by_k == [(n, str(n % KEYS)) for n in range(count)], "BY_K lost or doubled a record")
    return count


def check_views(leat, data, count):
    totals = collections.defaultdict(lambda: [0, 0, 0])
    windows = collections.Counter()
    hops = collections.defaultdict(lambda: [0, 0])
    for n in range(count):
        key = str(n % KEYS)
        windows[key, n * 10 // WINDOW_MS * WINDOW_MS] += 1
        newest = n * 10 // HOP_MS * HOP_MS
        for start in range(max(newest - WINDOW_MS + HOP_MS, 0), newest + HOP_MS, HOP_MS):
            hop = hops[key, start]
            hops[key, start] = [hop[0] + 1, hop[1] + value(n)]
        if value(n) % 2 == 0:
            total = totals[key]
            totals[key] = [total[0] + 1, total[1] + value(n), max(total[2], n)]
    rows = select(leat, data, "SELECT * FROM TOTALS;")
    require({r["K"]: [r["N"], r["TOTAL"], r["LAST"]] for r in rows} == dict(totals),
            "TOTALS differs from the batch computation")
    rows = select(leat, data, "SELECT K, WINDOWSTART AS W, N FROM PER_WINDOW;")
    require(len(rows) == len(windows) and
            {(r["K"], r["W"]): r["N"] for r in rows} == dict(windows),
            "PER_WINDOW differs from the batch computation")
    rows = select(leat, data, "SELECT K, WINDOWSTART AS W, N, TOTAL FROM PER_HOP;")
    require(len(rows) == len(hops) and
            {(r["K"], r["W"]): [r["N"], r["TOTAL"]] for r in rows} == dict(hops),
            "PER_HOP differs from the batch computation")


def check_ledgers(data):
    rows = sqlite3.connect(f"file:{data}/leat.db?mode=ro", uri=True).execute(
        "SELECT query, name, value FROM counter").fetchall()
    ledgers = collections.defaultdict(dict)
    for query, name, number in rows:
        ledgers[query][name] = number
    require(len(ledgers) >= 6, f"there are only {len(ledgers)} ledgers")
    for query, ledger in ledgers.items():
        parts = sum(ledger[f"records_{part}"] for part in ("used", "filtered", "late", "failed"))
        require(ledger["records_in"] == parts, f"the ledger of {query} does not add up: {ledger}")


def main():
    live_feed, leat, kills = sys.argv[1], sys.argv[2], int(sys.argv[3])
    seed = int(sys.argv[4]) if len(sys.argv) > 4 else random.randrange(1 << 30)
    print(f"seed {seed}")
    dice = random.Random(seed)
    acknowledged = 0
    with tempfile.TemporaryDirectory() as data:
        for kill in range(kills):
            acknowledged = max(acknowledged, feed_once(live_feed, data, dice.uniform(0.02, 0.35)))
            if (kill + 1) % 50 == 0 or kill + 1 == kills:
                subprocess.run([live_feed, data, "drain"], check=True, stdout=subprocess.DEVNULL)
                count = check_topics(leat, data, acknowledged)
                check_views(leat, data, count)
                check_ledgers(data)
                print(f"{kill + 1} kills: {count} records, all there once; views agree")
    require(acknowledged > 0, "nothing was ever acknowledged: the loop tested nothing")
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""The main job on real input: logs go in with `leat topic produce`, the scripts of sql-examples/
run over them, and the numbers must be those that the few lines of Python here compute from the
same files. Usage: real_input_test.py LEAT SOURCE_DIR SHARED_DIR
"""
import collections
import datetime
import json
import pathlib
import re
import subprocess
import sys
import tempfile

UTC = datetime.timezone.utc
HOUR_MS = 3600 * 1000
MINUTE_MS = 60 * 1000


def leat(program, *arguments, stdin=None):
    done = subprocess.run([program, *arguments], stdin=stdin, capture_output=True, text=True)
    if done.returncode != 0:
        raise SystemExit(f"leat {' '.join(arguments)} failed:\n{done.stderr}")
    return done.stdout


def rows_of(program, source, log, topic, script, *produce_options):
    with tempfile.TemporaryDirectory() as data:
        with open(log, "rb") as lines:
            leat(program, "topic", "produce", topic, "--data", data, *produce_options, stdin=lines)
        output = leat(program, "run", "--data", data, "--output", "json",
                      str(source / "sql-examples" / script))
        # A second run over the same data resumes and must not count anything twice.
        select = re.search(r"SELECT [^;]*;\s*$", (source / "sql-examples" / script).read_text())
        again = pathlib.Path(data) / "again.sql"
        again.write_text(select.group(0))
        repeated = leat(program, "run", "--data", data, "--output", "json", str(again))
    rows = [json.loads(line) for line in output.splitlines()]
    assert sorted(map(str, rows)) == sorted(json.loads(line).__str__()
                                            for line in repeated.splitlines()), "rows changed"
    return rows


def window(time_ms, size_ms):
    return time_ms - time_ms % size_ms


def check(name, expected, actual):
    if expected != actual:
        only_expected = {k: v for k, v in expected.items() if actual.get(k) != v}
        only_actual = {k: v for k, v in actual.items() if expected.get(k) != v}
        raise SystemExit(f"{name}: expected {list(only_expected.items())[:5]}, "
                         f"got {list(only_actual.items())[:5]}")
    assert expected, f"{name}: nothing was compared"
    print(f"{name}: {len(expected)} rows agree")


def failed_logins(program, source, shared):
    log = shared / "data" / "auth.log"
    expected = collections.Counter()
    last_user = {}
    for line in log.read_text().splitlines():
        match = re.search(r"Failed password for (?:invalid user )?(.*) from ([0-9.]+) port", line)
        if match:
            at = datetime.datetime.strptime("2017 " + line[:15], "%Y %b %d %H:%M:%S")
            key = (match[2], window(int(at.replace(tzinfo=UTC).timestamp() * 1000), HOUR_MS))
            expected[key] += 1
            last_user[key] = match[1]
    rows = rows_of(program, source, log, "auth", "failed_logins.sql")
    check("failed logins", {k: (n, last_user[k]) for k, n in expected.items()},
          {(r["ADDRESS"], r["HOUR_START"]): (r["FAILURES"], r["LAST_USER"]) for r in rows})


def status_classes(program, source, shared):
    log = shared / "data" / "access.log"
    requests = collections.Counter()
    sent = collections.Counter()
    for line in log.read_text().splitlines():
        at = datetime.datetime.strptime(re.search(r"\[([^\]]+)\]", line)[1], "%d/%b/%Y:%H:%M:%S %z")
        match = re.search(r'" ([1-5])[0-9][0-9] ', line)
        key = (match[1] + "xx", window(int(at.timestamp() * 1000), HOUR_MS))
        requests[key] += 1
        size = re.search(r'" [0-9]{3} ([0-9]+)', line)
        sent[key] += int(size[1]) if size else 0
    rows = rows_of(program, source, log, "access", "status_classes.sql")
    check("status classes", {k: (n, sent[k]) for k, n in requests.items()},
          {(r["STATUS_CLASS"], r["HOUR_START"]): (r["REQUESTS"], r["BYTES_SENT"]) for r in rows})


def nginx_status(program, source, shared):
    log = shared / "data" / "nginx-status.json"
    expected = {}
    for line in log.read_text().splitlines():
        page = json.loads(line)
        key = (page["address"], window(page["timestamp"], MINUTE_MS))
        pages, active, total, failures, _ = expected.get(key, (0, -1, -1, -1, None))
        expected[key] = (pages + 1, max(active, page["connections"]["active"]),
                         max(total, page["requests"]["total"]),
                         max(failures, page["server_zones"]["hg.nginx.org"]["responses"]["5xx"]),
                         page["upstreams"]["trac-backend"]["peers"][0]["state"])
    rows = rows_of(program, source, log, "nginx", "nginx_status.sql",
                   "--timestamp-field", "timestamp")
    check("nginx status", expected,
          {(r["ADDRESS"], r["MINUTE_START"]): (r["PAGES"], r["MOST_ACTIVE"], r["TOTAL_REQUESTS"],
                                               r["HG_FAILURES"], r["TRAC_STATE"]) for r in rows})


def main():
    program, source, shared = sys.argv[1], pathlib.Path(sys.argv[2]), pathlib.Path(sys.argv[3])
    if not (shared / "data").is_dir():
        print("skipped: there are no sample logs here")
        return 77
    for journey in (failed_logins, status_classes, nginx_status):
        journey(program, source, shared)
    return 0


if __name__ == "__main__":
    sys.exit(main())

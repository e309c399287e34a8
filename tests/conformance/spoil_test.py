"""Holds `leat test` to its word: a runner that passes everything would be worthless.

Runs the cases of this folder, which must pass. Then spoils them, one fact at a time: each leaf of
each expected record and of each fact stated afterwards is changed, records are dropped, doubled
and swapped, messages altered. Every spoilt case must fail, alone. A few changes that mean nothing
(a DOUBLE off by less than the tolerance, names in small letters) must still pass.

Usage: spoil_test.py LEAT [unittest options]
"""
import copy
import json
import pathlib
import re
import subprocess
import sys
import tempfile
import unittest
import xml.etree.ElementTree

LEAT = sys.argv.pop(1)
CASES = pathlib.Path(__file__).parent / "cases"

# Numbers with a fraction travel through Python as marked strings, so that 12.30 stays 12.30.
MARK = "@number:"


def load(text):
    return json.loads(text, parse_float=lambda digits: MARK + digits)


def dump(value):
    return re.sub(f'"{MARK}([^"]*)"', r"\1", json.dumps(value))


def is_marked(value):
    return isinstance(value, str) and value.startswith(MARK)


def spoilt_leaf(value):
    """Other values of the same kind, each different from value, and null for what is not null."""
    if value is None:
        return ["not null"]
    if isinstance(value, bool):
        return [not value, None]
    if isinstance(value, int):
        return [value + 1, str(value), None]
    if is_marked(value):
        digits = value.removeprefix(MARK)
        return [MARK + ("2" + digits if digits[0] != "-" else "-2" + digits[1:]), None]
    return [value + "x", None]


def leaves(value, path=()):
    if isinstance(value, dict):
        for name, member in value.items():
            yield from leaves(member, path + (name,))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from leaves(item, path + (index,))
    else:
        yield path, value


def put(root, path, value):
    for step in path[:-1]:
        root = root[step]
    root[path[-1]] = value


def changed(case, path, value):
    case = copy.deepcopy(case)
    put(case, path, value)
    return case


# What a null says there is the same as not to say it, and the case of the letters does not count.
OPTIONAL = {"timestamp", "windowSize", "schema", "type", "isSource", "keyFormat", "valueFormat",
            "format", "partitions", "window"}


def spoil_leaves(case, *prefix):
    root = case
    for step in prefix:
        root = root[step]
    for path, value in leaves(root, prefix):
        for other in spoilt_leaf(value):
            is_silence = other is None and path[-1] in OPTIONAL
            if not is_silence:
                yield f"{'.'.join(map(str, path))} = {dump(other)}", changed(case, path, other)


def spoil_records(case):
    """One record too few, too many, in the wrong place, or with a member too few or too many."""
    records = case["outputs"]
    for index, record in enumerate(records):
        others = records[:index] + records[index + 1:]
        if any(other["topic"] == record["topic"] for other in others):
            yield f"record {index} dropped", case | {"outputs": others}
        yield f"record {index} doubled", case | {"outputs": records[:index] + [record] +
                                                 records[index:]}
        same = [i for i in range(index + 1, len(records)) if records[i]["topic"] == record["topic"]]
        if same:
            swapped = list(records)
            swapped[index], swapped[same[0]] = swapped[same[0]], swapped[index]
            yield f"record {index} swapped with {same[0]}", case | {"outputs": swapped}
        if isinstance(record["value"], dict):
            for name in record["value"]:
                value = {n: v for n, v in record["value"].items() if n != name}
                yield f"record {index}.{name} left out", changed(case, ("outputs", index, "value"),
                                                                 value)
            yield f"record {index} with one more member", changed(
                case, ("outputs", index, "value", "MORE"), None)
        for part in ("window", "headers"):
            if part in record:
                less = {name: value for name, value in record.items() if name != part}
                yield f"record {index} without {part}", changed(case, ("outputs", index), less)
        yield f"record {index} with a window", changed(
            case, ("outputs", index, "window"), {"start": 77, "end": 78, "type": "time"})
        yield f"record {index} with another header", changed(
            case, ("outputs", index, "headers"), record.get("headers", []) +
            [{"KEY": "more", "VALUE": "aGk="}])


def spoil_decimals(case):
    """The scale of a DECIMAL counts: the members named DEC... and Amount are DECIMALs."""
    for path, value in leaves(case["outputs"], ("outputs",)):
        if is_marked(value) and value.endswith("0") and str(path[-1]).startswith("DEC"):
            yield f"{'.'.join(map(str, path))} with another scale", changed(case, path, value[:-1])


def spoil_post(case):
    yield from spoil_leaves(case, "post", "sources")
    if "topics" in case["post"]:
        yield from spoil_leaves(case, "post", "topics", "topics")
        for topic in case["post"]["topics"]["topics"]:
            yield "a blacklisted topic", changed(case, ("post", "topics", "blacklist"),
                                                 topic["name"][:-1] + ".")
    for source in case["post"].get("sources", []):
        for features in ("keyFeatures", "valueFeatures"):
            if features in source:
                index = case["post"]["sources"].index(source)
                other = [] if source[features] else ["WRAP_SINGLES"]
                yield f"{features} = {other}", changed(
                    case, ("post", "sources", index, features), other)


def spoil_failure(case):
    expected = case["expectedException"]
    if "message" in expected:
        yield "another message", changed(case, ("expectedException", "message"),
                                         expected["message"] + "!")
    yield "no failure expected", {n: v for n, v in case.items() if n != "expectedException"}


def spoil_responses(case):
    """Another fact in an answer, a row too few or too many, and, where it counts, another order."""
    yield from spoil_leaves(case, "responses")
    yield "one more response", case | {"responses": case["responses"] + [{"query": []}]}
    for index, response in enumerate(case["responses"]):
        rows = response.get("query", [])
        path = ("responses", index, "query")
        for at, row in enumerate(rows):
            yield f"response {index}: row {at} dropped", changed(
                case, path, rows[:at] + rows[at + 1:])
            yield f"response {index}: row {at} doubled", changed(
                case, path, rows[:at] + [row] + rows[at:])
        if "outputConditions" in case and rows:
            yield f"response {index}: the first two rows swapped", changed(
                case, path, [rows[1], rows[0]] + rows[2:])
    yield "an error expected", case | {"expectedError": {"message": ""}}


def spoil_error(case):
    expected = case["expectedError"]
    others = {"message": expected["message"] + "!", "type": expected["type"] + "x",
              "status": expected["status"] + 1}
    for name, other in others.items():
        yield f"{name} = {other}", changed(case, ("expectedError", name), other)
    yield "no error expected", {n: v for n, v in case.items() if n != "expectedError"} | {
        "responses": []}


def spoil_all(case):
    if "outputs" in case:
        yield from spoil_leaves(case, "outputs")
        yield from spoil_records(case)
        yield from spoil_decimals(case)
        yield "failure expected", case | {"expectedException": {"type": "any"}}
    if "post" in case:
        yield from spoil_post(case)
    if "expectedException" in case:
        yield from spoil_failure(case)
    if "responses" in case:
        yield from spoil_responses(case)
    if "expectedError" in case:
        yield from spoil_error(case)


def harmless(case):
    """Changes that must not matter."""
    for path, value in leaves(case.get("outputs", []), ("outputs",)):
        if path[-1] == "D" and is_marked(value):
            yield "D within the tolerance", changed(case, path, value + "0000009")
        if path[-1] == "timestamp":
            yield f"{path[1]} without timestamp", changed(case, path, None)
    for index, record in enumerate(case.get("outputs", [])):
        if isinstance(record["value"], dict):
            small = {name.lower(): value for name, value in record["value"].items()}
            yield f"record {index} in small letters", changed(
                case, ("outputs", index, "value"), small)
    for index, response in enumerate(case.get("responses", [])):
        rows = response.get("query", [])
        if rows and "outputConditions" not in case:
            yield f"response {index} in another order", changed(
                case, ("responses", index, "query"), rows[::-1])
        elif "admin" in response:
            yield f"nothing said of response {index}", changed(
                case, ("responses", index, "admin"), {})


def all_cases():
    for path in sorted(CASES.glob("*.json")):
        yield from load(path.read_text())["tests"]


class Runner(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.path = pathlib.Path(self.folder.name)

    def tearDown(self):
        self.folder.cleanup()

    def leat_test(self, *arguments):
        return subprocess.run([LEAT, "test", *map(str, arguments)], capture_output=True, text=True)

    def write(self, cases, name="cases.json"):
        path = self.path / name
        path.write_text(dump({"tests": cases}))
        return path

    def run_cases(self, cases):
        """Runs variants of cases; gives for each name whether it passed."""
        done = self.leat_test(self.write(cases), "--junit", self.path / "junit.xml")
        self.assertIn(done.returncode, (0, 1), done.stderr)
        suite = xml.etree.ElementTree.parse(self.path / "junit.xml").getroot()
        self.assertEqual(len(suite), len(cases))
        return {case.get("name"): case.find("failure") is None for case in suite}

    def variants(self, make):
        for case in all_cases():
            for what, variant in make(case):
                variant["name"] = f"{len(self.names)}: {case['name']}: {what}"
                self.names.append(variant["name"])
                yield variant

    def test_the_cases_pass(self):
        done = self.leat_test(CASES)
        self.assertEqual(done.returncode, 0, done.stdout)
        self.assertRegex(done.stdout, r"\d+ passed, 0 failed, 0 skipped\n$")

    def test_every_spoilt_case_fails(self):
        self.names = []
        results = self.run_cases([copy.deepcopy(case) for case in self.variants(spoil_all)])
        self.assertGreater(len(results), 300)
        self.assertEqual([name for name, passed in results.items() if passed], [])

    def test_harmless_changes_pass(self):
        self.names = []
        results = self.run_cases([copy.deepcopy(case) for case in self.variants(harmless)])
        self.assertGreater(len(results), 20)
        self.assertEqual([name for name, passed in results.items() if not passed], [])

    def test_the_result_does_not_depend_on_the_batch_size(self):
        for rows in (7, 4096):
            self.assertEqual(self.leat_test(CASES, "--batch", rows).returncode, 0, rows)

    def test_a_case_for_other_versions_is_skipped(self):
        case = next(all_cases())
        versions = [{"max": "5.5.0"}, {"min": "99.0.0"}, {"min": "7.2.0"}]
        path = self.write([case | {"versions": version} for version in versions])
        self.assertTrue(self.leat_test(path).stdout.endswith("1 passed, 0 failed, 2 skipped\n"))

    def test_formats_multiply_a_case(self):
        case = {"name": "n", "format": ["JSON", "DELIMITED"], "config": ["a", "b"],
                "properties": {"ksql.functions.x": "{CONFIG}"},
                "statements": ["CREATE STREAM S (V INT) WITH (KAFKA_TOPIC='s', "
                               "VALUE_FORMAT='{FORMAT}');"],
                "post": {"sources": [{"name": "S", "valueFormat": "JSON"}]}}
        done = self.leat_test(self.write([case]), "--verbose")
        self.assertIn("pass cases.json: n - JSON - a\npass cases.json: n - JSON - b\n", done.stdout)
        self.assertIn("FAIL cases.json: n - DELIMITED - a\n", done.stdout)
        self.assertTrue(done.stdout.endswith("2 passed, 2 failed, 0 skipped\n"))

    def test_only_picks_cases_by_name_or_file(self):
        self.assertTrue(self.leat_test(CASES, "--only", "sessions").stdout.startswith("1 passed"))
        self.assertTrue(self.leat_test(CASES, "--only", "windows.json").stdout.startswith("3 pass"))

    def test_a_malformed_case_fails_whatever_it_expects(self):
        case = next(all_cases()) | {"expectedException": {"type": "any"}}
        for spoilt in ({"statements": "SELECT"}, {"statements": []}, {"outputs": [{"key": 1}]},
                       {"inputs": {}}, {"post": []}, {"expectedException": "x"}, {"versions": {"min": "x"}}):
            done = self.leat_test(self.write([case | spoilt]))
            self.assertEqual(done.returncode, 1, spoilt)
            self.assertTrue(done.stdout.endswith("0 passed, 1 failed, 0 skipped\n"), done.stdout)

    def test_files_that_are_no_cases_fail_and_others_still_run(self):
        (self.path / "bad.json").write_text('{"tests": [\n  oops]}')
        (self.path / "empty.json").write_text("")
        (self.path / "other.json").write_text("[1]")
        (self.path / "deep.json").write_text("[" * 500 + "]" * 500)
        (self.path / "readme.txt").write_text("not read")
        self.write([next(all_cases())], "good.json")
        done = self.leat_test(self.path)
        self.assertEqual(done.returncode, 1)
        self.assertTrue(done.stdout.endswith("1 passed, 4 failed, 0 skipped\n"), done.stdout)
        self.assertIn("line 2, column 3", done.stdout)

    def test_wrong_usage_is_2(self):
        for arguments in ([], ["--batch", "0", CASES], ["--nothing", CASES], ["/does/not/exist"],
                          [CASES, "--only", "no case has this name"]):
            self.assertEqual(self.leat_test(*arguments).returncode, 2, arguments)


if __name__ == "__main__":
    unittest.main()

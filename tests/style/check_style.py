"""Checks the form of the sources: what a reader may rely on in every file of the tree.

Usage: check_style.py ROOT. Prints every violation as "file:line: what"; ends with 1 if there is
one.

The rules stand below as one function each, and the exceptions in two tables, each with its reason.
A rule that needs a compiler (warnings, variable-length arrays, unused code) is not checked here.
"""
import pathlib
import re
import sys

FOLDERS = ["base", "parser", "planner", "functions", "formats", "state", "topics", "operators",
           "engine", "server", "shell", "tests"]
SKIPPED_FOLDERS = {".git", "build", ".cache", "__pycache__"}
TEXT_SUFFIXES = {".c", ".h", ".y", ".py", ".md", ".txt", ".cmake", ".json", ".sql", ".sh", ".yml",
                 ".yaml", ""}

COLUMNS_MAX = 100
FUNCTION_LINES_MAX = 70
FILE_LINES_MAX = 650

# Files that are tables or cases rather than code: cutting them would only scatter them.
LONG_FILES = {
    "tests/base/decimal_test.c": "vectors of BigDecimal, one table for each operation",
    "tests/state/committer_test.c": "one life of the committer, told in many short cases",
    "tests/topics/topics_test.c": "one contract, topics.h, told in many short cases",
}
# Functions that are one switch or one table: each arm is short, and the whole is read as a list.
LONG_FUNCTIONS = {
    ("parser/print_expression.c", "printer_expression"): "the switch over all kinds of expressions",
    ("parser/print_statement.c", "printer_statement"): "the switch over all kinds of statements",
}


def source_files(root):
    for folder in FOLDERS:
        for path in sorted(root.joinpath(folder).glob("**/*.[ch]")):
            yield path.relative_to(root).as_posix(), path.read_text(encoding="utf-8")


def opening_comment(name, text):
    """The first thing in a file is a comment that names the file and says what it is for."""
    if not text.startswith("/*"):
        yield 1, "does not open with a comment"
        return
    comment = text[:text.index("*/")]
    words = comment[2:].split(None, 1)
    wanted = pathlib.PurePosixPath(name).name
    if not words or words[0].rstrip(":,.") not in (wanted, name):
        yield 1, f"the opening comment does not begin with {wanted}"
    elif len(words) < 2 or len(words[1].replace("*", " ").split()) < 4:
        yield 1, "the opening comment does not say what the file is for"


def include_guard(name, text):
    """A header's guard is its path: base/arena.h has BASE_ARENA_H."""
    if not name.endswith(".h"):
        return
    guard = re.sub(r"[/.\-]", "_", name).upper()
    if not re.search(rf"^#ifndef {guard}\n#define {guard}\n", text, re.M):
        yield 1, f"no include guard {guard}"


def file_length(name, text):
    count = text.count("\n")
    if count > FILE_LINES_MAX and name not in LONG_FILES:
        yield count, f"{count} lines; at most {FILE_LINES_MAX}"


FUNCTION_START = re.compile(r"^(?:[A-Za-z_][\w \t*]*?)\b(\w+)\s*\(")


def function_length(name, text):
    """A function begins where a line at the left edge starts what a '{' at the left edge opens."""
    lines = text.split("\n")
    start = function = None
    is_open = False
    for number, line in enumerate(lines, 1):
        if line.startswith("}") and is_open:
            count = number - start + 1
            if count > FUNCTION_LINES_MAX and (name, function) not in LONG_FUNCTIONS:
                yield start, f"{function}() has {count} lines; at most {FUNCTION_LINES_MAX}"
            is_open = False
        elif line == "{" and start:
            is_open = True
        elif not is_open and line[:1].isalpha():
            match = FUNCTION_START.match(line)
            start, function = (number, match.group(1)) if match else (None, None)


LINE_RULES = [
    (re.compile(r"\t"), "a tab"),
    (re.compile(r"[ \t]+$"), "white space at the end"),
    (re.compile(r"\btypedef\s+(struct|enum|union)\b[^(]*$"),
     "a typedef of a struct, enum or union"),
    (re.compile(r"\b(setjmp|longjmp|alloca)\s*\("), "setjmp, longjmp and alloca are not used"),
    (re.compile(r"^\s*//|;\s*//"), "a // comment"),
    (re.compile(r"^\s*#\s*if\s+0\b"), "code that is switched off"),
]


# A test vector is read across: a row of a table in tests/ stands on one line, however long.
VECTOR = re.compile(r"^\s+\{.*\},?$")


def line_rules(name, text):
    for number, line in enumerate(text.split("\n"), 1):
        is_vector = name.startswith("tests/") and VECTOR.match(line)
        if len(line) > COLUMNS_MAX and not is_vector:
            yield number, f"{len(line)} columns; at most {COLUMNS_MAX}"
        for pattern, what in LINE_RULES:
            if pattern.search(line):
                yield number, what
    if not text.endswith("\n") or text.endswith("\n\n"):
        yield text.count("\n"), "does not end with exactly one end of line"


COMMENT_OR_TEXT = re.compile(r'/\*.*?\*/|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'', re.S)


def nested_choice(_name, text):
    """One `?` per expression: a second one beside it, in no brackets of its own, is an `if`."""
    code = COMMENT_OR_TEXT.sub(lambda match: "\n" * match.group(0).count("\n"), text)
    counts = [0]
    line = 1
    for character in code:
        if character == "\n":
            line += 1
        elif character in "([{":
            counts.append(0)
        elif character in ")]}":
            counts = counts[:-1] or [0]
        elif character in ",;":
            counts[-1] = 0
        elif character == "?":
            counts[-1] += 1
            if counts[-1] == 2:
                yield line, "a choice (?:) within a choice"


# Spelled in two parts, so that this file is under the rule too.
STRAY_WORDS = [
    (re.compile(r"\b(TO" + r"DO|FIX" + r"ME|HA" + r"CK|XX" + r"X:)(?!\w)"),
     "a note to do something later"),
    (re.compile(r"(?<![\w.~])/(wo" + r"rk|ro" + r"ot|ho" + r"me)/"), "a path of one machine"),
    (re.compile(r"\b(py" + r"pi\.org|registry\.npm" + r"js|crates" + r"\.io|proxy\.gol" + r"ang|"
                r"deb\.deb" + r"ian|files\.pyth" + r"onhosted|rubyg" + r"ems\.org)"),
     "the host of a registry"),
    (re.compile(r"\b(sub-?ag" + r"ents?|ag" + r"entic|Cla" + r"ude|"
                r"Anthr" + r"opic|Chat" + r"GPT|LL" + r"Ms?|co-?work" + r"er|"
                r"work" + r"tree|work" + r"stream)\b", re.I),
     "a word about how the project is made"),
    (re.compile(r"\b(as of|since|on|written|updated|measured on)\s+20[12]\d-\d\d-\d\d\b", re.I),
     "a date in a comment"),
]


def stray_words(root):
    """Over all texts of the repository, not only sources."""
    for path in sorted(root.rglob("*")):
        name = path.relative_to(root)
        if SKIPPED_FOLDERS & set(name.parts) or path.suffix not in TEXT_SUFFIXES:
            continue
        if not path.is_file():
            continue
        try:
            text = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue
        for pattern, what in STRAY_WORDS:
            for match in pattern.finditer(text):
                line = text.count("\n", 0, match.start()) + 1
                yield f"{name.as_posix()}:{line}: {what}: {match.group(0)}"


def is_named(stem, readme_words):
    """By its own name, or in a family: `eval_*` names eval_cast, `_parse` all that end so."""
    if stem in readme_words:
        return True
    families = (word for word in readme_words if "*" in word)
    if any(re.fullmatch(re.escape(word).replace(r"\*", ".*"), stem) for word in families):
        return True
    return any(word.startswith("_") and stem.endswith(word) for word in readme_words)


def readme_names_all(root):
    """A folder's README names every file or family of files; that of tests/ every subfolder."""
    for folder in FOLDERS:
        readme = root / folder / "README.md"
        if not readme.exists():
            yield f"{folder}/README.md: missing"
            continue
        spans = re.findall(r"`([^`\n]+)`", readme.read_text(encoding="utf-8"))
        words = {re.sub(r"\.[chy]$", "", word.rstrip("/")) for word in " ".join(spans).split()}
        if folder == "tests":
            stems = {path.name for path in (root / folder).iterdir() if path.is_dir()}
        else:
            stems = {path.stem for path in (root / folder).glob("*.[chy]")}
        for stem in sorted(stems - {"__pycache__"}):
            if not is_named(stem, words):
                yield f"{folder}/README.md: does not name {stem}"


def stale_exceptions(root, files):
    """An exception that nothing needs any more is itself a violation."""
    for name in LONG_FILES:
        if files.get(name, "").count("\n") <= FILE_LINES_MAX:
            yield f"{name}: needs no place in LONG_FILES"
    for name, function in LONG_FUNCTIONS:
        if not re.search(rf"\b{function}\(", files.get(name, "")):
            yield f"{name}: has no {function}() for LONG_FUNCTIONS"


FILE_RULES = [opening_comment, include_guard, file_length, function_length, line_rules,
              nested_choice]


def violations(root):
    files = dict(source_files(root))
    for name, text in files.items():
        for rule in FILE_RULES:
            for line, what in rule(name, text):
                yield f"{name}:{line}: {what}"
    yield from stray_words(root)
    yield from readme_names_all(root)
    yield from stale_exceptions(root, files)


def main():
    found = list(violations(pathlib.Path(sys.argv[1])))
    print("\n".join(found) or "the style holds")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())

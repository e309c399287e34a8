"""Every header compiles alone: whoever includes it needs to include nothing before it.

Usage: check_headers.py COMPILER ROOT GENERATED_DIR. Prints what the compiler says of those that
do not.
"""
import concurrent.futures
import pathlib
import subprocess
import sys

FOLDERS = ["base", "parser", "planner", "functions", "formats", "state", "topics", "operators",
           "engine", "server", "shell", "tests"]
WORKERS = 2


def complaint(compiler, root, generated, header):
    run = subprocess.run(
        [compiler, "-fsyntax-only", "-std=gnu17", "-D_GNU_SOURCE", "-Wall", "-Wextra", "-Werror",
         "-Wno-unused-function", "-Wno-unused-const-variable", "-I", root, "-I", generated,
         "-x", "c", header],
        capture_output=True, text=True)
    return run.stderr if run.returncode else ""


def main():
    compiler, root, generated = sys.argv[1], pathlib.Path(sys.argv[2]), sys.argv[3]
    headers = [path for folder in FOLDERS for path in sorted(root.joinpath(folder).glob("**/*.h"))]
    with concurrent.futures.ThreadPoolExecutor(WORKERS) as pool:
        found = [text for text in pool.map(
            lambda header: complaint(compiler, root, generated, header), headers) if text]
    print("\n".join(found) or f"{len(headers)} headers compile alone")
    return 1 if found or not headers else 0


if __name__ == "__main__":
    sys.exit(main())

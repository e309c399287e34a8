"""Checks the strata: which folder includes from which, and who may include a library's header.

The table is the one of the design: a folder may include only from folders that it lists, and a
third-party header belongs to one folder, a few named ones, or the files of a folder whose names
begin alike. Prints every violation.
"""
import pathlib
import re
import sys

MAY_INCLUDE = {
    "base": {"base"},
    "parser": {"base", "parser"},
    "functions": {"base", "functions"},
    "formats": {"base", "formats"},
    "state": {"base", "state"},
    "topics": {"base", "state", "topics"},
    "planner": {"base", "parser", "functions", "formats", "planner"},
    "operators": {"base", "functions", "state", "operators"},
    "engine": {"base", "parser", "functions", "formats", "state", "topics", "planner",
               "operators", "engine"},
    "shell": {"base", "parser", "formats", "state", "topics", "engine", "server", "shell"},
    "server": {"base", "formats", "engine", "server"},
}
# Operators that stand at the edge of the dataflow also see formats and topics.
EDGE_OPERATORS = re.compile(r"operators/(source|sink)[a-z_]*\.[ch]$")
LIBRARY_HOME = {
    "sqlite3.h": {"state"},
    "lz4.h": {"state", "topics"},
    "pcre2.h": {"functions"},
    "xxhash.h": {"base"},
    "utf8proc.h": {"base"},
    "microhttpd.h": {"server"},
    "nghttp2/nghttp2.h": {"server"},
    "wslay/wslay.h": {"server/websocket"},
    "gnutls/crypto.h": {"server/websocket"},
    "librdkafka/rdkafka.h": {"topics"},
    "jansson.h": {"formats", "engine", "shell", "server"},
    "curl/curl.h": {"shell"},
    "gnutls/gnutls.h": {"server/tls"},
    "gnutls/x509.h": {"server/tls"},
}
INCLUDE = re.compile(r'^\s*#\s*include\s+([<"])([^">]+)[">]')


def violations(root):
    for folder, allowed in MAY_INCLUDE.items():
        for path in sorted(root.joinpath(folder).glob("**/*.[chy]")):
            name = path.relative_to(root).as_posix()
            for number, line in enumerate(path.read_text().splitlines(), 1):
                match = INCLUDE.match(line)
                if not match:
                    continue
                header = match.group(2)
                target = header.split("/")[0]
                if match.group(1) == '"' and target in MAY_INCLUDE and target not in allowed:
                    edge = EDGE_OPERATORS.search(name) and target in {"formats", "topics"}
                    if not edge:
                        yield f"{name}:{number}: {folder} may not include {header}"
                homes = LIBRARY_HOME.get(header, {folder})
                if not any(folder == home or name.startswith(home) for home in homes):
                    yield f"{name}:{number}: {header} belongs to {sorted(homes)}"
        for path in sorted(root.joinpath(folder).glob("**/*.c")):
            if folder != "base" and re.search(r"\b(malloc|calloc|realloc)\s*\(", path.read_text()):
                yield f"{path.relative_to(root)}: allocates outside of base/memory.c"


def main():
    root = pathlib.Path(sys.argv[1])
    found = list(violations(root))
    print("\n".join(found) or "the strata hold")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())

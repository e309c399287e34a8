"""Published ksqlDB clients against a server, each against a new one on a free port.

The packages are installed by `npm ci` into a directory of the build tree, once. Where npm is
missing or the registry cannot be reached, the test is skipped with a notice.
Usage: clients_test.py LEAT DIRECTORY
"""
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

HERE = pathlib.Path(__file__).parent
LEAT = sys.argv.pop(1)
DIRECTORY = pathlib.Path(sys.argv.pop(1))
SKIPPED = 77
INSTALL_SECONDS = 120
CLIENT_SECONDS = 60


def skip(why):
    print("skipped:", why, file=sys.stderr)
    sys.exit(SKIPPED)


def install():
    """Copies the scripts next to the packages, so that node finds them, and installs those."""
    DIRECTORY.mkdir(parents=True, exist_ok=True)
    for path in [*HERE.glob("*.js"), HERE / "package.json"]:
        shutil.copy(path, DIRECTORY)
    lock = (HERE / "package-lock.json").read_bytes()
    done = DIRECTORY / "installed-lock.json"
    if done.exists() and done.read_bytes() == lock:
        return
    if not shutil.which("npm") or not shutil.which("node"):
        skip("npm is not installed")
    (DIRECTORY / "package-lock.json").write_bytes(lock)
    command = ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
    try:
        result = subprocess.run(command, cwd=DIRECTORY, capture_output=True, text=True,
                                timeout=INSTALL_SECONDS, check=False)
    except subprocess.TimeoutExpired:
        skip("the registry does not answer")
    if result.returncode != 0:
        skip("npm ci: " + result.stderr.strip()[-500:])
    done.write_bytes(lock)


class Client(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.log = open(pathlib.Path(self.folder.name) / "log", "w+")
        self.server = subprocess.Popen(
            [LEAT, "serve", "--listen", "127.0.0.1:0", "--data", self.folder.name + "/data"],
            stdout=subprocess.PIPE, stderr=self.log, text=True)
        line = self.server.stdout.readline()
        self.url = re.search(r"http://\S+", line).group()

    def tearDown(self):
        self.server.terminate()
        self.assertEqual(self.server.wait(timeout=20), 0)
        self.server.stdout.close()
        self.log.close()
        self.folder.cleanup()

    def tell(self, script):
        done = subprocess.run(["node", script, self.url], cwd=DIRECTORY, capture_output=True,
                              text=True, timeout=CLIENT_SECONDS, check=False)
        self.log.seek(0)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr + self.log.read())

    def test_ksqldb_client(self):
        self.tell("ksqldb_client.js")

    def test_ksqldb_js(self):
        self.tell("ksqldb_js.js")

    def test_ksqldb_rx_client(self):
        self.tell("ksqldb_rx_client.js")

    def test_ksqldb_client_node(self):
        self.tell("ksqldb_client_node.js")

    def test_node_http2(self):
        self.tell("node_http2.js")


if __name__ == "__main__":
    install()
    unittest.main()

"""`leat datagen SET --server URL` against a server of its own. Usage: datagen_test.py LEAT"""
import re
import subprocess
import sys
import time
import unittest

LEAT = sys.argv.pop(1)
SETS = ("clickstream", "orders", "pageviews", "ratings", "users")


def leat(*arguments):
    return subprocess.run([LEAT, *arguments], capture_output=True, text=True, timeout=60)


class Datagen(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = subprocess.Popen([LEAT, "serve", "--listen", "127.0.0.1:0"],
                                      stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        cls.url = re.search(r"http://\S+", cls.server.stdout.readline()).group()

    @classmethod
    def tearDownClass(cls):
        cls.server.terminate()
        cls.server.wait(30)
        cls.server.stdout.close()

    def rows(self, name):
        return leat("shell", self.url, "--output", "JSON", "-e",
                    f"SELECT * FROM {name};").stdout.splitlines()

    def test_every_set_arrives_whole(self):
        for name in SETS:
            done = leat("datagen", name, "--server", self.url, "--events", "23")
            self.assertEqual((done.returncode, done.stderr), (0, ""), name)
            rows = self.rows(name)
            self.assertEqual(len(rows), 23, name)
            self.assertNotIn("null", "".join(rows), name)

    def test_rate_is_kept_and_a_second_run_goes_on(self):
        leat("datagen", "ratings", "--server", self.url, "--events", "1")
        before = len(self.rows("ratings"))
        start = time.monotonic()
        done = leat("datagen", "ratings", "--server", self.url, "--events", "30", "--rate", "20")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertGreater(time.monotonic() - start, 1.4)
        self.assertEqual(len(self.rows("ratings")), before + 30)

    def test_wrong_usage_and_missing_server(self):
        self.assertEqual(leat("datagen", "orders").returncode, 2)
        self.assertEqual(leat("datagen", "nexmark", "--server", self.url).returncode, 2)
        self.assertEqual(leat("datagen", "weather", "--server", self.url).returncode, 2)
        self.assertEqual(
            leat("datagen", "orders", "--server", "127.0.0.1:1", "--events", "1").returncode, 1)


if __name__ == "__main__":
    unittest.main()

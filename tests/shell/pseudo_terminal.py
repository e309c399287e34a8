"""A program in a pseudo-terminal, and the screen that a person would see: enough of a terminal
for tests to compare cells.
"""
import fcntl
import os
import pty
import re
import select
import signal
import struct
import termios
import time
import unicodedata

SEQUENCE = re.compile(r"\x1b\[\??([0-9;]*)([A-Za-z])")


def cells_of(character):
    if unicodedata.combining(character):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


class Screen:
    """Rows of cells without a bottom: what scrolls away stays."""

    def __init__(self, columns):
        self.columns = columns
        self.rows = [[]]
        self.row = 0
        self.column = 0

    def put(self, character):
        if cells_of(character) == 0:
            self.rows[self.row][self.column - 1] += character
            return
        if self.column >= self.columns:
            self.line_feed()
            self.column = 0
        row = self.rows[self.row]
        row.extend(" " * (self.column - len(row)))
        row[self.column:self.column + 1] = [character]
        self.column += 1
        if cells_of(character) == 2:
            row[self.column:self.column + 1] = [""]
            self.column += 1

    def line_feed(self):
        self.row += 1
        if self.row == len(self.rows):
            self.rows.append([])

    def control(self, argument, final):
        count = int(argument.split(";")[0] or 1) if argument.replace(";", "").isdigit() else 1
        if final == "A":
            self.row = max(self.row - count, 0)
        elif final == "C":
            self.column += count
        elif final in "JK":
            self.rows[self.row] = self.rows[self.row][:self.column]
            if final == "J":
                del self.rows[self.row + 1:]

    def resize(self, columns):
        """Breaks rows anew, as most terminals do; each row here ended with a line feed."""
        rows, row, column = [], 0, 0
        for number, cells in enumerate(self.rows):
            if number == self.row:
                row = len(rows) + self.column // columns
                column = self.column % columns
            parts = [cells[at:at + columns] for at in range(0, len(cells), columns)] or [[]]
            rows.extend(parts)
        rows.extend([] for _ in range(len(rows), row + 1))
        self.rows, self.row, self.column, self.columns = rows, row, column, columns

    def feed(self, text):
        at = 0
        while at < len(text):
            match = SEQUENCE.match(text, at)
            if match:
                self.control(*match.groups())
                at = match.end()
                continue
            if text[at] == "\r":
                self.column = 0
            elif text[at] == "\n":
                self.line_feed()
            else:
                self.put(text[at])
            at += 1

    def lines(self):
        return ["".join(row).rstrip() for row in self.rows]


class Terminal:
    """command at a terminal of so many columns and rows."""

    def __init__(self, command, environment, columns=80, rows=24):
        self.columns = columns
        self.sizes = [(0, columns)]  # from which character of raw on
        self.raw = ""
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            os.execvpe(command[0], command, environment)
        fcntl.ioctl(self.fd, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
        self.pending = b""

    def read(self, seconds):
        if not select.select([self.fd], [], [], seconds)[0]:
            return False
        try:
            data = os.read(self.fd, 65536)
        except OSError:
            return False
        self.pending += data
        text = self.pending.decode("utf-8", "ignore")
        if text.encode() == self.pending:
            self.raw += text
            self.pending = b""
        return bool(data)

    def resize(self, columns, rows=24):
        """Makes the window another size, of which the program is told."""
        while self.read(0.3):
            pass
        self.sizes.append((len(self.raw), columns))
        fcntl.ioctl(self.fd, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    def lines(self):
        screen = Screen(self.sizes[0][1])
        ends = [start for start, _ in self.sizes[1:]] + [len(self.raw)]
        for (start, columns), end in zip(self.sizes, ends):
            if start:
                screen.resize(columns)
            screen.feed(self.raw[start:end])
        return screen.lines()

    def wait_for(self, condition, seconds=20):
        """Reads until condition(lines) holds."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if condition(self.lines()):
                return self.lines()
            self.read(0.1)
        raise AssertionError("never seen; the screen is:\n" + "\n".join(self.lines()))

    def see(self, text, seconds=20):
        return self.wait_for(lambda lines: any(text in line for line in lines), seconds)

    def prompt(self, prompt="ksql>", seconds=20):
        """Waits until the last line is this prompt with nothing behind it."""
        return self.wait_for(lambda lines: lines[-1] == prompt, seconds)

    def type(self, text):
        os.write(self.fd, text.encode())

    def run(self, statement):
        """Types a statement at the prompt; gives the lines that it printed."""
        self.prompt()
        before = len(self.lines())
        self.type(statement + "\r")
        self.wait_for(lambda lines: len(lines) > before and lines[-1] == "ksql>")
        return self.lines()[before:-1]

    def end(self, seconds=20):
        """Waits for the end of the program; gives its exit code."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            self.read(0.05)
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                os.close(self.fd)
                self.pid = 0
                return os.waitstatus_to_exitcode(status)
        raise AssertionError("it does not end; the screen is:\n" + "\n".join(self.lines()))

    def kill(self):
        if self.pid:
            os.kill(self.pid, signal.SIGKILL)
            os.waitpid(self.pid, 0)
            os.close(self.fd)
            self.pid = 0

"""A small HTTP/2 client that shows frames as they come, for the tests of this folder.

Header blocks are decoded with libnghttp2, which the server needs anyway; everything else is a few
lines over a socket.
"""
import ctypes
import socket
import struct
import time

from harness import PATIENCE_S

DATA, HEADERS, RST_STREAM, SETTINGS, PING, GOAWAY, WINDOW_UPDATE = 0, 1, 3, 4, 6, 7, 8
END_STREAM, ACK, END_HEADERS = 1, 1, 4
PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
WIDE_WINDOW = 2 ** 30


class _NameValue(ctypes.Structure):
    _fields_ = [("name", ctypes.POINTER(ctypes.c_char)), ("value", ctypes.POINTER(ctypes.c_char)),
                ("name_bytes", ctypes.c_size_t), ("value_bytes", ctypes.c_size_t),
                ("flags", ctypes.c_uint8)]


class _Inflater:
    def __init__(self):
        self.library = ctypes.CDLL("libnghttp2.so.14")
        self.library.nghttp2_hd_inflate_hd2.restype = ctypes.c_ssize_t
        self.handle = ctypes.c_void_p()
        self.library.nghttp2_hd_inflate_new(ctypes.byref(self.handle))

    def decode(self, block):
        headers = []
        while True:
            pair, flags = _NameValue(), ctypes.c_int(0)
            used = self.library.nghttp2_hd_inflate_hd2(
                self.handle, ctypes.byref(pair), ctypes.byref(flags), block,
                ctypes.c_size_t(len(block)), 1)
            assert used >= 0, used
            block = block[used:]
            if flags.value & 2:
                headers.append((pair.name[:pair.name_bytes].decode(),
                                pair.value[:pair.value_bytes].decode()))
            if flags.value & 1 or (not block and not flags.value & 2):
                self.library.nghttp2_hd_inflate_end_headers(self.handle)
                return dict(headers)


def _encode(headers):
    """Literals without indexing or compression; lengths below 127 + 2^14."""
    def text(value):
        value = value.encode()
        if len(value) < 127:
            return bytes([len(value)]) + value
        rest = len(value) - 127
        more = b""
        while rest >= 128:
            more += bytes([rest % 128 + 128])
            rest //= 128
        return b"\x7f" + more + bytes([rest]) + value
    return b"".join(b"\x00" + text(name) + text(value) for name, value in headers)


class Http2Stream:
    """What has come of one answer."""

    def __init__(self):
        self.headers = None
        self.frames = []
        self.has_ended = False
        self.reset_code = None

    @property
    def status(self):
        return int(self.headers[":status"]) if self.headers else None

    @property
    def body(self):
        return b"".join(self.frames).decode()

    @property
    def lines(self):
        return self.body.splitlines()


class Http2:
    def __init__(self, server, window=WIDE_WINDOW, upgrade=None, connected=None):
        """upgrade: the bytes of a request in HTTP/1.1 that asks for HTTP/2; it becomes stream 1.
        connected: a socket to the server, when there is one already."""
        self.socket = connected or socket.create_connection(("127.0.0.1", server.port),
                                                            timeout=PATIENCE_S)
        self.inflater = _Inflater()
        self.input = b""
        self.streams = {}
        self.next_id = 1
        self.goaway = None
        self.windows = {0: 65535}  # what may be sent; 0 is the connection
        self.first_window = 65535
        if upgrade:
            self._upgrade(upgrade)
        self.socket.sendall(PREFACE)
        self.frame(SETTINGS, 0, 0, struct.pack(">HI", 4, window))
        self.frame(WINDOW_UPDATE, 0, 0, struct.pack(">I", WIDE_WINDOW))
        self.read()  # the server's settings, with the window that rows are sent into

    def _upgrade(self, request):
        self.socket.sendall(request)
        head = b""
        while not head.endswith(b"\r\n\r\n"):
            byte = self.socket.recv(1)
            assert byte, head
            head += byte
        assert head.startswith(b"HTTP/1.1 101 "), head
        self.streams[1] = Http2Stream()
        self.next_id = 3

    def close(self):
        self.socket.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def frame(self, kind, flags, stream, payload=b""):
        head = struct.pack(">I", len(payload))[1:] + bytes([kind, flags]) + struct.pack(">I", stream)
        self.socket.sendall(head + payload)

    def request(self, method, path, body=None, headers=(), has_ended=True):
        """Sends a request; its stream's number."""
        number = self.next_id
        self.next_id += 2
        self.streams[number] = Http2Stream()
        fields = [(":method", method), (":scheme", "http"), (":path", path), (":authority", "x"),
                  *headers]
        is_last = has_ended and body is None
        self.frame(HEADERS, END_HEADERS | (END_STREAM if is_last else 0), number, _encode(fields))
        if body is not None:
            self.send(number, body, has_ended)
        return number

    def send(self, number, body, has_ended=False):
        data = body.encode() if isinstance(body, str) else body
        stream = self.streams[number]
        while True:
            room = min(self.windows[0], self.windows.setdefault(number, self.first_window), 16384)
            part = data[:max(room, 0)]
            if data and not part:
                if stream.has_ended or stream.reset_code is not None or not self.read():
                    return
                continue
            data = data[len(part):]
            self.windows[0] -= len(part)
            self.windows[number] -= len(part)
            self.frame(DATA, END_STREAM if has_ended and not data else 0, number, part)
            if not data:
                return

    def reset(self, number, code=8):
        self.frame(RST_STREAM, 0, number, struct.pack(">I", code))

    def _take_frame(self, kind, flags, number, payload):
        stream = self.streams.get(number)
        if kind == SETTINGS and not flags & ACK:
            for at in range(0, len(payload), 6):
                if payload[at:at + 2] == b"\0\4":
                    self.first_window = int.from_bytes(payload[at + 2:at + 6], "big")
            self.frame(SETTINGS, ACK, 0)
        elif kind == WINDOW_UPDATE:
            more = int.from_bytes(payload, "big")
            self.windows[number] = self.windows.setdefault(number, self.first_window) + more
        elif kind == GOAWAY:
            self.goaway = struct.unpack(">I", payload[4:8])[0]
        elif kind == HEADERS:
            headers = self.inflater.decode(payload)
            stream.headers = stream.headers or headers
        elif kind == DATA and payload:
            stream.frames.append(payload)
        elif kind == RST_STREAM:
            stream.reset_code = struct.unpack(">I", payload)[0]
        if kind in (DATA, HEADERS) and flags & END_STREAM:
            stream.has_ended = True

    def read(self, timeout=PATIENCE_S):
        """Takes in what comes next; False: nothing came in time, or the server has closed."""
        self.socket.settimeout(timeout)
        try:
            data = self.socket.recv(65536)
        except (TimeoutError, ConnectionResetError):
            return False
        self.input += data
        while len(self.input) >= 9:
            length = int.from_bytes(self.input[:3], "big")
            if len(self.input) < 9 + length:
                break
            number = int.from_bytes(self.input[5:9], "big") & 0x7FFFFFFF
            self._take_frame(self.input[3], self.input[4], number, self.input[9:9 + length])
            self.input = self.input[9 + length:]
        return bool(data)

    def until(self, condition, seconds=PATIENCE_S):
        end = time.monotonic() + seconds
        while not condition():
            left = end - time.monotonic()
            if left <= 0 or not self.read(left):
                raise AssertionError(f"it did not happen; goaway {self.goaway}")

    def answer(self, number):
        """The stream when it has ended."""
        stream = self.streams[number]
        self.until(lambda: stream.has_ended or stream.reset_code is not None)
        return stream

    def ask(self, method, path, body=None, headers=()):
        return self.answer(self.request(method, path, body, headers))

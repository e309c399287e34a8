"""A WebSocket client on a raw socket, which can also break every rule, for the tests."""
import base64
import hashlib
import json
import os
import socket
import struct
import urllib.parse

from harness import PATIENCE_S

CONTINUATION, TEXT, BINARY, CLOSE, PING, PONG = 0, 1, 2, 8, 9, 10
GUID = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"


def frame(opcode, payload=b"", fin=True, masked=True, rsv=0, announce=None):
    """The bytes of one frame; announce: a length that need not be true."""
    length = len(payload) if announce is None else announce
    mask_bit = 0x80 if masked else 0
    head = bytes([(0x80 if fin else 0) | rsv << 4 | opcode])
    if length < 126:
        head += bytes([mask_bit | length])
    elif length < 65536:
        head += bytes([mask_bit | 126]) + struct.pack(">H", length)
    else:
        head += bytes([mask_bit | 127]) + struct.pack(">Q", length)
    if not masked:
        return head + payload
    mask = os.urandom(4)
    return head + mask + bytes(byte ^ mask[i % 4] for i, byte in enumerate(payload))


def target(sql=None, version=None, path="/ws/query", **fields):
    """The path of a request for sql; fields: more members of the JSON."""
    parameters = {}
    if sql is not None:
        parameters["request"] = json.dumps({"ksql": sql, **fields})
    if version is not None:
        parameters["version"] = version
    return path + ("?" + urllib.parse.urlencode(parameters) if parameters else "")


def handshake(path, key=None, **headers):
    """The bytes of a request; headers (with _ for -) replace the usual ones; None leaves one out."""
    key = key or base64.b64encode(os.urandom(16)).decode()
    usual = {"Host": "localhost", "Upgrade": "websocket", "Connection": "Upgrade",
             "Sec-WebSocket-Key": key, "Sec-WebSocket-Version": "13"}
    usual.update({name.replace("_", "-"): value for name, value in headers.items()})
    lines = [f"{name}: {value}" for name, value in usual.items() if value is not None]
    return ("\r\n".join([f"GET {path} HTTP/1.1", *lines]) + "\r\n\r\n").encode()


class WebSocket:
    """One connection. After the handshake status and headers are those of its answer."""

    def __init__(self, server, path, early=b"", receive_bytes=None, **headers):
        self.socket = self._connect_narrow(server, receive_bytes) if receive_bytes else \
            server.connect()
        self.key = base64.b64encode(os.urandom(16)).decode()
        self.received = b""
        self.socket.sendall(handshake(path, self.key, **headers) + early)
        head = self._until(b"\r\n\r\n").decode().split("\r\n")
        self.status = int(head[0].split()[1])
        self.headers = dict(line.split(": ", 1) for line in head[1:] if line)
        self.close_code = None
        self.close_reason = None

    @staticmethod
    def _connect_narrow(server, receive_bytes):
        """The kernel takes little for a client that does not read."""
        made = socket.socket()
        made.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_bytes)
        made.settimeout(PATIENCE_S)
        made.connect(("127.0.0.1", server.port))
        return made

    def accepts(self):
        """Whether the answer proves that the server has read the key."""
        digest = hashlib.sha1(self.key.encode() + GUID).digest()
        return self.headers.get("Sec-WebSocket-Accept") == base64.b64encode(digest).decode()

    def _until(self, end):
        while end not in self.received:
            self._more()
        at = self.received.index(end) + len(end)
        part, self.received = self.received[:at], self.received[at:]
        return part

    def _more(self):
        chunk = self.socket.recv(65536)
        if not chunk:
            raise EOFError("the server has closed the connection")
        self.received += chunk

    def _take(self, count):
        while len(self.received) < count:
            self._more()
        part, self.received = self.received[:count], self.received[count:]
        return part

    def read_frame(self):
        """Opcode and payload of the next frame, which must be whole and unmasked."""
        first, second = self._take(2)
        assert first & 0x70 == 0 and first & 0x80 and second & 0x80 == 0, (first, second)
        length = second
        if length == 126:
            length, = struct.unpack(">H", self._take(2))
        elif length == 127:
            length, = struct.unpack(">Q", self._take(8))
        return first & 15, self._take(length)

    def message(self):
        """The next text message; None: the server has closed, see close_code and close_reason."""
        opcode, payload = self.read_frame()
        if opcode == CLOSE:
            self.close_code = struct.unpack(">H", payload[:2])[0] if payload else None
            self.close_reason = payload[2:].decode()
            return None
        assert opcode == TEXT, opcode
        return payload.decode()

    def json(self):
        return json.loads(self.message())

    def messages(self):
        """All messages up to the close frame, which is answered."""
        found = []
        while (message := self.message()) is not None:
            found.append(message)
        self.send(CLOSE, struct.pack(">H", self.close_code or 1000))
        return found

    def messages_until_the_end(self):
        """All messages up to the close frame or the end of the connection."""
        found = []
        try:
            while (message := self.message()) is not None:
                found.append(message)
        except (EOFError, ConnectionResetError):
            pass
        return found

    def send(self, opcode, payload=b"", **options):
        self.socket.sendall(frame(opcode, payload, **options))

    def is_closed_by_server(self):
        """Reads to the end, whatever comes."""
        try:
            while True:
                self._more()
        except (EOFError, ConnectionResetError):
            return True

    def close(self):
        self.socket.close()

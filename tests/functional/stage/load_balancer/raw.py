"""Targets and clients that speak bytes, for what no well-behaved HTTP library would send."""

import contextlib
import socket
import struct
import threading

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
GET = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"
_TIMEOUT_SECONDS = 30


class RawTarget:
    """Accepts connections at an address and does with each request what it is told.

    Attributes:
        behave: Called with the connection and the bytes of each request's head.
        seen: Heads of the requests that arrived.
    """

    def __init__(self, address, behave):
        self.behave = behave
        self.seen = []
        self._listener = socket.create_server(address)
        self._open = []
        self._thread = threading.Thread(target=self._accept)
        self._thread.start()

    def stop(self):
        """Break off every connection."""
        # Closing alone does not wake a thread that waits in accept.
        self._listener.shutdown(socket.SHUT_RDWR)
        self._thread.join()
        self._listener.close()
        for connection, thread in self._open:
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
            thread.join()
            connection.close()

    def _accept(self):
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            thread = threading.Thread(target=self._serve, args=(connection,))
            self._open.append((connection, thread))
            thread.start()

    def _serve(self, connection):
        with contextlib.suppress(OSError):
            while head := read_head(connection):
                self.seen.append(head)
                self.behave(connection, head)


class HealthyButDeaf:
    """Does not accept connections: its backlog is full, so the handshake never ends."""

    def __init__(self, address):
        self._listener = socket.create_server(address, backlog=0)
        self._waiting = [socket.socket() for _ in range(3)]
        for one in self._waiting:
            one.setblocking(False)
            one.connect_ex(address)

    def stop(self):
        """Let go of the port."""
        for one in (self._listener, *self._waiting):
            one.close()


def read_head(connection):
    """Bytes up to the end of a head, and what of a body came with it; empty at the end."""
    received = b""
    while b"\r\n\r\n" not in received:
        chunk = connection.recv(65536)
        if not chunk:
            return b""
        received += chunk
    return received


def answers(response):
    """Sends these bytes for each request and keeps the connection."""
    return lambda connection, _head: connection.sendall(response)


def answers_and_closes(response):
    """Sends these bytes and ends the connection in order."""

    def behave(connection, _head):
        connection.sendall(response)
        connection.shutdown(socket.SHUT_RDWR)

    return behave


def resets(connection, _head):
    """Ends the connection with a TCP RST instead of an answer."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()


def exchange(url, request):
    """The status line's code in the answer to these bytes, and all that came before the end."""
    host, _, port = url.removeprefix("http://").partition(":")
    with socket.create_connection((host, int(port)), timeout=_TIMEOUT_SECONDS) as client:
        # The balancer may answer and close before it has read everything.
        with contextlib.suppress(ConnectionError):
            client.sendall(request)
        with contextlib.suppress(ConnectionError):
            head = read_head(client)
            return int(head.split(b" ", 2)[1]) if head.startswith(b"HTTP/") else head
    return None

"""The line to a mail server, bounded: so long for a mail in all, so many bytes for an answer.

The library's timeout holds for each read, so a server that drips a byte at a time is
waited for without end, and a reply of endless `250-` lines is kept whole in memory.
"""

import io
import socket
import time
from functools import cache
from typing import Any

import yagmail

MOST_REPLY_BYTES = 64 * 1024
"""The longest answer listened to; real ones are under one."""


class Deadline:
    """The moment (of the monotonic clock) until which the mail in hand may take."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._until = time.monotonic() + seconds

    def start(self) -> None:
        """Begin anew: another mail."""
        self._until = time.monotonic() + self._seconds

    def left(self) -> float:
        """Seconds left. Raises TimeoutError when there are none."""
        left = self._until - time.monotonic()
        if left <= 0:
            raise TimeoutError("máy chủ thư trả lời quá chậm")
        return left


class Connector(yagmail.Client):  # type: ignore[misc]
    """yagmail's connector, with our bounded line instead of the library's own."""

    @property
    def connection(self) -> Any:
        """The class that it connects with."""
        return _bounded(super().connection)


@cache
def _bounded(kind: type) -> type:
    return type("BoundedLine", (_BoundedMixin, kind), {})


class _BoundedMixin:
    """What is laid over the library's line: a deadline for each read and write, a limit for each reply."""

    sock: Any
    file: Any
    timeout: float

    def __init__(self, *place: Any, deadline: Deadline, **options: Any) -> None:
        self._deadline = deadline
        super().__init__(*place, **options)

    def getreply(self) -> tuple[int, bytes]:
        if self.file is None:  # at the start, and again after STARTTLS
            self.file = _Listener(self.sock, self._deadline, self.timeout)
        self.file.begin()
        return super().getreply()  # type: ignore[misc,no-any-return]

    def send(self, text: Any) -> None:
        if self.sock is not None:
            self.sock.settimeout(min(self.timeout, self._deadline.left()))
        super().send(text)  # type: ignore[misc]


class _Listener:
    """Reads lines of replies; what is asked of it is what the library asks of a socket's file."""

    def __init__(self, sock: socket.socket, deadline: Deadline, timeout: float) -> None:
        self._raw = _Bytes(sock, deadline, timeout)
        self._buffer = io.BufferedReader(self._raw)

    def begin(self) -> None:
        """A new reply is awaited."""
        self._raw.allowed = MOST_REPLY_BYTES

    def readline(self, limit: int) -> bytes:
        return self._buffer.readline(limit)

    def close(self) -> None:
        self._buffer.close()


class _Bytes(io.RawIOBase):
    def __init__(self, sock: socket.socket, deadline: Deadline, timeout: float) -> None:
        super().__init__()
        self._sock = sock
        self._deadline = deadline
        self._timeout = timeout
        self.allowed = MOST_REPLY_BYTES

    def readable(self) -> bool:
        return True

    def readinto(self, room: Any) -> int:
        self._sock.settimeout(min(self._timeout, self._deadline.left()))
        try:
            count = self._sock.recv_into(room)
        except TimeoutError:
            self._deadline.left()  # says so where it is the mail's own time that is over
            raise
        self.allowed -= count
        if self.allowed < 0:
            raise ConnectionAbortedError("máy chủ thư trả lời không dứt")
        return count

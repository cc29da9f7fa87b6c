"""A line to a server that can be cut: a TCP relay on loopback, which counts what clients say.

What a client sends at once is one message here: a client that waits for each answer, as libpq does,
never sends two.
"""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Callable
from types import TracebackType
from typing import Self

from tests.services.processes import free_port

Struck = Callable[[int, bytes], bool]
"""Whether a message is the one to cut at: its number on this line, from 1, and its bytes."""


class Line:
    """A relay from a port of its own to a server's port."""

    def __init__(self, port: int) -> None:
        self.port = free_port()
        self.messages = 0
        self._server = port
        self._strike: tuple[Struck, bool] | None = None
        self._open = True
        self._pairs: set[tuple[socket.socket, socket.socket]] = set()
        self._muted: set[tuple[socket.socket, socket.socket]] = set()
        self._lock = threading.Lock()
        self._listener = socket.create_server(("127.0.0.1", self.port))

    def __enter__(self) -> Self:
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._listener.close()
        self.cut()

    def cut_once(self, strike: Struck, *, delivered: bool) -> None:
        """Cut the connection of the first message that `strike` names, once: the server gets that
        message (and its answer is lost) or never hears of it. Counts messages from 1 again."""
        with self._lock:
            self.messages = 0
            self._strike = strike, delivered

    def leave_alone(self) -> bool:
        """Cut nothing more; whether the one to cut came."""
        with self._lock:
            came, self._strike = self._strike is None, None
        return came

    def cut(self, *, half: bool = False) -> None:
        """Cut every connection there is now; `half`: the server hears nothing of it."""
        with self._lock:
            pairs = list(self._pairs)
            if half:
                self._pairs.clear()
        for pair in pairs:
            if half:
                _hang_up(pair[0])
            else:
                self._end(pair)

    def close(self) -> None:
        """Let nobody through from now on; connections that are there go on."""
        self._open = False

    def open(self) -> None:
        """Let everybody through again."""
        self._open = True

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            if not self._open:
                client.close()
                continue
            server = socket.create_connection(("127.0.0.1", self._server))
            pair = client, server
            with self._lock:
                self._pairs.add(pair)
            threading.Thread(target=self._to_server, args=[pair], daemon=True).start()
            threading.Thread(target=self._to_client, args=[pair], daemon=True).start()

    def _to_server(self, pair: tuple[socket.socket, socket.socket]) -> None:
        client, server = pair
        with contextlib.suppress(OSError):  # the other side has gone
            while message := client.recv(1 << 20):
                struck = self._struck(message)
                if struck is False:
                    break
                if struck:
                    self._muted.add(pair)
                server.sendall(message)
        self._end(pair)

    def _to_client(self, pair: tuple[socket.socket, socket.socket]) -> None:
        client, server = pair
        with contextlib.suppress(OSError):
            while (answer := server.recv(1 << 20)) and pair not in self._muted:
                client.sendall(answer)
        self._end(pair)

    def _struck(self, message: bytes) -> bool | None:
        """Whether it is to be delivered and then cut off; None for all messages that pass."""
        with self._lock:
            self.messages += 1
            if self._strike is None or not self._strike[0](self.messages, message):
                return None
            (_, delivered), self._strike = self._strike, None
            return delivered

    def _end(self, pair: tuple[socket.socket, socket.socket]) -> None:
        with self._lock:
            if pair not in self._pairs:
                return
            self._pairs.remove(pair)
        for side in pair:
            _hang_up(side)


def _hang_up(side: socket.socket) -> None:
    with contextlib.suppress(OSError):
        side.shutdown(socket.SHUT_RDWR)
    side.close()

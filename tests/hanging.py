"""Servers that hang: they take a connection and what is sent, and do not answer."""

import contextlib
import socket
from collections.abc import Iterator
from threading import Event, Lock, Thread


class SilentServer:
    """Accepts every connection and says nothing; ``met`` is how many there were."""

    def __init__(self) -> None:
        self.met = 0
        self._server = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._server.getsockname()[1]
        self._open: list[socket.socket] = []
        Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):  # closed
            while True:
                self._open.append(self._server.accept()[0])
                self.met += 1

    def close(self) -> None:
        for each in [self._server, *self._open]:
            each.close()


class FreezingProxy:
    """Forwards to a server, until ``freeze()``; after ``thaw()`` it goes on.

    After ``go_away()`` it is like a server that was stopped, until ``come_back()``.
    """

    def __init__(self, host: str, port: int) -> None:
        self._target = (host, port)
        self._flows, self._lock = Event(), Lock()
        self._flows.set()
        self.port = 0  # any, and then the same one
        self.come_back()

    def freeze(self) -> None:
        self._flows.clear()

    def thaw(self) -> None:
        self._flows.set()

    def go_away(self) -> None:
        """Break off all connections, and refuse new ones."""
        with self._lock:
            self._is_away = True
            opened = [*self._open]
        self.thaw()
        for each in opened:
            with contextlib.suppress(OSError):  # wakes a thread that reads
                each.shutdown(socket.SHUT_RDWR)
            each.close()

    def come_back(self) -> None:
        server = socket.create_server(("127.0.0.1", self.port), backlog=100)
        self.port = server.getsockname()[1]
        self._open, self._is_away = [server], False
        Thread(target=self._accept, args=[server], daemon=True).start()

    close = go_away

    def _accept(self, server: socket.socket) -> None:
        with contextlib.suppress(OSError):  # closed
            while True:
                client = server.accept()[0]
                self._keep(client)
                Thread(target=self._link, args=[client], daemon=True).start()

    def _link(self, client: socket.socket) -> None:
        self._flows.wait()
        with contextlib.suppress(OSError):
            server = socket.create_connection(self._target)
            self._keep(server)
            Thread(target=self._copy, args=[client, server], daemon=True).start()
            self._copy(server, client)

    def _keep(self, opened: socket.socket) -> None:
        """Close it with the others, or now if they are closed: a thread is late."""
        with self._lock:
            self._open.append(opened)
            if self._is_away:
                opened.close()

    def _copy(self, source: socket.socket, target: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while data := source.recv(65_536):
                self._flows.wait()
                target.sendall(data)
            target.shutdown(socket.SHUT_WR)


@contextlib.contextmanager
def silent_server() -> Iterator[SilentServer]:
    """A server that never answers."""
    with contextlib.closing(SilentServer()) as server:
        yield server


@contextlib.contextmanager
def freezing_proxy(host: str, port: int) -> Iterator[FreezingProxy]:
    """A way to a server, which can freeze."""
    with contextlib.closing(FreezingProxy(host, port)) as proxy:
        yield proxy

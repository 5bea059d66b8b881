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
    """Forwards to a server, until ``freeze()``; after ``thaw()`` it goes on."""

    def __init__(self, host: str, port: int) -> None:
        self._target = (host, port)
        self._flows = Event()
        self._flows.set()
        self._server = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._server.getsockname()[1]
        self._open: list[socket.socket] = [self._server]
        self._lock, self._is_closed = Lock(), False
        Thread(target=self._accept, daemon=True).start()

    def freeze(self) -> None:
        self._flows.clear()

    def thaw(self) -> None:
        self._flows.set()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):  # closed
            while True:
                client = self._server.accept()[0]
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
            if self._is_closed:
                opened.close()

    def _copy(self, source: socket.socket, target: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while data := source.recv(65_536):
                self._flows.wait()
                target.sendall(data)
            target.shutdown(socket.SHUT_WR)

    def close(self) -> None:
        with self._lock:
            self._is_closed = True
            opened = [*self._open]
        self.thaw()
        for each in opened:
            with contextlib.suppress(OSError):  # wakes a thread that reads
                each.shutdown(socket.SHUT_RDWR)
            each.close()


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

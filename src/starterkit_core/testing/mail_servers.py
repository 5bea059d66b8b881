"""Mail servers on this machine: one that hangs, and one that answers as told."""

import socket
import time
from collections.abc import Callable
from contextlib import suppress
from io import BufferedRWPair
from threading import Thread
from types import TracebackType
from typing import Any, Self

import django

SECONDS = 20.0
"""How long a test waits for what is to happen."""

FINE = {"EHLO": "250 localhost", "DATA": "354 Go ahead", "QUIT": "221 Bye"}


def use_server(settings: Any, port: int, *, timeout: float = SECONDS) -> None:
    """Let the project send its mails by a server on this machine."""
    smtp = "django.core.mail.backends.smtp.EmailBackend"
    if django.VERSION >= (6, 1):
        options = {"host": "127.0.0.1", "port": port, "timeout": timeout}
        settings.MAILERS = {"default": {"BACKEND": smtp, "OPTIONS": options}}
        return
    settings.EMAIL_BACKEND, settings.EMAIL_HOST = smtp, "127.0.0.1"
    settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = port, timeout


def until(happened: Callable[[], bool]) -> bool:
    """Wait until ``happened()`` is true; return False if it takes too long."""
    end = time.monotonic() + SECONDS
    while not happened():
        if time.monotonic() > end:
            return False
        time.sleep(0.01)
    return True


class Server:
    """Accepts connections in a thread for as long as a ``with`` block lasts."""

    def __init__(self) -> None:
        self.listening = socket.create_server(("127.0.0.1", 0), backlog=100)
        self.port: int = self.listening.getsockname()[1]
        self.accepted: list[socket.socket] = []
        self.accepting = Thread(target=self.accept, daemon=True)

    def __enter__(self) -> Self:
        self.accepting.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        # A thread that waits in accept() is woken by shutdown(), not by close().
        _close(self.listening)
        self.accepting.join()
        for connection in self.accepted:
            _close(connection)

    def accept(self) -> None:
        """Accept connections until the server is closed."""
        while True:
            try:
                connection, _ = self.listening.accept()
            except OSError:
                return
            self.accepted.append(connection)
            Thread(target=self.answer, args=[connection], daemon=True).start()

    def answer(self, connection: socket.socket) -> None:
        """Talk to one client."""


class HangingServer(Server):
    """Accepts connections and says no word."""

    def waiting(self) -> int:
        """Return how many clients wait for the first word and have not given up."""
        return sum(map(_is_open, list(self.accepted)))


class ScriptedServer(Server):
    """Takes mails; ``replies`` says what it answers to a verb other than "fine".

    The verb ``.`` is the end of a mail. An empty reply breaks the connection off. With
    ``once``, each of these replies is given a single time.
    """

    def __init__(self, replies: dict[str, str] | None = None, *, once: bool = False):
        super().__init__()
        self.replies = replies or {}
        self.once = once
        self.mails: list[str] = []

    def answer(self, connection: socket.socket) -> None:
        # The client may have gone; that is also noticed when the stream is closed.
        with suppress(OSError), connection, connection.makefile("rwb") as stream:
            _say(stream, "220 localhost")
            while line := stream.readline():
                if not self._answer_line(stream, line.decode().strip()):
                    return

    def _answer_line(self, stream: BufferedRWPair, line: str) -> bool:
        """Answer one command; return whether the connection goes on."""
        verb = line[:4].upper()
        reply = self._reply_to(verb, FINE.get(verb, "250 OK"))
        _say(stream, reply)
        if reply.startswith("354"):
            return self._take_mail(stream)
        return bool(reply) and verb != "QUIT"

    def _take_mail(self, stream: BufferedRWPair) -> bool:
        lines = iter(stream.readline, b".\r\n")
        self.mails.append(b"".join(lines).decode())
        reply = self._reply_to(".", "250 Queued")
        _say(stream, reply)
        return bool(reply)

    def _reply_to(self, verb: str, usual: str) -> str:
        return (self.replies.pop if self.once else self.replies.get)(verb, usual)


def _close(each: socket.socket) -> None:
    with suppress(OSError):  # the other side was quicker
        each.shutdown(socket.SHUT_RDWR)
    each.close()


def _say(stream: BufferedRWPair, reply: str) -> None:
    if reply:
        stream.write(f"{reply}\r\n".encode())
        stream.flush()


def _is_open(connection: socket.socket) -> bool:
    """Return whether the other side still waits."""
    try:
        return bool(connection.recv(1, socket.MSG_PEEK | socket.MSG_DONTWAIT))
    except BlockingIOError:
        return True
    except OSError:
        return False

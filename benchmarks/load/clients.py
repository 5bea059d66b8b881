"""Requests to the server, and how long they take."""

import http.client
import json
import multiprocessing
import random
import threading
import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

ME = "/api/users/v1/me/"
AUTH = "/api/auth/v1/"
PATIENCE = 12.0
"""Seconds after which a client gives up."""

MUCH_PATIENCE = 40.0
"""The same where the wait itself is measured."""


FORK = multiprocessing.get_context("fork")


@dataclass(frozen=True)
class Answer:
    """One answer; without a status the client gave up, or no server listened."""

    seconds: float
    status: int = 0
    body: bytes = b""

    def __str__(self) -> str:
        return f"{self.status or 'none'} in {self.seconds:.2f} s"


class Caller:
    """A client that comes from another network with each request."""

    def __init__(self, url: str, token: str = "", patience: float = PATIENCE) -> None:
        self.host = urlsplit(url).netloc
        self.token = token
        self.patience = patience

    def get(self, path: str) -> Answer:
        return self.send("GET", path)

    def post(self, path: str, body: Mapping[str, Any]) -> Answer:
        return self.send("POST", path, json.dumps(body).encode())

    def send(self, method: str, path: str, body: bytes | None = None) -> Answer:
        """Send one request over a new connection, as a proxy would."""
        headers = {"X-Forwarded-For": _network(), "Content-Type": "application/json"}
        if self.token:
            headers["Authorization"] = f"Bearer {self.token}"
        begin = time.perf_counter()
        connection = http.client.HTTPConnection(self.host, timeout=self.patience)
        try:
            connection.request(method, path, body, headers)
            response = connection.getresponse()
            content = response.read()
        except (OSError, http.client.HTTPException):
            return Answer(time.perf_counter() - begin)
        finally:
            connection.close()
        return Answer(time.perf_counter() - begin, response.status, content)

    def sign_in(self, email: str, password: str) -> "Caller":
        """Return a client that is signed in."""
        body = {"email": email, "password": password}
        answer = self.post(f"{AUTH}session/", body)
        token = json.loads(answer.body or b"{}").get("access_token")
        if not token:
            raise SystemExit(f"{email} cannot sign in: {answer}; run fill first.")
        return Caller(f"http://{self.host}", token)


class Load:
    """Clients that send requests until the block ends; ``answers`` has all.

    They are threads of a process of their own, so that none of them takes time of the
    client that is measured. With ``pause`` a client waits so long after a refusal.
    """

    def __init__(
        self, clients: int, work: Callable[[], Answer], pause: float = 0
    ) -> None:
        self.answers: list[Answer] = []
        self._ended, self._found = FORK.Event(), FORK.Queue()
        arguments = (clients, work, pause)
        self._process = FORK.Process(target=self._run, args=arguments)

    def __enter__(self) -> "Load":
        self._process.start()
        return self

    def __exit__(self, *args: object) -> None:
        self._ended.set()
        self.answers = self._found.get()
        self._process.join()

    def _run(self, clients: int, work: Callable[[], Answer], pause: float) -> None:
        def repeat() -> None:
            while not self._ended.is_set():
                answers.append(answer := work())
                if answer.status == http.HTTPStatus.SERVICE_UNAVAILABLE:
                    self._ended.wait(pause)

        answers: list[Answer] = []
        threads = [threading.Thread(target=repeat) for _ in range(clients)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self._found.put(answers)


def sampled(
    seconds: float, work: Callable[[], Answer], pause: float = 0.05
) -> list[Answer]:
    """Send one request after the other for so long."""
    answers, end = [], time.perf_counter() + seconds
    while time.perf_counter() < end:
        answers.append(work())
        time.sleep(pause)
    return answers


def at(share: float, answers: list[Answer]) -> float:
    """Return the seconds below which this share of the answers came."""
    seconds = sorted(answer.seconds for answer in answers)
    return seconds[min(int(len(seconds) * share), len(seconds) - 1)]


def summary(answers: list[Answer]) -> str:
    """Return statuses and times in one line."""
    if not answers:
        return "none"
    statuses = Counter(answer.status or "none" for answer in answers)
    counts = ", ".join(f"{number} of {status}" for status, number in statuses.items())
    shares = ", ".join(
        f"{name} {at(share, answers):.3f} s"
        for name, share in (("p50", 0.5), ("p95", 0.95), ("longest", 1))
    )
    return f"{shares} ({counts})"


def _network() -> str:
    return ".".join(str(random.randint(1, 254)) for _ in range(4))  # noqa: S311  # no secret

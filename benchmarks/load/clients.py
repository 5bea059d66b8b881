"""Requests to the server, and how long they take."""

import http.client
import json
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

MUCH_PATIENCE = 90.0
"""The same for the sign-in before, which may send a mail that hangs."""


@dataclass(frozen=True)
class Answer:
    """One answer; without a status the client gave up, or nobody listened."""

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
    """Threads that send requests until the block ends; ``answers`` has all."""

    def __init__(self, clients: int, work: Callable[[], Answer]) -> None:
        self.answers: list[Answer] = []
        self._ended = threading.Event()
        self._work = work
        self._threads = [threading.Thread(target=self._run) for _ in range(clients)]

    def __enter__(self) -> "Load":
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *args: object) -> None:
        self._ended.set()
        for thread in self._threads:
            thread.join()

    def _run(self) -> None:
        while not self._ended.is_set():
            self.answers.append(self._work())


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
    statuses = Counter(answer.status or "none" for answer in answers)
    counts = ", ".join(f"{number} of {status}" for status, number in statuses.items())
    return f"p50 {at(0.5, answers):.3f} s, p95 {at(0.95, answers):.3f} s ({counts})"


def _network() -> str:
    return ".".join(str(random.randint(1, 254)) for _ in range(4))  # noqa: S311  # no secret

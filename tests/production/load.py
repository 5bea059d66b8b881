"""A small steady load, and what must be true of its answers and effects."""

import time
from collections import Counter
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field
from threading import Event, Thread
from typing import Self
from uuid import uuid4

from tests.production.clients import (
    PASSWORD,
    Answer,
    Client,
    Post,
    SignUp,
    sign_up,
)
from tests.production.deployment import Deployment
from tests.production.programs import until

USUAL = {"sign-up": 202, "sign-in": 201, "me": 200, "refresh": 200, "note": 201}
"""What is asked again and again, and the usual status."""

SESSION = "auth/v1/session/"
HASHES = {"sign-up", "sign-in"}
PAUSE = 0.2
"""Seconds between two requests of a client."""

BUSY = "2"
"""``Retry-After`` of a server whose processor is busy with password hashes."""


@dataclass(frozen=True, kw_only=True)
class Call:
    """One request, when it was sent, and its answer."""

    kind: str
    answer: Answer
    at: float

    @property
    def is_usual(self) -> bool:
        return self.answer.status == USUAL[self.kind]

    @property
    def ended(self) -> float:
        return self.at + self.answer.seconds


@dataclass
class Member:
    """A signed-in user who reads, writes and renews; each note has its own title."""

    client: Client
    notes: dict[str, Answer] = field(default_factory=dict)

    def acts(self) -> dict[str, Callable[[], Answer]]:
        return {
            "me": lambda: self.client.get("users/v1/me/"),
            "note": self.write,
            "refresh": self.renew,
            "sign-in": self.sign_in,
        }

    def write(self) -> Answer:
        title = uuid4().hex
        answer = self.client.post("notes/v1/notes/", {"title": title})
        self.notes[title] = answer
        return answer

    def renew(self) -> Answer:
        body = {"refresh_token": self.client.refresh}
        answer = self.client.post("auth/v1/session/refresh/", body)
        return self.client.keep(answer) if answer.status == USUAL["refresh"] else answer

    def sign_in(self) -> Answer:
        """Open a session on another device, and end it: an account has few at once."""
        device = Client(self.client.url, trust=self.client.trust)
        body = {"email": self.client.email, "password": PASSWORD}
        answer = device.post(SESSION, body)
        if answer.status == USUAL["sign-in"]:
            device.keep(answer)
            device.delete(SESSION)
        return answer


class Load:
    """Visitors who sign up and members who work, about eight requests a second."""

    def __init__(
        self, deployment: Deployment, visitors: list[Client], members: list[Client]
    ) -> None:
        self.calls: list[Call] = []
        self.members = [*map(Member, members)]
        self.sign_ups: list[SignUp] = []
        self._deployment = deployment
        self._ended = Event()
        loops = [(self._visit, visitor) for visitor in visitors]
        loops += [(self._work, member) for member in self.members]
        self._threads = [Thread(target=loop, args=[one]) for loop, one in loops]

    def __enter__(self) -> Self:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *raised: object) -> None:
        self._ended.set()
        for thread in self._threads:
            thread.join()

    def wait_until_all_is_usual(self) -> None:
        """Wait until every kind of request was answered as usual twice in a row.

        Raises:
            AssertionError: that takes too long; the message has the last answers.
        """
        start = len(self.calls)
        try:
            until(lambda: all(self._is_well(kind, start) for kind in USUAL))
        except TimeoutError:
            raise AssertionError(f"not usual: {self.calls[-20:]}") from None

    def wait_until_each_was_tried(self, seconds: float) -> None:
        """Wait so long, and until every kind of request was answered since."""
        start = len(self.calls)
        self._ended.wait(seconds)
        until(lambda: {call.kind for call in self.calls[start:]} == USUAL.keys())

    def _is_well(self, kind: str, start: int) -> bool:
        last = [call for call in self.calls[start:] if call.kind == kind][-2:]
        return len(last) > 1 and all(call.is_usual for call in last)

    def _visit(self, client: Client) -> None:
        while not self._ended.wait(2 * PAUSE):
            self._call("sign-up", lambda: self._sign_up(client))

    def _sign_up(self, client: Client) -> Answer:
        asked = sign_up(Client(client.url, trust=client.trust))
        self.sign_ups.append(asked)
        return asked.answer

    def _work(self, member: Member) -> None:
        while True:
            for kind, act in member.acts().items():
                if self._ended.wait(PAUSE):
                    return
                self._call(kind, act)

    def _call(self, kind: str, act: Callable[[], Answer]) -> None:
        at = time.monotonic()
        self.calls.append(Call(kind=kind, answer=act(), at=at))

    # --- What must be true

    def undocumented(self, refused: Collection[str]) -> list[Call]:
        """Return the answers that are neither usual nor a documented refusal.

        ``refused`` are the kinds that may be 503.
        """
        return [call for call in self.calls if not is_documented(call, refused)]

    def longest(self) -> float:
        return max(call.answer.seconds for call in self.calls)

    def recovered_after(self, moment: float) -> float:
        """Return the seconds after which there was no refusal any more."""
        late = [call.ended for call in self.calls if not call.is_usual]
        return max([0.0, *(ended - moment for ended in late)])

    def accepted(self) -> list[SignUp]:
        return [it for it in self.sign_ups if it.answer.status == USUAL["sign-up"]]

    def mails(self, post: Post) -> Counter[int]:
        """Return how many accepted sign-ups were sent so many mails; wait for them."""
        until(self._is_worker_idle)
        return Counter(len(post.to(it.email)) for it in self.accepted())

    def _is_worker_idle(self) -> bool:
        """Return whether no task is left; those that were deferred are due now."""
        self._deployment.make_tasks_due()
        return not self._deployment.rows(UNDONE)[0][0]

    def confirmed(self, post: Post) -> Counter[int]:
        """Confirm each accepted sign-up; return how many had so many accounts then."""
        for asked in self.accepted():
            asked.confirm(Client(self._deployment.a.url), post)
        emails = [asked.email for asked in self.accepted()]
        return Counter(len(self._deployment.rows(ACCOUNTS, it)) for it in emails)

    def saved(self, *, accepted: bool) -> Counter[int]:
        """Return how many accepted or refused notes are in the database so often."""
        titles = [
            title
            for member in self.members
            for title, answer in member.notes.items()
            if (answer.status == USUAL["note"]) is accepted
        ]
        found = Counter(title for (title,) in self._deployment.rows(TITLES))
        return Counter(found[title] for title in titles)

    def signed_out(self) -> list[Member]:
        """Return the members whose session was lost."""
        return [it for it in self.members if not _is_signed_in(it)]


UNDONE = """
    SELECT count(*) FROM django_tasks_database_dbtaskresult
    WHERE status IN ('READY', 'RUNNING')
"""
ACCOUNTS = "SELECT id FROM starterkit_users_user WHERE email = %s"
TITLES = "SELECT title FROM notes_note"


def is_documented(call: Call, refused: Collection[str]) -> bool:
    answer = call.answer
    if answer.status != 503:  # noqa: PLR2004  # service unavailable
        return call.is_usual
    is_busy = call.kind in HASHES and answer.retry_after == BUSY
    is_problem = answer.body["code"] == "service_unavailable"
    return is_problem and (
        is_busy or (call.kind in refused and bool(answer.retry_after))
    )


def summary(calls: Iterable[Call]) -> str:
    """Return the number of answers of each kind and status in one line."""
    counts = Counter((call.kind, call.answer.status) for call in calls)
    return ", ".join(f"{n} of {kind} {status}" for (kind, status), n in counts.items())


def _is_signed_in(member: Member) -> bool:
    renewed = member.renew()
    return (
        renewed.status == USUAL["refresh"]
        and member.acts()["me"]().status == USUAL["me"]
    )

"""The mails that the demo wrote to files."""

from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

SEPARATOR = b"-" * 79 + b"\n"
"""What Django writes after each mail in a file."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoMail:
    """One mail as its reader sees it."""

    to: str
    subject: str
    text: str


def last_mails(folder: Path, number: int = 5) -> list[DemoMail]:
    """Return the newest mails in ``folder``, newest first."""
    mails: list[DemoMail] = []
    files = sorted(folder.glob("*.log"), key=lambda file: file.stat().st_mtime)
    for file in reversed(files):
        mails += _mails_in(file)
        if len(mails) >= number:
            break
    return mails[:number]


def _mails_in(file: Path) -> Iterator[DemoMail]:
    for raw in reversed(file.read_bytes().split(SEPARATOR)[:-1]):
        message = message_from_bytes(raw, _class=EmailMessage, policy=policy.default)
        body = message.get_body(("plain",))
        yield DemoMail(
            to=str(message["To"]),
            subject=str(message["Subject"]),
            text=body.get_content() if body else "",
        )

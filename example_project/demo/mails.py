"""The mails that the demo wrote to files."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import parsedate_to_datetime
from pathlib import Path

SEPARATOR = b"-" * 79 + b"\n"
"""What Django writes after each mail in a file."""

NUMBER = 30
"""How many mails are shown."""

_CODE = re.compile(r"^\d{6}$", re.MULTILINE)
_LINK = re.compile(r"https?://\S+")


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoMail:
    """One mail as its reader sees it."""

    key: str
    """Names the mail in URLs: its file, and its place there."""

    sent_at: datetime
    to: str
    subject: str
    text: str
    html: str

    @property
    def code(self) -> str:
        """Return the code to type, or ``""``."""
        found = _CODE.search(self.text)
        return found.group() if found else ""

    @property
    def link(self) -> str:
        """Return the first link, or ``""``."""
        found = _LINK.search(self.text)
        return found.group() if found else ""

    @property
    def is_notice(self) -> bool:
        """Return whether it only tells something: there is nothing to do."""
        return not (self.code or self.link)


def last_mails(folder: Path, number: int = NUMBER) -> list[DemoMail]:
    """Return the newest mails in ``folder``, newest first."""
    mails: list[DemoMail] = []
    files = sorted(folder.glob("*.log"), key=lambda file: file.stat().st_mtime)
    for file in reversed(files):
        mails += _mails_in(file)
        if len(mails) >= number:
            break
    # Several programs send, each to a file of its own.
    return sorted(mails, key=lambda mail: mail.sent_at, reverse=True)[:number]


def mail_of(folder: Path, key: str) -> DemoMail | None:
    """Return the mail with this key, or None if it is not among the newest."""
    return next((mail for mail in last_mails(folder) if mail.key == key), None)


def _mails_in(file: Path) -> Iterator[DemoMail]:
    mails = [*enumerate(file.read_bytes().split(SEPARATOR)[:-1])]
    for place, raw in reversed(mails):
        message = message_from_bytes(raw, _class=EmailMessage, policy=policy.default)
        yield DemoMail(
            key=f"{file.stem}-{place}",
            sent_at=_sent_at(message, file),
            to=str(message["To"]),
            subject=str(message["Subject"]),
            text=_body(message, "plain"),
            html=_body(message, "html"),
        )


def _body(message: EmailMessage, kind: str) -> str:
    body = message.get_body((kind,))
    return str(body.get_content()) if body else ""


def _sent_at(message: EmailMessage, file: Path) -> datetime:
    """Return what the mail says, or when its file was written."""
    if date := message["Date"]:
        return parsedate_to_datetime(str(date)).astimezone(UTC)
    return datetime.fromtimestamp(file.stat().st_mtime, UTC)

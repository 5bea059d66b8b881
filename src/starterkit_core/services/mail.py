"""Mail: rendered from templates, sent after the commit, in the reader's language."""

import re
import unicodedata
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from django.conf import settings  # noqa: TID251 - the project's language, not ours
from django.core.mail import EmailMessage, EmailMultiAlternatives
from django.template import Context
from django.template.backends.django import Template as DjangoTemplate
from django.template.loader import get_template
from django.utils import timezone, translation
from django.utils.module_loading import import_string

from starterkit_core.addresses import canonical_email
from starterkit_core.conf import conf
from starterkit_core.services.mail_threads import (
    failed_for_good,
    failed_once_more,
    mail_threads,
)
from starterkit_core.services.mail_transport import (
    NotSentError,
    Tries,
    connection,
    not_sent,
    send_now,
    try_to_send,
    waits_for_a_server,
)
from starterkit_core.services.tasks import (
    can_defer,
    enqueue_after_commit,
    enqueue_deferred,
    runs_at_once,
    task,
)
from starterkit_core.utils import locales
from starterkit_core.utils.outages import DATABASE_DOWN
from starterkit_core.utils.source import dotted

if TYPE_CHECKING:  # a model: tasks are imported before the settings are read
    from django.contrib.auth.base_user import AbstractBaseUser

SUBJECT_LENGTH = 200
"""Longest subject, in characters."""

_BREAKS = re.compile("[\x00-\x20\x7f-\xa0\u2028\u2029\u202a-\u202e\u2066-\u2069]+")
"""Spaces, control characters, line separators and bidirectional controls."""

_BLANK_LINES = re.compile(r"\n\s*\n\s*\n")


_transmit: ContextVar[Callable[[EmailMessage], None]] = ContextVar(
    "starterkit_transmit", default=send_now
)
"""How a rendered mail leaves: within ``deliver``, that is its ``Delivery``."""


class Mail(ABC):
    """One kind of mail.

    A subclass names its template and is given ids, by which it loads its data when it
    is sent: so no secret is stored in a queue, and the data is current.

    It has three templates: ``<template>.subject.txt``, ``.txt`` and ``.html``; a
    project overrides each with a template of the same name. Both bodies may extend
    ``starterkit_core/mail/base``. They get ``site_name``, ``language``, ``direction``
    (``ltr`` or ``rtl``) and what ``context()`` returns. Only HTML is escaped.
    """

    template: ClassVar[str]
    """Path of the templates without extension: ``starterkit_auth/mail/welcome``."""

    def __init__(self, **facts: str) -> None:
        if not all(isinstance(fact, str) for fact in facts.values()):
            raise TypeError("A mail takes ids as text, for they go through a queue.")
        self.facts = facts

    @abstractmethod
    def recipient(self) -> str | None:
        """Return the address to send to, or None if the mail is no longer needed."""

    def reader(self) -> "AbstractBaseUser | None":
        """Return the user who gets it, or None if that is not known.

        It is rendered in the language and in the time zone that they have chosen.
        """
        return None

    def language(self) -> str:
        """Return the reader's choice, the fact ``language``, or ``LANGUAGE_CODE``."""
        chosen = locales.language_of(self.reader())
        return chosen or self.facts.get("language") or settings.LANGUAGE_CODE

    def context(self) -> dict[str, Any]:
        """Return the template context; pass text that users wrote by ``harmless``."""
        return {}

    def headers(self) -> dict[str, str]:
        """Return extra headers; by default, that a program sent it (RFC 3834)."""
        return {"Auto-Submitted": "auto-generated"}

    def send_later(self) -> None:
        """Send it in a task after the commit; failures are logged, not raised.

        With the immediate task backend it is rendered in the thread that calls this,
        and a background thread sends it. A mail that cannot be sent is tried again.
        """
        enqueue_after_commit(deliver, dotted(type(self)), self.facts)

    def send(self) -> None:
        """Send it now, if it has a recipient.

        Raises:
            ValueError: the recipient is not one valid address.
            OSError: the mail server cannot be reached, or rejects it.
        """
        if recipient := self.recipient():
            canonical_email(recipient)
            with self.spoken():
                message = self._message(recipient)
            _transmit.get()(message)

    @contextmanager
    def spoken(self) -> Iterator[None]:
        """Use the language and the time zone of the reader within the block.

        Without a choice of theirs, the zone is the project's: never that of the user
        whose request caused the mail.
        """
        zone = locales.time_zone_of(self.reader())
        language = _supported(self.language())
        with translation.override(language), timezone.override(zone):
            yield

    def _message(self, recipient: str) -> EmailMultiAlternatives:
        context = _common() | self.context()
        message = EmailMultiAlternatives(
            subject=_one_line(_render_plain(f"{self.template}.subject.txt", context)),
            body=_collapse_blank_lines(_render_plain(f"{self.template}.txt", context)),
            to=[recipient],
            headers=self.headers(),
        )
        template = get_template(f"{self.template}.html")
        message.attach_alternative(template.render(context), "text/html")
        return message


@task
def deliver(
    path: str, facts: dict[str, str], failed: int = 0, unclear: int = 0
) -> None:
    """Send the mail of the class with the dotted path ``path``.

    ``failed`` and ``unclear`` count the former tries, see ``Tries``.
    """
    kind = import_string(path)
    if not (isinstance(kind, type) and issubclass(kind, Mail)):
        raise TypeError(f"{path} is no mail.")
    tries = Tries(failed=failed, unclear=unclear)
    delivery = Delivery(path=path, facts=facts, tries=tries)
    # Also for a mail that this one sends in its place.
    token = _transmit.set(delivery)
    try:
        kind(**facts).send()
    except DATABASE_DOWN as outage:  # it could not be rendered
        delivery.after(not_sent(outage))
    finally:
        _transmit.reset(token)


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """Sends the mail of one ``deliver`` task: in a worker, or by a thread beside."""

    path: str
    facts: dict[str, str]
    tries: Tries

    def __call__(self, message: EmailMessage) -> None:
        backend = connection()
        if waits_for_a_server(backend) and runs_at_once(deliver):
            mail_threads.hand_over(message, backend, self.path)
            return
        try:
            try_to_send(message, backend)
        except NotSentError as failure:
            self.after(failure)

    def after(self, failure: NotSentError) -> None:
        """Enqueue the next try; after the last one, let the task fail.

        The queue may store its failure, so that has no text of the mail server in it,
        which often names the address.
        """
        tries = self.tries.after(failure)
        if tries is None or not can_defer(deliver):
            failed_for_good(self.path, failure)
            raise NotSentError(type(failure.__cause__).__name__) from None
        enqueue_deferred(
            deliver, tries.delay, self.path, self.facts, tries.failed, tries.unclear
        )
        failed_once_more(self.path, tries, failure)


def harmless(text: str, *, limit: int = 60) -> str:
    """Return text of a user such that it cannot put a link or an advert into a mail.

    Letters, digits and the punctuation of names are kept. Everything else becomes a
    space, so mail clients find no link in it. It is cut to ``limit`` characters.
    """
    folded = unicodedata.normalize("NFKC", text[: 4 * limit])
    kept = (char if _is_in_names(char) else " " for char in folded)
    clean = " ".join("".join(kept).split())
    return clean if len(clean) <= limit else f"{clean[: limit - 1].rstrip()}…"


def _is_in_names(char: str) -> bool:
    return unicodedata.category(char)[0] in "LMN" or char in "-'’,&"  # noqa: RUF001  # typographic on purpose


def _supported(language: str) -> str:
    """Return the project's variant of ``language``, or ``LANGUAGE_CODE``."""
    return locales.supported(language) or settings.LANGUAGE_CODE


def _common() -> dict[str, Any]:
    """Return the context of every template; the mail's language must be active."""
    return {
        "site_name": conf.SITE_NAME,
        "language": translation.get_language(),
        "direction": "rtl" if translation.get_language_bidi() else "ltr",
    }


def _render_plain(name: str, context: Mapping[str, Any]) -> str:
    """Render a template without HTML escaping: ``&`` stays ``&``.

    Engines other than Django's decide about escaping by the name of the file.
    """
    template = get_template(name)
    if isinstance(template, DjangoTemplate):
        return template.template.render(Context(context, autoescape=False))
    return template.render(dict(context))


def _one_line(text: str) -> str:
    """Return a subject without line breaks, so that it cannot add a header."""
    return _BREAKS.sub(" ", text).strip()[:SUBJECT_LENGTH]


def _collapse_blank_lines(text: str) -> str:
    """Return ``text`` with at most one blank line where templates left several."""
    return _BLANK_LINES.sub("\n\n", text).strip() + "\n"

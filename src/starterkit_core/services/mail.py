"""Mail: rendered from templates, sent after the commit, in the reader's language."""

import re
import unicodedata
from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import Any, ClassVar

from django.conf import settings  # noqa: TID251 - the project's language, not ours
from django.core.mail import EmailMultiAlternatives
from django.template import Context
from django.template.backends.django import Template as DjangoTemplate
from django.template.loader import get_template
from django.utils import translation
from django.utils.module_loading import import_string

from starterkit_core.conf import conf
from starterkit_core.services.tasks import enqueue_after_commit, task
from starterkit_core.utils.emails import canonical_email
from starterkit_core.utils.source import dotted

SUBJECT_LENGTH = 200
"""Longest subject, in characters."""

_BREAKS = re.compile("[\x00-\x20\x7f-\xa0\u2028\u2029\u202a-\u202e\u2066-\u2069]+")
"""Spaces, control characters, line separators and bidirectional controls."""

_BLANK_LINES = re.compile(r"\n\s*\n\s*\n")


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

    def language(self) -> str:
        """Return the fact ``language``, or ``LANGUAGE_CODE`` if it is missing."""
        return self.facts.get("language") or settings.LANGUAGE_CODE

    def context(self) -> dict[str, Any]:
        """Return the template context; pass text that users wrote by ``harmless``."""
        return {}

    def headers(self) -> dict[str, str]:
        """Return extra headers; by default, that a program sent it (RFC 3834)."""
        return {"Auto-Submitted": "auto-generated"}

    def send_later(self) -> None:
        """Send it in a task after the commit; failures are logged, not raised."""
        enqueue_after_commit(deliver, dotted(type(self)), self.facts)

    def send(self) -> None:
        """Send it now, if it has a recipient.

        Raises:
            ValueError: the recipient is not one valid address.
            OSError: the mail server cannot be reached, or rejects it.
        """
        if recipient := self.recipient():
            canonical_email(recipient)
            with translation.override(_supported(self.language())):
                message = self._message(recipient)
            _send(message)

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
def deliver(path: str, facts: dict[str, str]) -> None:
    """Send the mail of the class with the dotted path ``path``."""
    kind = import_string(path)
    if not (isinstance(kind, type) and issubclass(kind, Mail)):
        raise TypeError(f"{path} is no mail.")
    kind(**facts).send()


def harmless(text: str, *, limit: int = 60) -> str:
    """Return text of a user such that it cannot put a link or an advert into a mail.

    Letters, digits and the punctuation of names are kept. Everything else becomes a
    space, so mail clients find no link in it. It is cut to ``limit`` characters.
    """
    folded = unicodedata.normalize("NFKC", text[: 4 * limit])
    kept = (char if _is_in_names(char) else " " for char in folded)
    clean = " ".join("".join(kept).split())
    return clean if len(clean) <= limit else f"{clean[: limit - 1].rstrip()}…"


def _send(message: EmailMultiAlternatives) -> None:
    """Send it; the traceback of an error ends here.

    In the frames of a mail backend are the codes and links of the mail, for every error
    reporter to see.
    """
    try:
        message.send()
    except Exception as error:  # noqa: BLE001  # a backend may raise anything
        raise error.with_traceback(None) from None


def _is_in_names(char: str) -> bool:
    return unicodedata.category(char)[0] in "LMN" or char in "-'’,&"  # noqa: RUF001  # typographic on purpose


def _supported(language: str) -> str:
    """Return the project's variant of ``language``, or ``LANGUAGE_CODE``."""
    try:
        return translation.get_supported_language_variant(language)
    except (LookupError, ValueError):
        return settings.LANGUAGE_CODE


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

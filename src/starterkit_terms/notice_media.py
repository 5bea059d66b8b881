"""How users are told of a new version: by mail, or by a medium of the project.

A user is told by the first medium that reaches them: those of the project, as they
were registered, then mail.

>>> notice_media.register(Push())
"""

from typing import Protocol

from django.contrib.auth.base_user import AbstractBaseUser

from starterkit_terms.mails.notice import NoticeMail
from starterkit_terms.models import NoticeDelivery
from starterkit_terms.services.recipients import address_of


class Medium(Protocol):
    """A way to tell users."""

    name: str
    """Unique name of at most 32 characters; the proof of each notice has it."""

    def reaches(self, user: AbstractBaseUser) -> bool:
        """Return whether ``user`` can be told this way; asked for every user."""

    def tell(self, notice: NoticeDelivery) -> None:
        """Enqueue what tells ``notice.user``, by ``enqueue_after_commit()``.

        The transaction that saves ``notice`` is open; an exception undoes its batch.
        """


class MailMedium:
    """Tells by mail."""

    name = "mail"

    def reaches(self, user: AbstractBaseUser) -> bool:
        """Return whether the user has an address."""
        return bool(address_of(user))

    def tell(self, notice: NoticeDelivery) -> None:
        """Send the mail after the commit."""
        NoticeMail(notice=str(notice.pk)).send_later()


_media: dict[str, Medium] = {}
_mail = MailMedium()


def register(medium: Medium) -> None:
    """Add a medium before mail; one with the same name is replaced."""
    _media[medium.name] = medium


def unregister(name: str) -> None:
    """Remove the medium called ``name``."""
    _media.pop(name, None)


def medium_for(user: AbstractBaseUser) -> Medium | None:
    """Return the first medium that reaches ``user``, or None."""
    media = (*_media.values(), _mail)
    return next((medium for medium in media if medium.reaches(user)), None)

"""Every swappable model, each with a column that has no default and may not be NULL.

A number, because a text that nobody gave would be stored as an empty one.
"""

from django.db import models

from starterkit_auth.models import AbstractSession
from starterkit_terms.models import (
    AbstractAcceptance,
    AbstractDocument,
    AbstractVersion,
    TermsStateMixin,
)
from starterkit_users.models import AbstractAvatar, AbstractInvitation, AbstractUser


class User(TermsStateMixin, AbstractUser):
    member_number = models.IntegerField()

    REQUIRED_FIELDS = ["member_number"]

    class Meta(AbstractUser.Meta):
        pass


class Avatar(AbstractAvatar):
    frame = models.IntegerField()

    class Meta(AbstractAvatar.Meta):
        pass


class Session(AbstractSession):
    risk = models.IntegerField()

    class Meta(AbstractSession.Meta):
        pass


class Document(AbstractDocument):
    shelf = models.IntegerField()

    class Meta(AbstractDocument.Meta):
        pass


class Version(AbstractVersion):
    edition = models.IntegerField()

    class Meta(AbstractVersion.Meta):
        pass


class Acceptance(AbstractAcceptance):
    branch = models.IntegerField()

    class Meta(AbstractAcceptance.Meta):
        pass


class Invitation(AbstractInvitation):
    batch = models.IntegerField()

    class Meta(AbstractInvitation.Meta):
        pass

from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from starterkit_core.db.base_model import BaseModel
from starterkit_core.db.swapping import Swappable


class AbstractAvatar(BaseModel):
    """The picture of a user; a user without one has no row.

    The files are in the storage of ``services/avatar_files.py``. When a row is deleted,
    in whatever way Django deletes it, its files are deleted after the commit.
    """

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        related_name="+",
        verbose_name=_("user"),
    )
    files = models.JSONField(_("files"), default=dict, editable=False)
    """The name of each file in the storage, by the side of its picture in pixels."""

    objects: ClassVar[models.Manager[Self]] = models.Manager()

    class Meta:
        abstract = True
        verbose_name = _("avatar")
        verbose_name_plural = _("avatars")

    def __str__(self) -> str:
        return str(self.id)


avatar_model = Swappable[AbstractAvatar]("starterkit_users", "Avatar")


class Avatar(AbstractAvatar):
    """The default avatar model; swap it to add columns of your own."""

    class Meta(AbstractAvatar.Meta):
        swappable = avatar_model.setting


class AvatarLeftover(BaseModel):
    """Files of avatars that are to be deleted unless a row of an avatar has them.

    It is saved before its files are, and deleted with them, or when an avatar has them.
    So no crash of a process or a storage leaves a file that no row names.
    """

    names = models.JSONField(_("names of the files"), default=list, editable=False)

    class Meta:
        verbose_name = _("leftover files of an avatar")
        verbose_name_plural = _("leftover files of avatars")

    def __str__(self) -> str:
        return str(self.id)

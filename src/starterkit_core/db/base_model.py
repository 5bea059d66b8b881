from typing import ClassVar, Self

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from starterkit_core.utils.uuid7 import uuid7


class BaseModel(models.Model):
    """A row with a time-ordered id and two dates, in UTC.

    ``save()`` sets ``updated_at``; a bulk ``update()`` has to set it explicitly.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    created_at = models.DateTimeField(
        _("created at"), default=timezone.now, editable=False
    )
    updated_at = models.DateTimeField(_("updated at"), auto_now=True)

    objects: ClassVar[models.Manager[Self]] = models.Manager()

    class Meta:
        abstract = True

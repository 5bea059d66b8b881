from django.contrib.auth.models import Group
from django.core.validators import RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from starterkit_core.db.base_model import BaseModel

KEY = r"^[a-z][a-z0-9_.-]{0,99}\Z"
"""What the key of a role looks like."""


class Role(BaseModel):
    """The group of a role; a renamed group keeps its key."""

    key = models.CharField(
        _("key"), max_length=100, unique=True, validators=[RegexValidator(KEY)]
    )
    group = models.OneToOneField(
        Group,
        on_delete=models.CASCADE,
        related_name="starterkit_role",
        verbose_name=_("group"),
    )
    is_system = models.BooleanField(
        _("from the code"),
        default=False,
        help_text=_("The permissions follow the code, whatever is changed here."),
    )

    class Meta:
        verbose_name = _("role")
        verbose_name_plural = _("roles")

    def __str__(self) -> str:
        return self.key

"""The language and the time zone of a user; blank while they have chosen none."""

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from starterkit_core.utils import locales


def validate_language(code: str) -> None:
    """Refuse a language that the project does not offer.

    Raises:
        ValidationError: it is not in ``LANGUAGES``, in the same spelling.
    """
    if code not in locales.languages():
        text = _("This language is not offered.")
        raise ValidationError(text, code="invalid_choice")


def validate_time_zone(name: str) -> None:
    """Refuse a time zone that this computer does not know.

    Raises:
        ValidationError: it is no name of the IANA database, such as ``Europe/Berlin``.
    """
    if name not in locales.time_zones():
        text = _("This time zone is not known.")
        raise ValidationError(text, code="invalid_choice")


class LocaleMixin(models.Model):
    """Columns for the language and the time zone of a user.

    They have no ``choices``: a migration of ours would hold the project's languages.
    """

    locale = models.CharField(
        _("language"),
        max_length=35,  # of the longest tag that is in use (RFC 5646, 4.4.1)
        blank=True,
        validators=[validate_language],
        help_text=_("A code of LANGUAGES; blank if each request decides."),
    )
    time_zone = models.CharField(
        _("time zone"),
        max_length=64,
        blank=True,
        validators=[validate_time_zone],
        help_text=_("A name such as America/Sao_Paulo; blank is the project's."),
    )

    class Meta:
        abstract = True

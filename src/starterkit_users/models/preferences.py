from django.db import models
from django.utils.translation import gettext_lazy as _


class PreferencesMixin(models.Model):
    """A column with the preferences of a user that differ from their defaults.

    Which ones there are is declared in code: see ``starterkit_core.ports.preferences``.
    """

    preferences = models.JSONField(
        _("preferences"), default=dict, blank=True, editable=False
    )

    class Meta:
        abstract = True

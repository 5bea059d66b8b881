"""E026: the templates of mails and pages."""

from typing import Any

from django.core.checks import CheckMessage
from django.template.exceptions import TemplateDoesNotExist
from django.template.loader import get_template

from starterkit_core.checks.messages import error

ONE_OF_OURS = "starterkit_core/openapi/swagger.html"


def check_templates(**kwargs: Any) -> list[CheckMessage]:
    """Find a project that cannot render templates of apps, as an API may well be."""
    try:
        get_template(ONE_OF_OURS)
    except TemplateDoesNotExist:
        text = "The templates of the modules are not found, so no mail can be sent."
        backend = "django.template.backends.django.DjangoTemplates"
        hint = f'Set TEMPLATES to [{{"BACKEND": "{backend}", "APP_DIRS": True}}].'
        return [error("starterkit_core.E026", text, hint)]
    return []

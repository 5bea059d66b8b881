"""A version as users read it, in each language."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.safestring import mark_safe
from django.utils.translation import gettext_lazy as _

from starterkit_terms.admin.pages import VersionPage
from starterkit_terms.models import VersionText
from starterkit_terms.services.languages import needed_locales
from starterkit_terms.services.rendering import render


class PreviewPage(VersionPage):
    """Shows one text: the frozen one, or what would be frozen now."""

    name = "preview"
    title = _("Preview")
    template = "admin/starterkit_terms/version/preview.html"

    def get(self) -> HttpResponse:
        """Show the text in the language of ``?locale=``, or the first one."""
        texts = VersionText.objects.filter(version=self.version.pk)
        locales = [*texts.values_list("locale", flat=True)]
        locale = chosen(self.request, locales)
        text = texts.filter(locale=locale).first()
        html = (text.html or render(text.source)) if text else ""
        return self.render(
            text=text,
            html=mark_safe(html),  # noqa: S308  # sanitized HTML
            locales=locales,
            locale=locale,
            missing=sorted(needed_locales(self.version) - {*locales}),
        )


def chosen(request: HttpRequest, locales: list[str]) -> Any:
    """Return the language that the address asks for, or the first one, or None."""
    asked = request.GET.get("locale")
    return asked if asked in locales else next(iter(locales), None)

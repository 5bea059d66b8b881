"""A new version that begins with the texts of another one."""

from django.contrib import messages
from django.http import HttpResponse
from django.utils.translation import gettext_lazy as _

from starterkit_terms.admin.pages import VersionPage
from starterkit_terms.use_cases.draft_version import DraftVersion, DraftVersionInput


class DraftPage(VersionPage):
    """Copies a version with its texts; only a button leads here."""

    name = "draft"
    title = _("New version from this one")
    permission = "add"

    def post(self) -> HttpResponse:
        """Save the draft, and open it."""
        draft = DraftVersion.execute(DraftVersionInput(version=self.version))
        text = _("This is a new draft. Give it a label of its own, and change it.")
        self.model_admin.message_user(self.request, text, messages.SUCCESS)
        return self.redirect("change", draft)

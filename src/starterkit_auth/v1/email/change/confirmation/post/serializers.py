from typing import ClassVar

from django.utils.translation import gettext_lazy as _

from starterkit_core.http.alternatives import OneOfRequest
from starterkit_core.http.fields import SecretField


class ConfirmEmailChangeRequest(OneOfRequest):
    """Either the code from the mail, or the token from its link."""

    alternatives: ClassVar = {"ByCode": ("code",), "ByLink": ("token",)}
    mixed = _("Send either a code or a token.")

    code = SecretField(
        max_length=32,
        required=False,
        help_text="Six digits; spaces are ignored. Requires a signed-in user.",
    )
    token = SecretField(max_length=256, required=False, help_text="Instead of `code`.")

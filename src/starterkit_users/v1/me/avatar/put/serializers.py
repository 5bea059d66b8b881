"""Request body of PUT v1/me/avatar/."""

from typing import Any

from rest_framework import serializers

from starterkit_core.http.uploads import UploadField, UploadParser
from starterkit_users.conf import conf


class AvatarParser(UploadParser):
    """Reads the body, which is as large as the settings allow."""

    def max_bytes(self) -> int:
        """Return ``AVATAR_MAX_BYTES``."""
        return conf.AVATAR_MAX_BYTES


class SetAvatarRequest(serializers.Serializer[Any]):
    """The picture."""

    file = UploadField(help_text="A picture: JPEG, PNG, WebP or GIF.")

"""Files that no URL leads to."""

from typing import Any

from django.core.files.storage import FileSystemStorage


class PrivateFiles(FileSystemStorage):
    """A folder of files for views to hand out, readable by this process's user only.

    ``url()`` raises ``ValueError``. Django's own class would return a path below
    ``MEDIA_URL``.
    """

    base_url = None  # type: ignore[assignment]  # Django's url() asks for None

    def __init__(self, location: Any = None, **options: Any) -> None:
        modes = {"file_permissions_mode": 0o600, "directory_permissions_mode": 0o700}
        super().__init__(location, **{**modes, **options})

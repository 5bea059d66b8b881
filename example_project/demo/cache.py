"""The cache of the demo: in memory, and yet the seed can empty that of the server."""

from pathlib import Path
from typing import Any

from django.core.cache.backends.locmem import LocMemCache


class DemoCache(LocMemCache):
    """Limits are counted in the memory of the server, as without Redis.

    ``clear()`` touches the file ``LOCATION``, and by its time every other process sees
    that it has to forget, too.
    """

    def __init__(self, name: str, params: dict[str, Any]) -> None:
        super().__init__(name, params)
        self._file = Path(name)
        self._seen = self._touched()

    def make_and_validate_key(self, key: str, version: int | None = None) -> str:
        """Return the key as stored; every operation begins here."""
        if self._seen != (touched := self._touched()):
            super().clear()
            self._seen = touched
        return super().make_and_validate_key(key, version=version)

    def clear(self) -> None:
        """Forget everything, in every process."""
        super().clear()
        self._file.touch()
        self._seen = self._touched()

    def _touched(self) -> int:
        try:
            return self._file.stat().st_mtime_ns
        except FileNotFoundError:
            return 0

"""The cache of the demo: in memory, and yet the seed can empty that of the server."""

from pathlib import Path
from typing import Any

from django.core.cache.backends.locmem import LocMemCache

_seen: dict[str, int] = {}
"""When this process last forgot, by location; each thread has a cache of its own."""


class DemoCache(LocMemCache):
    """Limits are counted in the memory of the server, as without Redis.

    ``clear()`` touches the file ``LOCATION``, and by its time every other process sees
    that it has to forget, too.
    """

    def __init__(self, name: str, params: dict[str, Any]) -> None:
        super().__init__(name, params)
        self._file = Path(name)
        _seen.setdefault(str(self._file), self._touched())

    def make_and_validate_key(self, key: str, version: int | None = None) -> str:
        """Return the key as stored; every operation begins here."""
        if _seen[str(self._file)] != (touched := self._touched()):
            super().clear()
            _seen[str(self._file)] = touched
        return super().make_and_validate_key(key, version=version)

    def clear(self) -> None:
        """Forget everything, in every process."""
        super().clear()
        self._file.touch()
        _seen[str(self._file)] = self._touched()

    def _touched(self) -> int:
        try:
            return self._file.stat().st_mtime_ns
        except FileNotFoundError:
            return 0

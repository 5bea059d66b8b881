"""Headers that let caches keep what everybody may read."""

from datetime import timedelta


def varied() -> dict[str, str]:
    """Return what such an answer depends on: no cookie and no credential.

    DRF takes the header out of the dict, so each view needs one of its own.
    """
    return {"Vary": "Accept, Accept-Language"}


def shared(age: timedelta) -> dict[str, str]:
    """Return the header by which caches may share an answer for ``age``."""
    return {"Cache-Control": f"public, max-age={int(age.total_seconds())}"}

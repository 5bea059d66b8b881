"""A cache that cannot count for the rate limits is found at start-up."""

import pytest
from django.core.checks import run_checks

BACKENDS = "django.core.cache.backends"


def findings():
    return [
        m for m in run_checks(tags=["starterkit"]) if m.id == "starterkit_core.E014"
    ]


@pytest.mark.parametrize(
    "backend",
    [f"{BACKENDS}.dummy.DummyCache", f"{BACKENDS}.db.DatabaseCache"],
)
def test_refuses_a_cache_that_does_not_count_atomically(settings, backend):
    settings.CACHES = {"default": {"BACKEND": backend, "LOCATION": "counters"}}

    (found,) = findings()

    assert "does not count atomically" in found.msg


def test_refuses_a_cache_that_does_not_exist(settings):
    settings.STARTERKIT_CORE = {"CACHE_ALIAS": "counters"}

    (found,) = findings()

    assert "this cache cannot be used" in found.msg


@pytest.mark.parametrize("backend", ["missing.Cache", f"{BACKENDS}.locmem.Missing"])
def test_refuses_a_backend_that_cannot_be_imported(settings, backend):
    settings.CACHES = {"default": {"BACKEND": backend}}

    (found,) = findings()

    assert "Could not find backend" in found.msg


def test_is_content_with_local_memory():
    assert findings() == []

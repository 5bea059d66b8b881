"""A process that starts imports what requests need, and no more."""

from tests.processes import ROOT, run_python

LATER = {
    "markdown_it": "when a text is published",
    "nh3": "when a text is published",
    "rq": "in a worker, and when a task is enqueued",
    "drf_spectacular.generators": "when a client asks for the OpenAPI document",
}
"""Modules, and when they are needed."""

START = f"""
import sys
import django
django.setup()
from django.urls import get_resolver
def load(resolver):
    for pattern in resolver.url_patterns:
        if hasattr(pattern, "url_patterns"):
            load(pattern)
load(get_resolver())
assert "starterkit_terms.v1.urls" in sys.modules
print(*sorted(sys.modules.keys() & {set(LATER)}), file=sys.stderr)
"""


def test_what_is_rarely_needed_is_imported_when_it_is():
    early = run_python("-c", START, settings="tests.settings", folder=ROOT)

    assert early.split() == []

"""Examples of the API documentation."""

from typing import Any

from starterkit_terms.v1.documents.examples import WORDING

SHOWN = {
    name: value
    for name, value in WORDING.items()
    if name not in {"enforce_at", "mandatory"}
}

GIVEN: dict[str, Any] = {
    **SHOWN,
    "document": "newsletter",
    "nature": "consent",
    "title": "Newsletter",
    "checkbox": "Yes, send me the newsletter.",
    "state": "given",
    "decided_at": "2026-11-23T18:00:00Z",
    "decided_number": 2,
    "expires_at": "2028-11-23T18:00:00Z",
}

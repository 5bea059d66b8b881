"""What the examples of the API documentation show."""

from typing import Any

WORDING: dict[str, Any] = {
    "document": "terms",
    "nature": "contract",
    "title": "Terms of service",
    "version": "0199f0a3-c5b8-7d7e-8a41-f0c2d3e4f5a6",
    "number": 2,
    "label": "2026-11",
    "change_summary": "A new address.",
    "change_class": "active",
    "announce_at": "2026-11-01T09:30:00Z",
    "effective_at": "2026-11-22T09:30:00Z",
    "locale": "en",
    "locales": ["en", "pt-br"],
    "authoritative_locale": "en",
    "checkbox": "I have read and accept the terms of service.",
    "content_hash": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    "enforce_at": "2026-12-22T09:30:00Z",
}

TEXT = {"html": "<h1>Terms of service</h1>", "source": "# Terms of service"}

UPCOMING: dict[str, Any] = {
    **WORDING,
    "version": "019a0b12-43c1-7a5b-9c61-3f8f9f1f6f01",
    "number": 3,
    "label": "2027-01",
    "change_summary": "A new payment provider.",
    "announce_at": "2026-11-25T09:30:00Z",
    "effective_at": "2027-01-01T00:00:00Z",
    "enforce_at": "2027-02-01T00:00:00Z",
    "content_hash": "2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae",
}

DOCUMENT: dict[str, Any] = {
    **WORDING,
    "mandatory": True,
    "audience": "",
    **TEXT,
    "upcoming": [UPCOMING],
}

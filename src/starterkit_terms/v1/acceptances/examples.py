"""What the OpenAPI document shows of the acts of a user."""

ACCEPTANCE = {
    "id": "0199f0a3-d1c4-7a02-b6c5-18d9e0f7a3b2",
    "document": "terms",
    "version": "0199f0a3-c5b8-7d7e-8a41-f0c2d3e4f5a6",
    "number": 2,
    "label": "2026-11",
    "locale": "en",
    "content_hash": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    "wording": "I have read and accept the terms.",
    "action": "accepted",
    "method": "api",
    "happened_at": "2026-11-22T09:30:00Z",
    "expires_at": None,
}

"""Examples that the endpoints of users share."""

USER = {
    "id": "0199f0a3-c5b8-7d7e-8a41-f0c2d3e4f5a6",
    "email": "ada@example.com",
    "first_name": "Ada",
    "last_name": "Lovelace",
    "avatar": None,
    "locale": "en",
    "time_zone": "Europe/London",
    "created_at": "2026-11-22T09:30:00Z",
    "status": "active",
    "status_until": None,
    "is_active": True,
    "is_staff": False,
    "is_superuser": False,
    "last_login": None,
    "last_seen_at": None,
    "status_reason": "",
    "status_since": "2026-11-22T09:30:00Z",
    "status_by": "",
}

USER_DETAILS = {**USER, "roles": ["support"]}

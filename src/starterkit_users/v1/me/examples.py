"""Examples that the endpoints of one's own account share."""

ACCOUNT = {
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
}

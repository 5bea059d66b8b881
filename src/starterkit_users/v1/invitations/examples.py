"""Examples that the endpoints of invitations share."""

INVITATION = {
    "id": "0199f0a3-c5b8-7d7e-8a41-f0c2d3e4f5a7",
    "email": "grace@example.com",
    "state": "open",
    "user": "0199f0a3-c5b8-7d7e-8a41-f0c2d3e4f5a6",
    "invited_by": "0199f0a3-c5b8-7d7e-8a41-f0c2d3e4f5a5",
    "roles": ["support"],
    "mails": 1,
    "created_at": "2026-11-22T09:30:00Z",
    "mailed_at": "2026-11-22T09:30:00Z",
    "expires_at": "2026-11-29T09:30:00Z",
    "ended_at": None,
}

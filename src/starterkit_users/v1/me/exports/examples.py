"""Examples that the endpoints of exports share."""

WAITING = {
    "id": "0199f0a3-c5b8-7d7e-8a41-f0c2d3e4f5a6",
    "state": "waiting",
    "created_at": "2026-11-26T10:00:00Z",
    "ready_at": None,
    "expires_at": None,
    "downloaded_at": None,
}
READY = WAITING | {
    "state": "ready",
    "ready_at": "2026-11-26T10:00:04Z",
    "expires_at": "2026-11-27T10:00:04Z",
}

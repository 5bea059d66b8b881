"""Examples that the endpoints of imports share."""

IMPORT = {
    "id": "019ab1c4-5f2e-7c31-9d0a-6b1f0e8c7a55",
    "state": "done",
    "code": "",
    "dry_run": False,
    "lines": 4,
    "lines_done": 4,
    "created": 1,
    "updated": 1,
    "unchanged": 0,
    "refused": 1,
    "errors": [{"line": 4, "field": "email", "code": "invalid"}],
    "created_at": "2026-11-26T21:00:00Z",
    "finished_at": "2026-11-26T21:00:01Z",
}

"""Examples that the endpoints of bulk acts share."""

RESULTS = [
    {"id": "0199f0a3-c5b8-7d7e-8a41-f0c2d3e4f5a6", "state": "done", "code": ""},
    {
        "id": "0199f0a3-c5b8-7d7e-8a41-f0c2d3e4f5a7",
        "state": "refused",
        "code": "higher_rank",
    },
]

BULK = {
    "id": "019ab1c4-5f2e-7c31-9d0a-6b1f0e8c7a55",
    "act": "suspend",
    "state": "done",
    "code": "",
    "total": 2,
    "done": 1,
    "refused": 1,
    "created_at": "2026-11-26T21:00:00Z",
    "finished_at": "2026-11-26T21:00:01Z",
    "results": RESULTS,
}

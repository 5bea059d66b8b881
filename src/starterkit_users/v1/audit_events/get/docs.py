"""OpenAPI of GET v1/audit-events/."""

from drf_spectacular.utils import OpenApiExample

from starterkit_core.openapi.describe import describe

USER = "0199f0a3-c5b8-7d7e-8a41-f0c2d3e4f5a6"

list_audit_events = describe(
    operation_id="users_list_audit_events",
    tags=["Users"],
    summary="List audit events",
    description=(
        "Who did what to whom, newest first: the events of all modules, as long as the "
        "project keeps them. Needs the permission `starterkit_core.view_auditevent`. "
        "Filters narrow the list together; a name that is no filter is refused."
    ),
    examples=[
        OpenApiExample(
            "A change of a name",
            value={
                "results": [
                    {
                        "id": "019ab1c4-5f2e-7c31-9d0a-6b1f0e8c7a55",
                        "created_at": "2026-11-22T18:00:00Z",
                        "action": "users.account_updated",
                        "actor_id": USER,
                        "impersonator_id": "",
                        "subject_type": "starterkit_users.User",
                        "subject_id": USER,
                        "address": "192.0.2.7",
                        "user_agent": "Engines/4.2",
                        "request_id": "4bf92f3577b34da6a3ce929d0e0e4736",
                        "reason": "",
                        "facts": {"fields": ["first_name"]},
                    }
                ],
                "next": None,
                "previous": None,
            },
            response_only=True,
            status_codes=["200"],
        ),
    ],
)

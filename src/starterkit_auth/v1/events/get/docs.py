"""OpenAPI of GET v1/events."""

from starterkit_auth.v1.examples import SESSION, answer
from starterkit_core.openapi.describe import describe

list_events = describe(
    operation_id="auth_list_events",
    tags=["Auth"],
    summary="List what happened to my account",
    description=(
        "Returns my security log, the newest event first, for as long as the project "
        "keeps it. `current` marks what is about the session of this request. "
        "Names of actions are stable; more may come.\n\n"
        "| Action | What happened | Facts |\n"
        "| --- | --- | --- |\n"
        "| `auth.registered` | somebody signed up with the address | |\n"
        "| `auth.address_confirmed` | the address was proven | |\n"
        "| `auth.signed_in` | a session was opened | `session`, `method` |\n"
        "| `auth.sign_in_refused` | somebody tried to get in | `method`, `reason` |\n"
        "| `auth.signed_out` | a session was ended by its client | `session` |\n"
        "| `auth.session_ended` | I ended one session | `session` |\n"
        "| `auth.sessions_ended` | several were ended, by me or by an administrator "
        "| `number` |\n"
        "| `auth.token_replayed` | a retired refresh token came back, and its session "
        "was ended | `session` |\n"
        "| `auth.stepped_up` | I proved again who I am | `session`, `method` |\n"
        "| `auth.step_up_refused` | the proof was refused | `session`, `method` |\n"
        "| `auth.password_changed` | I chose another password | `session` |\n"
        "| `auth.password_change_refused` | the current one was wrong | `session` |\n"
        "| `auth.password_reset_requested` | somebody asked for a new password | |\n"
        "| `auth.password_reset` | it was set with a code or link from the mail | |\n"
        "| `auth.email_change_requested` | a new address was asked for | |\n"
        "| `auth.email_change_refused` | a code for it was refused | |\n"
        "| `auth.email_changed` | the address was changed | |\n"
        "| `auth.email_change_reversed` | the former address was brought back | |"
    ),
    examples=[
        answer(
            "A sign-in",
            {
                "results": [
                    {
                        "id": "019ab1c4-5f2e-7c31-9d0a-6b1f0e8c7a55",
                        "created_at": "2026-11-22T18:00:00Z",
                        "action": "auth.signed_in",
                        "address": "192.0.2.0/24",
                        "user_agent": "Engines/4.2",
                        "current": True,
                        "facts": {"session": SESSION["id"], "method": "password"},
                    }
                ],
                "next": None,
                "previous": None,
            },
        ),
    ],
)

"""OpenAPI of GET v1/events."""

from starterkit_auth.v1.examples import SESSION, answer
from starterkit_core.openapi.describe import describe

list_events = describe(
    operation_id="auth_list_events",
    tags=["Auth"],
    summary="List my security events",
    description=(
        "Returns the security events of my account, newest first, as long as the "
        "project keeps them. `current` marks events about the session of this request. "
        "`impersonated` marks what an administrator did who acted as me. "
        "Action names are stable; new ones may be added.\n\n"
        "| Action | What happened | Facts |\n"
        "| --- | --- | --- |\n"
        "| `auth.registered` | an account was registered with the address | |\n"
        "| `auth.address_confirmed` | the address was proven | |\n"
        "| `auth.address_kept` | of several accounts, mine kept the address | `rule`, "
        "`number` |\n"
        "| `auth.signed_in` | a session was opened | `session`, `method` |\n"
        "| `auth.sign_in_refused` | a sign-in was refused | `method`, `reason` |\n"
        "| `auth.signed_out` | a session was signed out by its client | `session` |\n"
        "| `auth.session_ended` | I ended one session | `session` |\n"
        "| `auth.sessions_ended` | sessions were ended by me or an administrator, or "
        "because the account was deactivated | `number`, `reason` if not by me |\n"
        "| `auth.token_replayed` | a retired refresh token was used again, and its "
        "session was ended | `session` |\n"
        "| `auth.stepped_up` | I proved my identity again | `session`, `method` |\n"
        "| `auth.step_up_refused` | the proof was refused | `session`, `method` |\n"
        "| `auth.password_changed` | I changed my password | `session` |\n"
        "| `auth.password_change_refused` | the current one was wrong | `session` |\n"
        "| `auth.password_reset_requested` | a password reset was requested | |\n"
        "| `auth.password_reset` | the password was set with a code or link | |\n"
        "| `auth.email_change_requested` | a change of address was requested | |\n"
        "| `auth.email_change_refused` | a code or link for it was refused | |\n"
        "| `auth.email_changed` | the address was changed | |\n"
        "| `auth.email_change_reversed` | the former address was restored | |\n"
        "| `auth.address_disputed` | two addresses claimed the account, and it was "
        "closed | |\n"
        "| `auth.password_reset_forced` | an administrator voided the password, and a "
        "mail to set a new one was sent | |\n"
        "| `auth.impersonation_started` | an administrator began to act as me | |\n"
        "| `auth.impersonation_ended` | that ended before its time | `reason` |\n"
        "| `auth.account_closed` | an administrator closed the account | |\n"
        "| `auth.account_opened` | an administrator opened it again | |\n"
        "| `auth.limits_lifted` | an administrator let me try again at once | |"
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
                        "impersonated": False,
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

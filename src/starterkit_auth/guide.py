"""How to build a sign-in: what the OpenAPI document says at the tag of this module."""

from starterkit_auth.conf import conf
from starterkit_auth.services.purposes import RULES

GUIDE = """\
**How to build a sign-in.** Paths begin at `auth/v1/`. Ask for `config/` first: it has \
what your forms need.

* **Sign up:** `POST registration/`. The mail has a code; send it with the address and \
a `client` to `POST registration/confirmation/`, which signs in as well. For another \
mail: `POST registration/code/`.
* **Sign in:** `POST session/`, with a `client`. After 403 `email_unverified` a code \
is on its way; go on as after signing up.
* **Forgotten password:** `POST password/reset/`, then `POST \
password/reset/confirmation/` with the code and a new password, then sign in.
* **Other address:** `POST email/change/`, then `POST email/change/confirmation/` with \
the code.
* **Sign out:** `DELETE session/`, and forget the tokens whatever it answers.

**An app** leaves the transport at `bearer`, and keeps both tokens where the device \
keeps secrets.

1. Send `Authorization: Bearer <access_token>` wherever somebody has to be signed in.
2. On 401 `authentication_failed` send the refresh token to `POST session/refresh/`, \
keep both new tokens, and send once more what was refused. You may also renew before \
`expires_in` seconds are over.
3. Let all requests that wait share one refresh. If its answer is lost, send the same \
refresh token again.
4. The session is over when refreshing is answered by 401: forget both tokens, and ask \
for the password. Keep them at anything else, such as 429, 503 or no network.
5. `session/step-up/` and `PUT password/` answer with tokens, too. Keep those.

**A browser** sends `"client": {"transport": "cookie"}` wherever a session is opened. \
It gets one HttpOnly cookie: there is no token to keep, to renew, or to send against \
forgery.

1. `GET session/` says who is signed in, and 401 that nobody is.
2. What changes something must come from a page of the API's own origin, or of one \
that the project trusts. Browsers say so by themselves, in `Sec-Fetch-Site` or \
`Origin`; whatever says neither or comes from elsewhere gets 403 `cross_site_request`.
3. From another origin, call `fetch` with `credentials: "include"`. The project lists \
that origin in `CSRF_TRUSTED_ORIGINS`, answers CORS for it with credentials, and \
exposes `Retry-After`. On another site the cookie needs `COOKIE_SAMESITE` `None`, too.
4. Send no `Authorization` header: with the cookie it is 400 `ambiguous_credentials`.
5. `session/step-up/` and `PUT password/` change the cookie at once. Let nothing else \
run beside them: with the former cookie it would get 401.

**What to do with an answer**

| Answer | What to do |
| --- | --- |
| 401 `authentication_failed` | an app refreshes, as above; a browser asks for the \
password |
| 401 `not_authenticated` | send a credential: none came |
| 401 `session_ended`, `invalid_refresh_token`, `refresh_token_reused` | the session \
is over: sign in |
| 403 `step_up_required` | `POST session/step-up/`, then the same again; whoever has \
just signed in is not asked |
| 403 with a code that `GET session/` has in `pending_gates` | do what it is about, \
then the same again |
| 400 `invalid_confirmation` | the code or link is wrong, used or too old, and nobody \
is told which: try again, or ask for another mail |
| 400 `weak_password` | show the `detail` of each of the `reasons` |
| 429 `rate_limited` | wait as long as `Retry-After` says |
"""

LINKS = """\
**Links in mails** open a page of the front end, which sends the token by POST. \
Without a front end the mails have codes, and that to a former address has the token.

| Page | Sends the token to |
| --- | --- |
"""


def text() -> str:
    """Return the guide, with the pages that this project's mails lead to."""
    rows = [
        f"| `{_shown(rules.url)}` | `{rules.endpoint}` |"
        for rules in RULES.values()
        if rules.url
    ]
    return GUIDE + "\n" + LINKS + "\n".join(rows) if rows else GUIDE


def _shown(url: str) -> str:
    frontend = conf.FRONTEND_URL.rstrip("/")
    return url.replace("{frontend}", frontend).replace("{token}", "…")

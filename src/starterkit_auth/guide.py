"""How to build a sign-in: the description of this module's tag in OpenAPI."""

from starterkit_auth.conf import conf
from starterkit_auth.services.purposes import RULES

SCHEMES = ("starterkitToken", "starterkitCookie")
"""The security schemes in OpenAPI; names such as cookieAuth are taken by libraries."""

GUIDE = """\
**How to build a sign-in.** Paths are relative to `auth/v1/`. Get `config/` first: it \
has the rules for your forms.

* **Sign up:** `POST registration/`, and keep the `registration_token`. The mail has \
a code; send both with a `client` to `POST registration/confirmation/`, which also \
signs in. To send the mail again: `POST registration/code/`.
* **The link in that mail** goes to the same endpoint, with the `registration_token` \
or, on another device, with the password.
* **Sign in:** `POST session/`, with a `client`. 403 `email_unverified` has a \
`registration_token`, and a code is sent by mail; continue as after signing up.
* **Forgotten password:** `POST password/reset/`, then `POST \
password/reset/confirmation/` with the code and a new password, then sign in.
* **Change the address:** `POST email/change/`, then `POST \
email/change/confirmation/` with the code.
* **Sign out:** `DELETE session/`, and delete the tokens whatever the response.

**An app** uses the default transport `bearer`, and stores both tokens in the secure \
storage of the device.

1. Send `Authorization: Bearer <access_token>` to each endpoint that requires a user.
2. On 401 `authentication_failed` send the refresh token to `POST session/refresh/`, \
store both new tokens, and retry the refused request once. You may also refresh before \
`expires_in` seconds are over.
3. Send one refresh at a time: all waiting requests share it. If its response is lost, \
send the same refresh token again.
4. The session is over if the refresh returns 401: delete both tokens, and ask for the \
password. Keep the tokens after any other error, such as 429, 503 or no network.
5. `session/step-up/` and `PUT password/` also return new tokens. Store them instead.

**A browser** sends `"client": {"transport": "cookie"}` wherever a session is opened. \
It gets an HttpOnly cookie: there is no token to store or refresh, and no CSRF token.

1. `GET session/` returns the signed-in user, or 401 if no user is signed in.
2. Unsafe requests (all but `GET`, `HEAD`, `OPTIONS`) must come from a page of the \
API's own origin, or of an origin that the project trusts. Browsers send \
`Sec-Fetch-Site` or `Origin` by themselves; a request with neither, or from \
another origin, gets 403 `cross_site_request`.
3. From another origin, call `fetch` with `credentials: "include"`. The project lists \
that origin in `CSRF_TRUSTED_ORIGINS`, allows CORS with credentials for it, and \
exposes `Retry-After`. On another site it also sets `COOKIE_SAMESITE` to `None`; the \
browser then keeps one session for each site that calls the API.
4. Send no bearer token: with the cookie it is 400 `ambiguous_credentials`.
5. `session/step-up/` and `PUT password/` replace the cookie at once. Send no other \
request at the same time: with the former cookie it would get 401.

**What to do after an error**

| Error | What to do |
| --- | --- |
| 401 `authentication_failed` | app: refresh, as above; browser: ask for the \
password |
| 401 `not_authenticated` | the request has no credential: send one |
| 401 `session_ended`, `invalid_refresh_token`, `refresh_token_reused` | the session \
is over: sign in |
| 403 `step_up_required` | `POST session/step-up/`, then retry; not needed just after \
signing in |
| 403 `session_required` | the user is signed in by other means: `POST session/`, then \
retry |
| 403 with a code that `GET session/` has in `pending_gates` | do what the code is \
about, then retry |
| 400 `invalid_confirmation` | the code or link is wrong, used or too old; the \
response does not tell which: try again, or ask for another mail |
| 400 `weak_password` | show the `detail` of each of the `reasons` |
| 429 `rate_limited` | wait for the seconds in `Retry-After`, then retry |
"""

LINKS = """\
**Links in mails** open a page of the front end, which sends the token by POST. \
Without a front end, mails have only codes; the mail to a former address has the token.

| Page | Sends the token to |
| --- | --- |
"""


def text() -> str:
    """Return the guide, with the pages that links in this project's mails open."""
    rows = [
        f"| `{_shown(rules.url)}` | `{rules.endpoint}` |"
        for rules in RULES.values()
        if rules.url
    ]
    return GUIDE + "\n" + LINKS + "\n".join(rows) if rows else GUIDE


def _shown(url: str) -> str:
    frontend = conf.FRONTEND_URL.rstrip("/")
    return url.replace("{frontend}", frontend).replace("{token}", "…")

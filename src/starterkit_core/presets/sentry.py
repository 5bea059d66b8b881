"""What ``sentry_sdk.init()`` takes."""

from collections.abc import Callable, Sequence
from typing import Any


def sentry(
    dsn: str,
    *,
    environment: str = "production",
    release: str | None = None,
    traces_sample_rate: float = 0.0,
    headers: Sequence[str] = (),
    before_send: Callable[..., Any] | None = None,
    before_send_transaction: Callable[..., Any] | None = None,
) -> dict[str, Any]:
    """Return the options of Sentry's SDK: ``sentry_sdk.init(**presets.sentry(dsn))``.

    An event has no body, cookie, credential or e-mail address; of its user, the id; of
    the headers, the well-known ones and those that ``headers`` names; and local
    variables of the project's own code only. What is secret is hidden as in logs and
    in the audit log, after ``before_send`` of yours. An outage is an event once a
    minute, and so is what any client may cause, such as a wrong ``Host``. Off without a
    DSN. For Sentry, GlitchTip and Bugsink.

    ``traces_sample_rate`` is the part of the requests that is traced, unless the caller
    of a request has decided; 0 traces none. Health checks are never traced.
    """
    if not dsn:
        return {"dsn": ""}  # for None, the SDK would look into the environment
    from starterkit_core.observability.sentry import (  # noqa: PLC0415  # an extra
        options,
    )

    return options(
        dsn,
        environment=environment,
        release=release,
        traces_sample_rate=traces_sample_rate,
        headers=headers,
        before_send=before_send,
        before_send_transaction=before_send_transaction,
    )

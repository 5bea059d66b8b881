"""The guide to this module in the OpenAPI document."""

GUIDE = """\
`me/` is the account of the caller, whatever it may do. `users/`, `roles/`, \
`invitations/` and `audit-events/` are for administrators: each operation says which \
permission it needs, and returns 403 `permission_denied` without it.

What takes long is started by a `POST` that returns 202, and its answer has the `id` \
with which to ask how far it is.
"""


def tags() -> dict[str, str]:
    """Return the description of this module's tag."""
    return {"Users": GUIDE}

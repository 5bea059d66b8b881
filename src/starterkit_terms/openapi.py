"""What the OpenAPI document says at the tag of this module."""

GUIDE = """\
Read `GET terms/v1/documents/` before a sign-up, and show what is `mandatory`. Send \
`version` and `content_hash` of each as `accepted_terms`.

Later there may be new versions. Once one is in force that must be accepted, other \
endpoints answer 403 `terms_acceptance_required`: ask `GET terms/v1/pending/`, show \
the texts from `documents`, `POST terms/v1/acceptances/`, and repeat what was refused.
"""


def tags() -> dict[str, str]:
    """Return what the document says at the tag of this module."""
    return {"Terms": GUIDE}

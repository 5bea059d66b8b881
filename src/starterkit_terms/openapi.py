"""The guide to this module in the OpenAPI document."""

GUIDE = """\
Before a sign-up, call `GET terms/v1/documents/` and show the documents that are \
`mandatory`. Send `version` and `content_hash` of each in `accepted_terms`.

New versions may follow. Once a new version must be accepted, other endpoints return \
403 `terms_acceptance_required`. Then call `GET terms/v1/pending/`, show the texts \
from `documents`, call `POST terms/v1/acceptances/`, and retry the refused request.
"""


def tags() -> dict[str, str]:
    """Return the description of this module's tag."""
    return {"Terms": GUIDE}

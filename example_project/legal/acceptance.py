"""One step of one use case: it fills the field that our model adds.

The API and the sign-up accept through the same use case, so this holds for both.
"""

from typing import Any

from typing_extensions import override

from example_project.legal.companies import contracting_party
from starterkit_terms.models import VersionText
from starterkit_terms.v1.acceptances.post.use_case import AcceptTerms


class AcceptContracts(AcceptTerms):
    """Saves which company a contract is with."""

    @override
    def acceptance_fields(self, text: VersionText) -> dict[str, Any]:
        """Return the values of a new row, ours included."""
        fields = super().acceptance_fields(text)
        return fields | {"contracting_party": contracting_party(text.locale)}

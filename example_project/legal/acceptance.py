"""One step of one use case: it fills the field that our model adds.

Every way to accept ends in this use case, so it holds for the API and the sign-up.
"""

from typing import Any

from typing_extensions import override

from example_project.legal.companies import contracting_party
from starterkit_terms.services.evidence import Act
from starterkit_terms.use_cases.record_acts import RecordActs, States


class RecordContracts(RecordActs):
    """Saves which company a contract is with."""

    @override
    def acceptance_fields(self, act: Act, former: States) -> dict[str, Any]:
        """Return the values of a new row, ours included."""
        fields = super().acceptance_fields(act, former)
        return fields | {"contracting_party": contracting_party(act.locale)}

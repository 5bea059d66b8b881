"""What hosts may build on changes only on purpose: it is compared with a file."""

from pathlib import Path

from starterkit_core.use_cases import UseCase
from tests import kept
from tests.documented import operations
from tests.public_api import describe, our_acts, our_endpoints

SNAPSHOT = Path(__file__).parent / "snapshots" / "public_api.txt"


def test_the_public_api_is_the_committed_one():
    found = describe({it.key: it.content["operationId"] for it in operations()})

    kept.compare(SNAPSHOT, found)


def test_a_use_case_documents_every_refusal_it_raises():
    for key in [*our_endpoints(), *our_acts()]:
        use_case = UseCase.defaults[key]
        said = (use_case.__doc__ or "").partition("Raises:")[2].splitlines()
        names = {line.split(":")[0].strip() for line in said if ":" in line}
        assert {error.__name__ for error in use_case.raises} <= names, key

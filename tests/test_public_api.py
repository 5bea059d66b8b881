"""What hosts may build on changes only on purpose: it is compared with a file."""

import os
from difflib import unified_diff
from pathlib import Path

from starterkit_core.use_cases import UseCase
from tests.documented import operations
from tests.public_api import describe, our_endpoints

SNAPSHOT = Path(__file__).parent / "snapshots" / "public_api.txt"
UPDATE = "UPDATE_SNAPSHOTS"
COMMAND = f"{UPDATE}=1 python3 dev.py test tests/test_public_api.py"


def test_the_public_api_is_the_committed_one():
    found = describe({it.key: it.content["operationId"] for it in operations()})

    if os.environ.get(UPDATE):
        SNAPSHOT.write_text(found, "utf-8")
    kept = SNAPSHOT.read_text("utf-8")

    assert found == kept, explained(kept, found)


def explained(kept: str, found: str) -> str:
    lines = unified_diff(
        kept.splitlines(), found.splitlines(), "committed", "found", lineterm=""
    )
    diff = "\n".join(lines)
    return f"\n{diff}\n\nIf this is meant, tell it in the changelog and run:\n{COMMAND}"


def test_a_use_case_documents_every_refusal_it_raises():
    for key in our_endpoints():
        use_case = UseCase.defaults[key]
        said = (use_case.__doc__ or "").partition("Raises:")[2].splitlines()
        names = {line.split(":")[0].strip() for line in said if ":" in line}
        assert {error.__name__ for error in use_case.raises} <= names, key

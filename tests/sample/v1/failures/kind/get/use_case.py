from dataclasses import dataclass

from django.core.exceptions import (
    PermissionDenied,
    RequestDataTooBig,
    SuspiciousOperation,
)
from django.db import OperationalError
from django.http import Http404

from starterkit_core.errors import Busy, RateLimited
from starterkit_core.use_cases import Input, UseCase

FAILURES = {
    "missing": Http404("no such row: secret_table"),
    "forbidden": PermissionDenied("a secret reason"),
    "suspicious": SuspiciousOperation("a secret reason"),
    "too-big": RequestDataTooBig(),
    "database": OperationalError("could not connect to host secret"),
    "limited": RateLimited(retry_after=7),
    "busy": Busy(retry_after=7),
    "bug": ZeroDivisionError("a secret reason"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class FailInput(Input):
    """How to fail."""

    kind: str


class Fail(UseCase[FailInput, None]):
    """Raise what the path names."""

    raises = (RateLimited,)
    atomic = False

    def run(self) -> None:
        raise FAILURES[self.input.kind]

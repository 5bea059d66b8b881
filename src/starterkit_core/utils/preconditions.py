"""What a caller demands of a row before it is changed, such as to be as it was read."""

from collections.abc import Callable
from typing import Any

Precondition = Callable[[Any], None]
"""Is given the locked row before it changes; raises ``PreconditionFailed``, or not."""


def no_precondition(row: object) -> None:
    """Accept every row."""

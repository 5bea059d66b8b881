"""E019: the rule for addresses would fail, or mix up accounts."""

from typing import Any

from django.core.checks import CheckMessage

from starterkit_core.addresses import problem_with_rule
from starterkit_core.checks.messages import error
from starterkit_core.conf import conf


def check_email_rule(**kwargs: Any) -> list[CheckMessage]:
    """Try the rule with a few addresses."""
    path = conf.EMAIL_RULE
    if not path or not isinstance(path, str):  # of another type: E001
        return []
    problem = problem_with_rule(path)
    if not problem:
        return []
    return [
        error(
            "starterkit_core.E019",
            f"STARTERKIT_CORE['EMAIL_RULE']: {path!r} {problem}",
            "A rule gets local part and domain, and returns the local part without "
            "dots, without the tag that begins with '+', or as it is.",
        )
    ]

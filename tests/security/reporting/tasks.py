"""A task of the project, which fails."""

import logging

from starterkit_core.services.tasks import task

logger = logging.getLogger("shop")


class TaskError(Exception):
    """A bug of the project."""


@task
def fail(email: str, password: str) -> None:
    said = f"{email} has the password {password!r}"
    logger.warning("A task for %s: password=%s", email, password)
    raise TaskError(f"{said} cannot use {password} of {email}")

"""``manage.py starterkit_worker``: runs the tasks that are in the database."""

import logging
import time
from typing import Any

from django.apps import apps
from django.core.management import load_command_class
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connections
from django.utils import timezone

from starterkit_core.conf import conf
from starterkit_core.services import database_queue
from starterkit_core.services.tasks import backend_named
from starterkit_core.utils.outages import DATABASE_DOWN

logger = logging.getLogger("starterkit.tasks")


class Command(BaseCommand):
    """The worker of django-tasks-db, which also runs what killed workers left.

    It has the options of ``db_worker``. A database that is restarted does not end it.
    """

    help = "Run the tasks in the database, and those whose worker was killed."

    def add_arguments(self, parser: CommandParser) -> None:
        """Add the options of the library's worker."""
        _library_worker().add_arguments(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        """Work until a signal ends it, or until the work is done with ``--batch``."""
        rows = database_queue.rows_in(backend_named(options["backend_name"]))
        silence = conf.TASK_ABANDONED_AFTER
        with database_queue.watch(rows, options["worker_id"], silence):
            while not self.work(rows, options):
                time.sleep(database_queue.PAUSE)

    def work(self, rows: Any, options: dict[str, Any]) -> bool:
        """Run tasks; return False when the database has gone away meanwhile."""
        try:
            database_queue.recover_own(rows, options["worker_id"])
            if options["batch"]:  # it does not run for long enough to be sure
                since = timezone.now() - conf.TASK_ABANDONED_AFTER
                database_queue.recover_abandoned(rows, since)
            _library_worker().handle(**options)
        except DATABASE_DOWN as error:
            if options["batch"]:
                raise
            logger.warning("The worker waits for the database: %s", error)
            connections[rows.db].close()
            return False
        return True


def _library_worker() -> BaseCommand:
    if not apps.is_installed("django_tasks_db"):
        raise CommandError("Install django-tasks-db, and add it to INSTALLED_APPS.")
    return load_command_class("django_tasks_db", "db_worker")

"""The worker of RQ, in a process of its own; see ``presets.RQ``.

If the worker of a job is killed, RQ lets the job fail, unless it was enqueued with a
number of retries, which then also repeats jobs that raised an exception. ``Worker``
repeats the abandoned ones only.
"""

from contextlib import suppress
from datetime import timedelta
from typing import Any

from starterkit_core.conf import conf

RQWorker: Any = object
with suppress(ImportError):  # tools that import every file may have no RQ
    from rq.worker import Worker as RQWorker


def once_more(job: Any, kind: type[BaseException], *details: Any) -> None:
    """Let RQ repeat the job if it was abandoned for the first time: it has no count."""
    is_abandoned = kind.__name__ == "AbandonedJobError"
    if is_abandoned and job.retries_left is None:
        job.retries_left = 1


class Worker(RQWorker):  # type: ignore[misc]  # RQ need not be installed
    """RQ's worker, which lets a job run once more whose worker was killed.

    A worker says six times in ``TASK_ABANDONED_AFTER`` that it is alive, and looks as
    often as once in that time for jobs of workers that do not.
    """

    def __init__(self, *args: Any, **options: Any) -> None:
        silence = int(conf.TASK_ABANDONED_AFTER / timedelta(seconds=1))
        options |= {
            "exception_handlers": [once_more, *(options["exception_handlers"] or ())],
            "job_monitoring_interval": max(1, silence // 6),
            "maintenance_interval": silence,
            "log_job_description": False,  # it has the arguments
        }
        self.silence = silence
        super().__init__(*args, **options)

    @property
    def dequeue_timeout(self) -> int:
        """How many seconds to wait for a job before looking for abandoned ones."""
        return min(self.silence, int(super().dequeue_timeout))

    def get_heartbeat_ttl(self, job: Any, working_time: float = 0) -> int:
        """Return after how many seconds without a word the job counts as abandoned."""
        return self.silence

    def handle_job_failure(self, job: Any, *args: Any, **options: Any) -> None:
        """Let a job fail that raised an exception; that happens in the work horse.

        If the horse was killed, or the worker before it had one, the job is repeated.
        """
        if not self.is_horse and job.retries_left is None:
            job.retries_left = 1
        super().handle_job_failure(job, *args, **options)

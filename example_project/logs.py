"""structlog: its events go through the loggers, handlers and formatter of ``LOGGING``.

So a line of structlog looks like every other line, and has the same ids.
"""

import structlog

from starterkit_core.observability.structlog import with_ids


def configure() -> None:
    """Set structlog up; call it once, in the settings."""
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            structlog.contextvars.merge_contextvars,
            with_ids,
            structlog.stdlib.render_to_log_kwargs,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )

"""The web server of the example: ``gunicorn -c example_project/gunicorn.conf.py``.

It stands behind a proxy that buffers requests, such as nginx or a load balancer: a
client that sends slowly would otherwise hold a thread. From the environment come
``PORT`` (with it gunicorn listens on every address, else on 127.0.0.1:8000),
``WEB_CONCURRENCY`` and ``WEB_THREADS``.
"""
# ruff: noqa: N999  # the name that gunicorn looks for

import os
from pathlib import Path

wsgi_app = "example_project.wsgi"

# --- Processes. Each thread keeps a connection to the database: workers x threads.

workers = int(os.environ.get("WEB_CONCURRENCY", "2"))  # one or two for each core
worker_class = "gthread"
threads = int(os.environ.get("WEB_THREADS", "4"))  # most of a request is waiting
# Each worker imports the project itself: what is made before a fork (a connection, the
# threads of Sentry, OpenTelemetry and psycopg's pool) would be shared, or be missing.
# Preloading would save 20 of 120 MB with two workers.
preload_app = False
# A worker that leaks is replaced, and not all of them at once.
max_requests = 10_000
max_requests_jitter = 1_000

# --- Times, in seconds

# Not of a request, but of a worker whose main thread is stuck. What a request waits for
# has ends of its own in the presets: 5 for a statement, 6 for a dead database, 2 for a
# connection or a lock, 0.5 for Redis.
timeout = 30
# Longer than those ends together: after SIGTERM, a request still gets its answer. What
# stops the process must wait longer (stop_grace_period in compose.yaml).
graceful_timeout = 20
# Longer than the proxy keeps a connection (nginx: 60), so that the proxy closes it, and
# sends no request into one that is being closed.
keepalive = 75

# --- Limits of what precedes a body; the body's are in STARTERKIT_CORE

limit_request_line = 4094
limit_request_fields = 100
limit_request_field_size = 8190

# --- Which proxies are believed is said in one place, PROXIES in the settings. gunicorn
# itself believes none, so that a header changes neither the scheme nor the path.

forwarded_allow_ips = ""

# --- Files: none outside of memory, so that the file system may be read-only

if Path("/dev/shm").is_dir():  # noqa: S108  # the heartbeat, which a disk could block
    worker_tmp_dir = "/dev/shm"  # noqa: S108  # as above
control_socket_disable = True  # it would be a file below $HOME

# --- Logs: gunicorn's own words to stderr, and no access log, which has query strings
# and addresses. The log of the project has one line for each request.

errorlog = "-"
accesslog = None

# The image of the example: one image, and several commands.
#
#   docker build -t starterkit-example .
#   docker run … starterkit-example                                          the web server
#   docker run … starterkit-example python example_project/manage.py …       migrate, starterkit_worker, …
#
# It runs with --read-only --tmpfs /tmp; compose.yaml shows how, and how to build it without
# a registry is in tools/image.sh. Dependabot keeps the digest current.
FROM python:3.13.16-slim-trixie@sha256:70729b46c69b4f1e97c4822c1af3df53a1476cf5ddc6c087c0c10bc3a5678c2f AS base

# --- What is installed, made in a stage that is left behind

FROM base AS builder
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1 PIP_ROOT_USER_ACTION=ignore
WORKDIR /build

# Every file that comes from the index has its hash in a list. The lists change seldom, so
# these layers are kept.
COPY requirements-build.txt requirements-production.txt ./
RUN python -m pip install --quiet --require-hashes --requirement requirements-build.txt \
    && python -m venv --without-pip /venv \
    && python -m pip --python /venv/bin/python install --quiet --no-compile \
        --require-hashes --requirement requirements-production.txt

# --no-index: only what the lists had.
COPY src src
RUN python -m pip wheel --quiet --no-index --no-deps --no-build-isolation \
        --wheel-dir wheels ./src/starterkit_* \
    && python -m pip --python /venv/bin/python install --quiet --no-compile --no-index \
        --no-deps wheels/*.whl \
    && python -m pip --python /venv/bin/python check

# The code belongs to root, so the process can change none of it. The values are thrown
# away: collectstatic reads the settings, which demand them.
COPY example_project /app/example_project
WORKDIR /app
RUN DEBUG=off SECRET_KEY=unused ALLOWED_HOSTS=unused DATABASE_URL=sqlite:///unused \
        REDIS_URL=redis://unused MAIL_HOST=unused \
        /venv/bin/python example_project/manage.py collectstatic --no-input --verbosity 0 \
    # Never compared to their sources, which saves a look at each file.
    && find /app /venv -name __pycache__ -prune -exec rm -r {} + \
    && /venv/bin/python -m compileall -q --invalidation-mode unchecked-hash /venv/lib /app

# --- What runs

FROM base
LABEL org.opencontainers.image.title="starterkit example" \
      org.opencontainers.image.description="The example project of starterkit, as a host deploys it" \
      org.opencontainers.image.licenses="MIT"
# The base needs pip no more; what is not there installs no other thing.
RUN python -m pip uninstall --quiet --yes --root-user-action ignore pip \
    && rm -r /usr/local/lib/python3*/ensurepip \
    && groupadd --gid 10001 app \
    && useradd --uid 10001 --gid app --no-create-home --home-dir /nonexistent \
        --shell /usr/sbin/nologin app \
    # Files that a view hands out: a volume belongs here.
    && install --directory --owner app --group app --mode 700 /private \
    # Pictures of users, which the proxy hands out: another one.
    && install --directory --owner app --group app --mode 755 /srv/media
COPY --from=builder /venv /venv
COPY --from=builder /app /app
# DEBUG=off: an image that lacks a setting refuses to start, rather than be open.
# hadolint ignore=DL3064  # PRIVATE_DIR is the name of a folder
ENV PATH=/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    DJANGO_SETTINGS_MODULE=example_project.settings \
    DEBUG=off \
    PRIVATE_DIR=/private \
    MEDIA_DIR=/srv/media \
    PORT=8000
WORKDIR /app
USER 10001:10001
EXPOSE 8000
# gunicorn and the worker take it as process 1, too, so there is no init between.
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s --retries=3 \
    CMD ["python", "example_project/healthy.py"]
CMD ["gunicorn", "--config", "example_project/gunicorn.conf.py"]

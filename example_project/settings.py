"""Settings of the example: what a host writes.

What differs between machines comes from the environment. Yours needs no variables:
SQLite, and mails in a folder. With ``DEBUG=off``, all of them are required.
"""

import logging
from pathlib import Path

import django
import sentry_sdk
from environs import Env

from example_project import logs
from example_project.databases import database, sqlite
from starterkit_core import presets

BASE_DIR = Path(__file__).resolve().parent

env = Env(eager=False)  # so that seal() names everything that is missing
DEBUG = env.bool("DEBUG", True)
# Off: a look at production on your machine, without a proxy that ends TLS.
HTTPS = env.bool("HTTPS", not DEBUG)


def given(name: str, on_your_machine: str) -> str:
    """Return an environment variable, which has a default in the demo only."""
    return env.str(name, on_your_machine) if DEBUG else env.str(name)


SECRET_KEY = given("SECRET_KEY", "only-for-your-machine-" + "x" * 32)
HOSTS = given("ALLOWED_HOSTS", "")
DATABASE_URL = given("DATABASE_URL", sqlite(BASE_DIR / "db.sqlite3"))
REDIS_URL = given("REDIS_URL", "")
MAIL_HOST = given("MAIL_HOST", "")
MAIL_PORT = env.int("MAIL_PORT", 587)
MAIL_USER, MAIL_PASSWORD = env.str("MAIL_USER", ""), env.str("MAIL_PASSWORD", "")
MAIL_TLS = env.bool("MAIL_TLS", True)
MAIL_FROM = env.str("MAIL_FROM", "")
LOG_LEVEL = env.str("LOG_LEVEL", "INFO")
SENTRY_DSN = env.str("SENTRY_DSN", "")
SENTRY_ENVIRONMENT = env.str("SENTRY_ENVIRONMENT", "production")
RELEASE = env.str("RELEASE", "")
MAIL_DIR = env.str("MAIL_DIR", str(BASE_DIR / "mails"))
MEDIA_DIR = env.str("MEDIA_DIR", str(BASE_DIR / "media"))
PRIVATE_DIR = env.str("PRIVATE_DIR", str(BASE_DIR / "private"))
STATIC_DIR = env.str("STATIC_DIR", str(BASE_DIR / "static"))
# Where browsers reach this project; without it, no page deletes an account.
PAGES_URL = env.str("PAGES_URL", "http://127.0.0.1:8000" if DEBUG else "")
# How many proxies of yours stand in front; the nearest ends TLS.
PROXIES = env.int("PROXIES", 0)
# 0 for commands whose statements take long: STATEMENT_SECONDS=0 manage.py migrate
STATEMENT_SECONDS = env.int("STATEMENT_SECONDS", presets.STATEMENT_SECONDS)
HEALTH_TOKEN = env.str("HEALTH_TOKEN", "")  # shows details of /readyz?verbose
env.seal()

# --- Django

# `manage.py starterkit_worker` sends the mails.
TASKS = presets.tasks("database")
TASKS_APPS = presets.tasks_apps("database", django=django.VERSION)

INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "rest_framework",
    "drf_spectacular",
    "django_structlog",
    "starterkit_core",
    "starterkit_auth",
    "starterkit_users",
    "starterkit_terms",
    *TASKS_APPS,
    "example_project.accounts",
    "example_project.legal",
    "example_project.notes",
    "example_project.demo",
]
MIDDLEWARE = presets.middleware(
    [
        "django.middleware.security.SecurityMiddleware",
        "django.contrib.sessions.middleware.SessionMiddleware",
        "django.middleware.locale.LocaleMiddleware",
        "django.middleware.common.CommonMiddleware",
        "django.middleware.csrf.CsrfViewMiddleware",
        "django.contrib.auth.middleware.AuthenticationMiddleware",
        "django_structlog.middlewares.RequestMiddleware",
        "django.contrib.messages.middleware.MessageMiddleware",
        "django.middleware.clickjacking.XFrameOptionsMiddleware",
    ]
)
if not DEBUG:  # serves what `manage.py collectstatic` has put into STATIC_ROOT
    security = MIDDLEWARE.index("django.middleware.security.SecurityMiddleware")
    MIDDLEWARE.insert(security + 1, "whitenoise.middleware.WhiteNoiseMiddleware")
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]
ROOT_URLCONF = "example_project.urls"
STATIC_URL = "static/"
STATIC_ROOT = STATIC_DIR
# The pictures of users. With DEBUG=off the proxy hands them out: see nginx.conf.
MEDIA_URL = "media/"
MEDIA_ROOT = MEDIA_DIR
WHITENOISE = "whitenoise.storage.CompressedManifestStaticFilesStorage"
STORAGES = presets.storages(
    PRIVATE_DIR, static=presets.PLAIN_STATIC if DEBUG else WHITENOISE
)

ALLOWED_HOSTS = HOSTS.split(",") if HOSTS else []
DATABASES = {
    "default": database(DATABASE_URL, statement_seconds=STATEMENT_SECONDS),
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

LANGUAGES = [("en", "English"), ("pt-br", "Português (Brasil)")]
LANGUAGE_CODE = "en"
TIME_ZONE = "UTC"
USE_TZ = True

# The limits of the API's sign-in, also for the admin.
AUTHENTICATION_BACKENDS = ["starterkit_auth.backends.LimitedBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in ("UserAttributeSimilarityValidator", "CommonPasswordValidator")
]
PASSWORD_HASHERS = presets.password_hashers()

globals().update(
    presets.mail(
        MAIL_HOST,
        port=MAIL_PORT,
        user=MAIL_USER,
        password=MAIL_PASSWORD,
        tls=MAIL_TLS,
        sender=MAIL_FROM,
    )
    if MAIL_HOST
    else presets.mail_in_folder(MAIL_DIR)
)

if REDIS_URL:
    CACHES = {"default": presets.cache(REDIS_URL)}
elif DEBUG:  # in memory; `manage.py seed` can empty it
    DEMO_CACHE = "example_project.demo.cache.DemoCache"
    CACHES = {"default": {"BACKEND": DEMO_CACHE, "LOCATION": f"{MAIL_DIR}.cleared"}}

globals().update(
    presets.security(https=HTTPS, https_header="X-Forwarded-Proto" if PROXIES else "")
)

# JSON for the machine that collects it; on your machine, text.
LOGGING = presets.logging(level=LOG_LEVEL, json=not DEBUG)
logs.configure()
# What starterkit.requests says anyway: who asked for what, and how it went.
for what in ("DEFAULT", "4XX", "5XX"):
    globals()[f"DJANGO_STRUCTLOG_STATUS_{what}_LOG_LEVEL"] = logging.DEBUG
# It would load the user of each request, and believe any client's X-Forwarded-For.
DJANGO_STRUCTLOG_USER_ID_FIELD = ""
DJANGO_STRUCTLOG_IP_LOGGING_ENABLED = False

# Sentry, GlitchTip or Bugsink.
if SENTRY_DSN:
    sentry_sdk.init(
        **presets.sentry(
            SENTRY_DSN, environment=SENTRY_ENVIRONMENT, release=RELEASE or None
        )
    )

# --- starterkit: the two blocks that the README shows

AUTH_USER_MODEL = "starterkit_users.User"
REST_FRAMEWORK = presets.rest_framework(
    ["starterkit_auth.authentication.SessionAuthentication"], proxies=PROXIES
)
SPECTACULAR_SETTINGS = presets.openapi(
    "Example", description="All modules together.", keep_authorization=DEBUG
) | {
    "LICENSE": {"name": "MIT", "identifier": "MIT"},
    "TAGS": [{"name": "Notes", "description": "The notes of the caller."}],
}
STARTERKIT_CORE = {
    "SITE_NAME": "Example",
    "TRUSTED_PROXIES": PROXIES,
    "HEALTH_TOKEN": HEALTH_TOKEN,
}
# The pages of the demo take the links in mails, as those of a front end would.
STARTERKIT_AUTH = {"COOKIE_SECURE": not DEBUG, "FRONTEND_URL": PAGES_URL}
STARTERKIT_USERS = {"PAGES_URL": PAGES_URL, "FRONTEND_URL": PAGES_URL}

# --- starterkit: customized

STARTERKIT_TERMS_ACCEPTANCE_MODEL = "legal.Acceptance"
STARTERKIT_OVERRIDES = {
    "starterkit_auth.v1.registration.post": {
        "request": "example_project.accounts.registration.RegisterCustomerRequest",
    },
    "starterkit_auth.use_cases.create_account": (
        "example_project.accounts.registration.CreateCustomer"
    ),
    "starterkit_terms.use_cases.record_acts": (
        "example_project.legal.acceptance.RecordContracts"
    ),
}

"""Settings of the example: what a host writes.

What differs between machines comes from the environment. Yours needs no variables:
SQLite, and mails in a folder. With ``DEBUG=off``, all of them are required.
"""

from pathlib import Path

import django
from environs import Env

from example_project.databases import database, sqlite
from starterkit_core import presets

BASE_DIR = Path(__file__).resolve().parent

env = Env(eager=False)  # so that seal() names everything that is missing
DEBUG = env.bool("DEBUG", True)


def given(name: str, on_your_machine: str) -> str:
    """Return an environment variable, which has a default in the demo only."""
    return env.str(name, on_your_machine) if DEBUG else env.str(name)


SECRET_KEY = given("SECRET_KEY", "only-for-your-machine-" + "x" * 32)
HOSTS = given("ALLOWED_HOSTS", "")
DATABASE_URL = given("DATABASE_URL", sqlite(BASE_DIR / "db.sqlite3"))
REDIS_URL = given("REDIS_URL", "")
MAIL_HOST = given("MAIL_HOST", "")
MAIL_DIR = env.str("MAIL_DIR", str(BASE_DIR / "mails"))
# 0 for commands whose statements take long: STATEMENT_SECONDS=0 manage.py migrate
STATEMENT_SECONDS = env.int("STATEMENT_SECONDS", presets.STATEMENT_SECONDS)
env.seal()

# --- Django

# `manage.py db_worker` sends the mails. Django 5.2 has no tasks of its own.
TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}
TASKS_APPS = ["django_tasks_db"]
if django.VERSION < (6, 0):
    TASKS_APPS.insert(0, "django_tasks")

INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "rest_framework",
    "drf_spectacular",
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
MIDDLEWARE = [
    "starterkit_core.middleware.ApiMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
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
STATIC_ROOT = BASE_DIR / "static"

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

BACKENDS = "django.core.mail.backends"
MAIL_SECONDS = 10  # how long a sender waits for a mail server that says no word
if MAIL_HOST:
    mailer = {
        "BACKEND": f"{BACKENDS}.smtp.EmailBackend",
        "OPTIONS": {"host": MAIL_HOST, "timeout": MAIL_SECONDS},
    }
else:
    file_path = {"file_path": MAIL_DIR}
    mailer = {"BACKEND": f"{BACKENDS}.filebased.EmailBackend", "OPTIONS": file_path}
if django.VERSION >= (6, 1):
    MAILERS = {"default": mailer}
else:
    EMAIL_BACKEND, EMAIL_HOST, EMAIL_FILE_PATH = mailer["BACKEND"], MAIL_HOST, MAIL_DIR
    EMAIL_TIMEOUT = MAIL_SECONDS

if REDIS_URL:
    CACHES = {"default": presets.cache(REDIS_URL)}

if not DEBUG:
    SECURE_SSL_REDIRECT = SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = True
    SECURE_HSTS_SECONDS = 365 * 24 * 60 * 60
    SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = True

# --- starterkit: the two blocks that the README shows

AUTH_USER_MODEL = "starterkit_users.User"
REST_FRAMEWORK = presets.rest_framework(
    ["starterkit_auth.authentication.SessionAuthentication"]
)
SPECTACULAR_SETTINGS = presets.openapi("Example", description="All modules together.")
STARTERKIT_CORE = {"SITE_NAME": "Example"}
STARTERKIT_AUTH = {"COOKIE_SECURE": not DEBUG}

# --- starterkit: customized

STARTERKIT_TERMS_ACCEPTANCE_MODEL = "legal.Acceptance"
STARTERKIT_OVERRIDES = {
    "starterkit_auth.v1.registration.post": {
        "request": "example_project.accounts.registration.RegisterCustomerRequest",
    },
    "starterkit_auth.use_cases.create_account": (
        "example_project.accounts.registration.CreateCustomer"
    ),
    "starterkit_terms.v1.acceptances.post": (
        "example_project.legal.acceptance.AcceptContracts"
    ),
}

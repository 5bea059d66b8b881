"""Settings of the example: what a host writes.

What differs between machines comes from the environment: ``DEBUG``, ``SECRET_KEY``,
``ALLOWED_HOSTS``, ``DATABASE_URL``, ``MAIL_DIR``. Without any of them this is a demo on
SQLite.
"""

from pathlib import Path

import django
from environs import Env

from example_project.databases import database, sqlite
from starterkit_core import presets

BASE_DIR = Path(__file__).resolve().parent

env = Env(eager=False)  # so that seal() below names everything that is missing
DEBUG = env.bool("DEBUG", True)
SECRET_KEY = env.str(
    "SECRET_KEY", "for-the-demo-on-your-machine-only" if DEBUG else ...
)
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", [])
DATABASE_URL = env.str("DATABASE_URL", sqlite(BASE_DIR / "db.sqlite3"))
MAIL_DIR = env.str("MAIL_DIR", str(BASE_DIR / "mails"))
env.seal()

# --- Django

INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "starterkit_core",
    "starterkit_auth",
    "starterkit_users",
    "starterkit_terms",
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

DATABASES = {"default": database(DATABASE_URL)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

LANGUAGES = [("en", "English"), ("pt-br", "Português (Brasil)")]
LANGUAGE_CODE = "en"
USE_TZ = True

AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in ("UserAttributeSimilarityValidator", "CommonPasswordValidator")
]

MAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
if django.VERSION >= (6, 1):
    MAILERS = {"default": {"BACKEND": MAIL_BACKEND, "OPTIONS": {"file_path": MAIL_DIR}}}
else:
    EMAIL_BACKEND, EMAIL_FILE_PATH = MAIL_BACKEND, MAIL_DIR

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

# --- starterkit: made ours

STARTERKIT_OVERRIDES = {}

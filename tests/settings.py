"""All modules together, each model our own."""

import django

from starterkit_core import presets
from tests import databases

SECRET_KEY = "only-for-tests-" + "x" * 40
USE_TZ = True
ROOT_URLCONF = "tests.urls"
STATIC_URL = "static/"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    "starterkit_private": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
}
LANGUAGES = [("en", "English"), ("pt-br", "Português (Brasil)")]
LANGUAGE_CODE = "en"

MODULES = [
    "starterkit_core",
    "starterkit_auth",
    "starterkit_users",
    "starterkit_terms",
]
INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "rest_framework",
    "drf_spectacular",
    *MODULES,
    "tests.sample.apps.SampleConfig",
]
MIDDLEWARE = [
    "starterkit_core.middleware.ApiMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
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

DATABASES = {"default": databases.default()}
AUTH_USER_MODEL = "starterkit_users.User"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]

if django.VERSION >= (6, 1):
    MAILERS = {"default": {"BACKEND": "django.core.mail.backends.locmem.EmailBackend"}}
else:
    EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"

REST_FRAMEWORK = presets.rest_framework(
    ["starterkit_auth.authentication.SessionAuthentication"]
)
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": presets.PLAIN_STATIC},
    "starterkit_private": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    "avatars": {
        "BACKEND": "django.core.files.storage.InMemoryStorage",
        "OPTIONS": {"base_url": "https://media.example.com/"},
    },
}
SPECTACULAR_SETTINGS = presets.openapi("starterkit")

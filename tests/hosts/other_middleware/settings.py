"""What projects have in MIDDLEWARE beside ours: headers, cookies, CORS, compression."""

from tests.hosts.base import *  # noqa: F403  # what every host has
from tests.hosts.base import INSTALLED_APPS, MIDDLEWARE

INSTALLED_APPS = [*INSTALLED_APPS, "corsheaders"]
ROOT_URLCONF = "tests.hosts.other_middleware.urls"

CORS = "corsheaders.middleware.CorsMiddleware"
OURS, *DJANGO = MIDDLEWARE
BESIDE = [
    "tests.hosts.other_middleware.middleware.visited",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.http.ConditionalGetMiddleware",
    "django.middleware.gzip.GZipMiddleware",
]
BREAKS = "tests.hosts.other_middleware.middleware.breaks"
MIDDLEWARE = [CORS, OURS, *DJANGO, *BESIDE, BREAKS]

CORS_ALLOWED_ORIGINS = ["https://app.example.com"]
CORS_ALLOW_CREDENTIALS = True
SECURE_HSTS_SECONDS = 3600

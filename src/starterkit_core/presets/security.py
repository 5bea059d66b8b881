"""HTTPS, cookies, headers of pages, and ``MIDDLEWARE``."""

from collections.abc import Mapping, Sequence
from typing import Any

OURS = "starterkit_core.middleware.ApiMiddleware"
CORS = "corsheaders.middleware.CorsMiddleware"
SECURITY = "django.middleware.security.SecurityMiddleware"
CSP = "django.middleware.csp.ContentSecurityPolicyMiddleware"
"""Django's own, from 6.0 on."""

HSTS_SECONDS = 365 * 24 * 60 * 60
"""How long browsers remember to use HTTPS only (ASVS 5.0, 3.4.1)."""

POLICY: Mapping[str, Sequence[str]] = {
    "default-src": ["'self'"],
    "img-src": ["'self'", "data:"],
    "object-src": ["'none'"],
    "base-uri": ["'none'"],
    "form-action": ["'self'"],
    "frame-ancestors": ["'none'"],
}
"""What pages may load: files of this host only, and no script or style within them."""


def security(
    *,
    https: bool = True,
    https_header: str = "",
    subdomains: bool = True,
    preload: bool = False,
) -> dict[str, Any]:
    """Return settings of Django for ``globals().update(presets.security())``.

    What you set below that line wins. ``check --deploy`` asks for ``subdomains`` and
    ``preload``; the preset silences that where you leave one off. If you have silenced
    checks of your own, write ``SILENCED_SYSTEM_CHECKS += […]`` below.

    Args:
        https: False on a machine without TLS, such as yours: cookies travel by HTTP.
        https_header: the header by which your proxy says that the client came by HTTPS,
            such as ``X-Forwarded-Proto``. Only for a proxy that ends TLS and replaces
            what the client sent there; otherwise clients could claim HTTPS.
        subdomains: whether HTTPS is also demanded of all subdomains of the host.
        preload: whether the host may be put on the list of browsers
            (hstspreload.org). Leaving that list takes months.
    """
    preset = {
        "SECURE_CONTENT_TYPE_NOSNIFF": True,
        "SECURE_CROSS_ORIGIN_OPENER_POLICY": "same-origin",
        # Not "no-referrer": with it, browsers send "Origin: null" with a form.
        "SECURE_REFERRER_POLICY": "same-origin",
        "SECURE_CSP": {name: list(sources) for name, sources in POLICY.items()},
        "X_FRAME_OPTIONS": "DENY",
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "CSRF_COOKIE_SAMESITE": "Lax",
    }
    if https:
        preset |= _https(subdomains=subdomains, preload=preload)
    if https_header:
        name = f"HTTP_{https_header.upper().replace('-', '_')}"
        preset["SECURE_PROXY_SSL_HEADER"] = (name, "https")
    return preset


def middleware(present: Sequence[str]) -> list[str]:
    """Return ``MIDDLEWARE`` with ours first, and from Django 6.0 on with the policy.

    CorsMiddleware stays in front, as browsers hide answers without its headers. On
    Django 5.2, ``SECURE_CSP`` has no effect; django-csp reads the same dict.
    """
    others = [name for name in present if name not in {CORS, OURS, CSP}]
    if _has_csp():
        place = others.index(SECURITY) + 1 if SECURITY in others else 0
        others.insert(place, CSP)
    return [*([CORS] if CORS in present else []), OURS, *others]


def _https(*, subdomains: bool, preload: bool) -> dict[str, Any]:
    """Return what holds where every request comes by HTTPS.

    Browsers take a cookie called ``__Host-…`` only from the host itself, over HTTPS
    (ASVS 5.0, 3.3.1), so that no other subdomain can plant one.
    """
    preset: dict[str, Any] = {
        "SECURE_SSL_REDIRECT": True,
        "SECURE_HSTS_SECONDS": HSTS_SECONDS,
        "SECURE_HSTS_INCLUDE_SUBDOMAINS": subdomains,
        "SECURE_HSTS_PRELOAD": preload,
        "SESSION_COOKIE_SECURE": True,
        "SESSION_COOKIE_NAME": "__Host-sessionid",
        "CSRF_COOKIE_SECURE": True,
        "CSRF_COOKIE_NAME": "__Host-csrftoken",
        "LANGUAGE_COOKIE_SECURE": True,
    }
    declined = [("security.W005", subdomains), ("security.W021", preload)]
    preset["SILENCED_SYSTEM_CHECKS"] = [name for name, wanted in declined if not wanted]
    return preset


def _has_csp() -> bool:
    from django import VERSION  # noqa: PLC0415  # importing the presets needs no Django

    return VERSION >= (6, 0)

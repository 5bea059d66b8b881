"""W008 to W012: what a project adds to MIDDLEWARE, its URLs and INSTALLED_APPS."""

import re
from collections.abc import Iterator, Sequence
from typing import Any

from django.apps import apps
from django.conf.urls.i18n import is_language_prefix_patterns_used
from django.core.checks import CheckMessage
from django.middleware.common import CommonMiddleware
from django.urls import get_resolver
from django.utils.module_loading import import_string
from django.utils.translation import override

from starterkit_core.checks.messages import warning
from starterkit_core.checks.urls import class_of, served
from starterkit_core.conf import (
    api_prefixes,
    default_language,
    languages,
    middleware,
    root_urlconf,
)
from starterkit_core.middleware import ApiMiddleware
from starterkit_core.modules import modules
from starterkit_core.presets.security import CORS, OURS

APPS = ("rest_framework", "drf_spectacular")
SIGNS_OF_A_VARIABLE = re.compile(r"[<(\[\\^$*+?|]")


def check_middleware(**kwargs: Any) -> list[CheckMessage]:
    """W008 and W009: ours is missing, or in a place where it cannot do its work."""
    places = [_kind_of(path) for path in middleware()]
    if ApiMiddleware not in places:
        text = "MIDDLEWARE lacks ApiMiddleware, so errors without a view are pages."
        hint = f"Write MIDDLEWARE = [{OURS!r}, *MIDDLEWARE]."
        return [warning("starterkit_core.W008", text, hint)]
    ours = places.index(ApiMiddleware)
    return [
        warning("starterkit_core.W009", f"MIDDLEWARE: {text}", _order(middleware()))
        for text in _disorder(places, ours)
    ]


def check_urls(**kwargs: Any) -> list[CheckMessage]:
    """W010 and W011: no URL leads to the endpoints, or one outside of API_PREFIX."""
    mounted = [module.name for module in modules() if module.mount]
    if not mounted or not root_urlconf():
        return []
    paths = list(_paths())
    if not paths:
        text = f"No URL leads to the endpoints of {', '.join(mounted)}."
        hint = 'Add path("api/", include("starterkit_core.urls")) to your urlpatterns.'
        return [warning("starterkit_core.W010", text, hint)]
    if not (outside := [path for path in paths if not _is_below_api(path)]):
        return []
    text = f"STARTERKIT_CORE['API_PREFIX'] does not cover {outside[0]}."
    return [warning("starterkit_core.W011", text, f"Set it to {_prefixes_of(paths)}.")]


def check_apps(**kwargs: Any) -> list[CheckMessage]:
    """W012: apps that ours need for their templates and translations."""
    missing = [name for name in APPS if not apps.is_installed(name)]
    if not missing:
        return []
    names = ", ".join(map(repr, missing))
    text = f"INSTALLED_APPS lacks {names}."
    hint = "Add it: without it, texts stay untranslated and pages have no template."
    return [warning("starterkit_core.W012", text, hint)]


def _kind_of(path: str) -> Any:
    """Return which middleware the dotted path names, of those that matter here."""
    if path == CORS:
        return CORS
    try:
        found = import_string(path)
    except ImportError:  # Django says so when it loads them
        return None
    kinds = (ApiMiddleware, CommonMiddleware)
    fitting = (
        kind for kind in kinds if isinstance(found, type) and issubclass(found, kind)
    )
    return next(fitting, None)


def _disorder(places: Sequence[Any], ours: int) -> Iterator[str]:
    """Yield what stands on the wrong side of our middleware."""
    if CommonMiddleware in places[:ours]:
        yield "ApiMiddleware is behind CommonMiddleware, whose errors it cannot answer."
    if CORS in places[ours:]:
        yield (
            "CorsMiddleware is behind ApiMiddleware, so what is answered before it has "
            "no CORS headers, and browsers hide the error from your page."
        )


def _order(given: Sequence[str]) -> str:
    first = f"{CORS!r}, " if CORS in given else ""
    return f"Write MIDDLEWARE = [{first}{OURS!r}, …], and the others behind."


def _paths() -> Iterator[str]:
    """Yield the path of each URL that serves endpoints, once for each language."""
    used, all_prefixed = is_language_prefix_patterns_used(root_urlconf())
    spoken = languages() if all_prefixed else [default_language(), *languages()]
    for language in spoken if used else [None]:
        with override(language):
            for path, view in served(get_resolver().url_patterns):
                if hasattr(class_of(view), "endpoints"):
                    yield path


def _prefixes_of(paths: Sequence[str]) -> str:
    """Return the value of API_PREFIX that covers ``paths``, as it is written."""
    found = list(dict.fromkeys(map(_above_module, paths)))
    return repr(found[0] if len(found) == 1 else found)


def _above_module(path: str) -> str:
    """Return the path below which the module is mounted, as far as its text is fixed.

    ``/`` would be the whole site, so there it is the path of the module.
    """
    fixed = SIGNS_OF_A_VARIABLE.split(path)[0]
    below, version, _ = fixed.rpartition("/v1/")
    if not version:
        return fixed
    module = below.rpartition("/")[2]
    mounts = {module.mount for module in modules()}
    above = below.removesuffix(module) if module in mounts else f"{below}/"
    return above if above != "/" else f"{below}/"


def _is_below_api(path: str) -> bool:
    """Return whether a prefix covers ``path``, as far as its text is fixed."""
    fixed = SIGNS_OF_A_VARIABLE.split(path)[0]
    return any(
        fixed.startswith(prefix) or (fixed != path and prefix.startswith(fixed))
        for prefix in api_prefixes()
    )

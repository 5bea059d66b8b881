"""A password hash alone: what W3a and W3p cost at least.

A contestant of the harness in ``../shared/bench``; see README.md beside this file.
"""

# The harness reads this file without Django, and calls the functions by their names.
# ruff: noqa: D103, PLC0415

from functools import cache

from harness.kit import PASSWORD, each, post

TITLE = "one password hash, no database"
REQUIREMENTS = []


def urlpatterns():
    from django.contrib.auth.hashers import check_password, make_password
    from django.http import HttpResponse
    from django.urls import path
    from django.views.decorators.csrf import csrf_exempt

    encoded = cache(lambda: make_password(PASSWORD))

    def sign_in(request):
        return HttpResponse(status=201 if check_password(PASSWORD, encoded()) else 401)

    return [path("sign-in/", csrf_exempt(sign_in))]


WORKS = {"W3": each(lambda kit, i: post("/sign-in/", {}), 201)}
SKIP = {}

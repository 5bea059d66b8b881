import re

from django.urls import resolve

from starterkit_auth import guide

CALL = re.compile(r"`(GET|POST|PUT|DELETE) ([a-z/-]+/)`")
PAGE = re.compile(r"^\| `(\S+)` \| `(\S+)` \|$", re.MULTILINE)


def test_names_only_endpoints_that_exist():
    calls = CALL.findall(guide.text())

    assert len(calls) > 10
    for method, path in calls:
        view = resolve(f"/api/auth/v1/{path}").func.cls
        assert method.lower() in view.endpoints, path


def test_shows_the_pages_that_this_project_has(tune):
    tune(
        FRONTEND_URL="https://app.example.com/",
        RESET_URL="https://example.com/new#{token}",
        EMAIL_REVERSAL_URL="",
    )

    found = dict(PAGE.findall(guide.text()))

    assert found == {
        "https://app.example.com/confirm?token=…": "registration/confirmation/",
        "https://example.com/new#…": "password/reset/confirmation/",
        "https://app.example.com/change-email?token=…": "email/change/confirmation/",
    }


def test_leaves_links_out_where_no_mail_has_one(tune):
    names = ("CONFIRMATION_URL", "RESET_URL", "EMAIL_CHANGE_URL", "EMAIL_REVERSAL_URL")
    tune(**dict.fromkeys(names, ""))

    assert "Links in mails" not in guide.text()

from django.urls import include, path

from example_project.demo.links import PAGES
from example_project.demo.views import (
    LinkPageView,
    MailboxView,
    WelcomeView,
    favicon,
    mail_html,
)

urlpatterns = [
    path("", WelcomeView.as_view(), name="welcome"),
    path("mails/", MailboxView.as_view(), name="mailbox"),
    path("mails/<str:key>/", mail_html, name="mail"),
    path("favicon.ico", favicon),
    path("i18n/", include("django.conf.urls.i18n")),
    *(
        path(name, LinkPageView.as_view(page=page), name=f"link-{name}")
        for name, page in PAGES.items()
    ),
]

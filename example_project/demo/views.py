from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, version
from typing import Any, ClassVar

from django.contrib.staticfiles.storage import staticfiles_storage
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.generic import TemplateView

from example_project.demo import conf, policies
from example_project.demo.accounts import ACCOUNTS, PASSWORD
from example_project.demo.links import PAGES, LinkPage
from example_project.demo.mails import last_mails, mail_of
from starterkit_core.modules import ModuleConfig, modules

GIVES = {
    "starterkit_core": _("what the others stand on: errors, limits, mails, audit log"),
    "starterkit_auth": _("sign-up, sign-in, sessions, passwords, addresses"),
    "starterkit_users": _("accounts, roles, invitations, export and deletion"),
    "starterkit_terms": _("documents, their versions, who accepted what"),
    "example_project.notes": _("an app of this project, written like a module"),
}
"""What a module is for, where its name alone does not tell."""


@method_decorator(never_cache, name="dispatch")
class DemoView(TemplateView):
    """A page of the demo, under a strict policy."""

    def render_to_response(self, *args: Any, **kwargs: Any) -> Any:
        """Add the policy."""
        response = super().render_to_response(*args, **kwargs)
        response.headers["Content-Security-Policy"] = policies.PAGE
        return response

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add what every page needs."""
        here = self.request.resolver_match
        name = here.url_name if here else ""
        return super().get_context_data(
            **kwargs, is_demo=conf.is_demo(), page_name=name
        )


class WelcomeView(DemoView):
    """Which modules run at which URLs, and how to start."""

    template_name = "demo/welcome.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add what is public; on a developer's machine also the demo's accounts."""
        public = {
            "modules": list(_cards()),
            "site": self.request.build_absolute_uri("/").rstrip("/"),
        }
        return super().get_context_data(**kwargs, **public, **_secrets())


class MailboxView(DemoView):
    """The mails that were written to files; only on a developer's machine."""

    template_name = "demo/mailbox.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the mails: those with something to do, and the others."""
        folder = _folder()
        mails = last_mails(folder)
        kinds = {
            "mails": [mail for mail in mails if not mail.is_notice],
            "notices": [mail for mail in mails if mail.is_notice],
        }
        return super().get_context_data(**kwargs, **kinds, mail_folder=folder)


@never_cache
@xframe_options_sameorigin
def mail_html(request: HttpRequest, key: str) -> HttpResponse:
    """Show the HTML of a mail as its reader sees it, in a sandbox."""
    mail = mail_of(_folder(), key)
    if mail is None:
        raise Http404
    # Links open beside the frame, which is too small for a page.
    html = mail.html.replace("<a ", '<a target="_blank" rel="noopener" ')
    return HttpResponse(html, headers={"Content-Security-Policy": policies.MAIL})


def favicon(request: HttpRequest) -> HttpResponse:
    """Lead browsers that ask for it unasked to the picture."""
    return HttpResponseRedirect(staticfiles_storage.url("demo/favicon.svg"))


class LinkPageView(DemoView):
    """The page that a link in a mail opens."""

    template_name = "demo/link.html"
    page: ClassVar[LinkPage] = PAGES["confirm"]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the page and its token, which may be missing."""
        return super().get_context_data(
            **kwargs,
            page=self.page,
            token=self.request.GET.get("token", ""),
            endpoint=reverse(self.page.endpoint),
            documents=reverse("starterkit_terms:documents"),
        )


def _folder() -> Any:
    """Return the folder of the mails, which only the developer may see."""
    if not conf.is_demo():
        raise Http404
    return conf.mail_folder()


def _secrets() -> dict[str, Any]:
    """Return what only the developer at this machine may see."""
    if not conf.is_demo():
        return {}
    return {
        "accounts": ACCOUNTS,
        "password": PASSWORD,
        "mails": last_mails(conf.mail_folder(), 3),
    }


def _cards() -> Iterator[dict[str, Any]]:
    """Yield what the page shows of each module."""
    for module in modules():
        page = f"{reverse('docs')}#/{module.mount.title()}"
        yield {
            "name": module.name.removeprefix("example_project."),
            "gives": GIVES.get(module.name, module.verbose_name),
            "version": _version_of(module),
            "docs": page if module.mount else "",
        }


def _version_of(module: ModuleConfig) -> str:
    try:
        return version(module.name.replace("_", "-"))
    except PackageNotFoundError:  # an app of the project
        return ""

from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from django.urls import reverse
from django.views.generic import TemplateView

from example_project.demo import conf
from example_project.demo.accounts import ACCOUNTS, PASSWORD
from example_project.demo.mails import last_mails
from starterkit_core.modules import ModuleConfig, modules


class WelcomeView(TemplateView):
    """Which modules run at which URLs, and how to start."""

    template_name = "demo/welcome.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add what is public; on a developer's machine also the demo's accounts."""
        public = {"modules": list(_cards()), "api": self._url("/api")}
        return super().get_context_data(**kwargs, **public, **_secrets())

    def _url(self, path: str) -> str:
        return self.request.build_absolute_uri(path)


def _secrets() -> dict[str, Any]:
    """Return what only the developer at this machine may see."""
    if not conf.is_demo():
        return {}
    folder = conf.mail_folder()
    return {
        "accounts": ACCOUNTS,
        "password": PASSWORD,
        "mail_folder": folder,
        "mails": last_mails(folder),
    }


def _cards() -> Iterator[dict[str, Any]]:
    """Yield what the page shows of each module."""
    for module in modules():
        yield {
            "name": module.name.removeprefix("example_project."),
            "gives": module.verbose_name,
            "version": _version_of(module),
            "docs": f"{reverse('docs')}#/{module.mount.title()}",
        }


def _version_of(module: ModuleConfig) -> str:
    try:
        return version(module.name.replace("_", "-"))
    except PackageNotFoundError:  # an app of the project
        return ""

"""The pages on which a user deletes an account, and takes that back, signed out.

App stores ask for such a page. It works without JavaScript. Opening a link changes no
account, because programs that look into mails open links, too: the button does.
"""

from http import HTTPStatus
from typing import Any, ClassVar

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.decorators import method_decorator
from django.utils.translation import gettext_lazy as _
from django.views import View
from django.views.decorators.cache import never_cache
from django.views.decorators.clickjacking import xframe_options_deny
from django.views.decorators.csrf import csrf_protect

from starterkit_core.addresses import canonical_email
from starterkit_core.conf import conf as core
from starterkit_core.errors import DomainError
from starterkit_core.http.client import client_of
from starterkit_core.utils.emails import MAX_LENGTH
from starterkit_users.conf import conf
from starterkit_users.services import account_links
from starterkit_users.use_cases.request_deletion import (
    RequestDeletion,
    RequestDeletionInput,
)
from starterkit_users.v1.me.delete.use_case import DeleteAccount, DeleteAccountInput
from starterkit_users.v1.me.restoration.post.use_case import (
    RestoreAccount,
    RestoreAccountInput,
)

INVALID = _("Enter a valid email address.")


class AddressForm(forms.Form):
    """Asks for the address of the account."""

    email = forms.EmailField(label=_("Email address"), max_length=MAX_LENGTH)

    def clean_email(self) -> str:
        """Refuse an address that has no canonical form."""
        address: str = self.cleaned_data["email"]
        try:
            canonical_email(address)
        except ValueError:
            raise forms.ValidationError(INVALID) from None
        return address


@method_decorator([never_cache, xframe_options_deny, csrf_protect], name="dispatch")
class Page(View):
    """One page; its template gets ``site_name``, and what is passed to ``show``."""

    gated: ClassVar[bool] = False
    """Open to users whom a gate stops, such as one before new terms."""

    template: ClassVar[str]

    def dispatch(
        self, request: HttpRequest, *args: Any, **kwargs: Any
    ) -> HttpResponseBase:
        """Answer 404 without ``PAGES_URL``, and a refusal of a rule as a page."""
        if not conf.PAGES_URL:
            raise Http404
        try:
            response = super().dispatch(request, *args, **kwargs)
        except DomainError as refusal:
            response = self.show(error=refusal.message, status=refusal.status)
            for name, value in refusal.headers.items():
                response[name] = value
        # The links hold a secret; Django's CSRF check needs the origin, not the path.
        response["Referrer-Policy"] = "strict-origin"
        response["X-Robots-Tag"] = "noindex"
        return response

    def show(
        self, *, status: HTTPStatus = HTTPStatus.OK, **context: Any
    ) -> HttpResponse:
        """Return the page."""
        context["site_name"] = core.SITE_NAME
        return render(self.request, self.template, context, status=status)


class RequestDeletionPage(Page):
    """Asks for an address, and mails a link to it."""

    template = "starterkit_users/pages/request_deletion.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        """Show the form."""
        return self.show(form=AddressForm())

    def post(self, request: HttpRequest) -> HttpResponse:
        """Send the mail; the page says the same for every address."""
        form = AddressForm(request.POST)
        if not form.is_valid():
            return self.show(form=form, status=HTTPStatus.BAD_REQUEST)
        email = form.cleaned_data["email"]
        RequestDeletion.execute(
            RequestDeletionInput(email=email, client=client_of(request))
        )
        return self.show(sent=True)


class LinkPage(Page):
    """A page that is opened by a link, with a button."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """Show the button, or that the link is void."""
        token = request.GET.get("token", "")
        if self.find_user(token) is None:
            return self.void()
        return self.show(token=token)

    def post(self, request: HttpRequest) -> HttpResponse:
        """Do what the button says."""
        user = self.find_user(request.POST.get("token", ""))
        if user is None:
            return self.void()
        return self.show(done=True, account=self.act(user))

    def void(self) -> HttpResponse:
        """Return the page that says that the link is void."""
        return self.show(void=True, status=HTTPStatus.BAD_REQUEST)

    def find_user(self, token: str) -> Any:
        """Return the user whom the link is for, or None."""
        raise NotImplementedError

    def act(self, user: Any) -> Any:
        """Change the account of ``user`` and return it."""
        raise NotImplementedError


class ConfirmDeletionPage(LinkPage):
    """Deletes the account of the reader of the mail."""

    template = "starterkit_users/pages/confirm_deletion.html"

    def find_user(self, token: str) -> Any:
        """Return the user whom the link deletes, or None."""
        return account_links.user_to_delete(token)

    def act(self, user: Any) -> Any:
        """Schedule the deletion."""
        client = client_of(self.request)
        return DeleteAccount.execute(DeleteAccountInput(user=user, client=client))


class RestorationPage(LinkPage):
    """Takes the deletion back."""

    template = "starterkit_users/pages/restoration.html"

    def find_user(self, token: str) -> Any:
        """Return the user whose account the link keeps, or None."""
        return account_links.user_to_restore(token)

    def act(self, user: Any) -> Any:
        """Restore the account."""
        client = client_of(self.request)
        return RestoreAccount.execute(RestoreAccountInput(user=user, client=client))

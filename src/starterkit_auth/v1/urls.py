from django.urls import path

from starterkit_auth.v1.config.get.views import ReadConfigView
from starterkit_auth.v1.email.change.confirmation.post.views import (
    ConfirmEmailChangeView,
)
from starterkit_auth.v1.email.change.post.views import StartEmailChangeView
from starterkit_auth.v1.email.change.reversal.post.views import ReverseEmailChangeView
from starterkit_auth.v1.events.get.views import ListEventsView
from starterkit_auth.v1.password.put.views import ChangePasswordView
from starterkit_auth.v1.password.reset.confirmation.post.views import ResetPasswordView
from starterkit_auth.v1.password.reset.post.views import StartPasswordResetView
from starterkit_auth.v1.registration.code.post.views import ResendCodeView
from starterkit_auth.v1.registration.confirmation.post.views import (
    ConfirmRegistrationView,
)
from starterkit_auth.v1.registration.post.views import RegisterView
from starterkit_auth.v1.session.delete.views import SignOutView
from starterkit_auth.v1.session.get.views import ReadSessionView
from starterkit_auth.v1.session.post.views import SignInView
from starterkit_auth.v1.session.refresh.post.views import RefreshSessionView
from starterkit_auth.v1.session.step_up.post.views import StepUpSessionView
from starterkit_auth.v1.sessions.delete.views import EndOtherSessionsView
from starterkit_auth.v1.sessions.get.views import ListSessionsView
from starterkit_auth.v1.sessions.session_id.delete.views import EndSessionView
from starterkit_core.http.resources import resource

urlpatterns = [
    path("config/", resource(get=ReadConfigView), name="config"),
    path("email/change/", resource(post=StartEmailChangeView), name="email-change"),
    path(
        "email/change/confirmation/",
        resource(post=ConfirmEmailChangeView),
        name="email-change-confirmation",
    ),
    path(
        "email/change/reversal/",
        resource(post=ReverseEmailChangeView),
        name="email-change-reversal",
    ),
    path("events/", resource(get=ListEventsView), name="events"),
    path("password/", resource(put=ChangePasswordView), name="password"),
    path(
        "password/reset/",
        resource(post=StartPasswordResetView),
        name="password-reset",
    ),
    path(
        "password/reset/confirmation/",
        resource(post=ResetPasswordView),
        name="password-reset-confirmation",
    ),
    path("registration/", resource(post=RegisterView), name="registration"),
    path("registration/code/", resource(post=ResendCodeView), name="registration-code"),
    path(
        "registration/confirmation/",
        resource(post=ConfirmRegistrationView),
        name="registration-confirmation",
    ),
    path(
        "session/",
        resource(post=SignInView, get=ReadSessionView, delete=SignOutView),
        name="session",
    ),
    path(
        "session/refresh/",
        resource(post=RefreshSessionView),
        name="session-refresh",
    ),
    path(
        "session/step-up/",
        resource(post=StepUpSessionView),
        name="session-step-up",
    ),
    path(
        "sessions/",
        resource(get=ListSessionsView, delete=EndOtherSessionsView),
        name="sessions",
    ),
    path(
        "sessions/<uuid:session_id>/",
        resource(delete=EndSessionView),
        name="sessions-session-id",
    ),
]

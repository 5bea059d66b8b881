from django.urls import path

from starterkit_auth.v1.registration.confirmation.post.views import (
    ConfirmRegistrationView,
)
from starterkit_auth.v1.registration.post.views import RegisterView
from starterkit_auth.v1.session.delete.views import SignOutView
from starterkit_auth.v1.session.get.views import ReadSessionView
from starterkit_auth.v1.session.post.views import SignInView
from starterkit_auth.v1.session.refresh.post.views import RefreshSessionView
from starterkit_auth.v1.sessions.delete.views import EndOtherSessionsView
from starterkit_auth.v1.sessions.get.views import ListSessionsView
from starterkit_auth.v1.sessions.session_id.delete.views import EndSessionView
from starterkit_core.endpoints import resource

urlpatterns = [
    path("registration/", resource(post=RegisterView), name="registration"),
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

"""Views of the project, each with its former class alone and with ours before it."""

from django.urls import include, path
from knox.auth import TokenAuthentication as KnoxAuthentication
from rest_framework.authentication import SessionAuthentication as DjangoAuthentication
from rest_framework.authentication import TokenAuthentication
from rest_framework.permissions import AllowAny, IsAuthenticated
from rest_framework.response import Response
from rest_framework.views import APIView, exception_handler
from rest_framework_simplejwt.authentication import JWTAuthentication
from rest_framework_simplejwt.views import TokenObtainPairView

from starterkit_auth.authentication import SessionAuthentication
from starterkit_core.http import problems


class BearerTokenAuthentication(TokenAuthentication):
    """DRF's token, sent as many projects send it."""

    keyword = "Bearer"


FORMER = {
    "simplejwt": JWTAuthentication,
    "token": TokenAuthentication,
    "bearer-token": BearerTokenAuthentication,
    "knox": KnoxAuthentication,
    "django": DjangoAuthentication,
}


class WhoView(APIView):
    def get(self, request):
        return Response({"user": str(request.user.pk)})

    def get_exception_handler(self):
        return exception_handler


class ProblemView(WhoView):
    """A view of a project that took our exception handler."""

    authentication_classes = (DjangoAuthentication, SessionAuthentication)
    permission_classes = (IsAuthenticated,)

    def get_exception_handler(self):
        return problems.exception_handler


def view(*classes, permission):
    return WhoView.as_view(
        authentication_classes=classes, permission_classes=[permission]
    )


def views(name, former):
    ours = (SessionAuthentication, former)
    return [
        path(f"before/{name}/", view(former, permission=IsAuthenticated)),
        path(f"before/{name}/public/", view(former, permission=AllowAny)),
        path(f"after/{name}/", view(*ours, permission=IsAuthenticated)),
        path(f"after/{name}/public/", view(*ours, permission=AllowAny)),
    ]


urlpatterns = [
    path("api/", include("starterkit_core.urls")),
    path("jwt/create/", TokenObtainPairView.as_view()),
    path("problem/", ProblemView.as_view()),
    path("ours/public/", view(SessionAuthentication, permission=AllowAny)),
    *[pattern for name in FORMER for pattern in views(name, FORMER[name])],
]

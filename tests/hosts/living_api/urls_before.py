from django.contrib.auth.views import LoginView
from django.urls import include, path
from rest_framework.routers import DefaultRouter

from tests.hosts.living_api import views

router = DefaultRouter()
router.register("users", views.UserViewSet)

urlpatterns = [
    path("api/", include(router.urls)),
    path("api/who/", views.WhoView.as_view()),
    path("api/anonymous/", views.AnonymousView.as_view()),
    path("api/staff/", views.StaffView.as_view()),
    path("api/upload/", views.UploadView.as_view()),
    path("api/throttled/", views.ThrottledView.as_view()),
    path("api/broken/", views.BrokenView.as_view()),
    path("api/basic/", views.basic),
    path("page/", views.page),
    path(
        "accounts/login/", LoginView.as_view(template_name="rest_framework/login.html")
    ),
]

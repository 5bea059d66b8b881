from django.urls import include, path

from tests.hosts.third_party_views.views import ExplorerView, OrdersView

urlpatterns = [
    path("api/", include("starterkit_core.urls")),
    path("orders/", OrdersView.as_view()),
    path("pages/", ExplorerView.as_view()),
]

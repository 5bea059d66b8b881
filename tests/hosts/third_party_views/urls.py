from django.contrib import admin
from django.urls import include, path

from tests.hosts.third_party_views.views import (
    ExplorerView,
    InvoicesView,
    OrdersView,
)

urlpatterns = [
    path("admin/api/pages/", ExplorerView.as_view()),
    path("admin/", admin.site.urls),
    path("api/", include("starterkit_core.urls")),
    path("invoices/", InvoicesView.as_view()),
    path("orders/", OrdersView.as_view()),
]

"""``/livez`` and ``/readyz``, for the root of a project."""

from django.db import connections, transaction
from django.urls import path

from starterkit_core.health import views

urlpatterns = [
    path("livez", views.live, name="livez"),
    path("readyz", views.ready, name="readyz"),
]

for alias in connections:
    for url in urlpatterns:  # ATOMIC_REQUESTS would connect before the view is called
        transaction.non_atomic_requests(alias)(url.callback)

from django.urls import path

from starterkit_core.http.resources import resource
from tests.security.reporting import views
from tests.urls import urlpatterns as ours

urlpatterns = [
    *ours,
    path("shop/orders/<int:number>/", views.order),
    path("api/shop/carts/<int:number>/", resource(post=views.PayCartView)),
    path("shop/refused/", views.refused),
    path("shop/busy/", views.busy),
    path("shop/outage/", views.outage),
    path("shop/outage-of-ours/", views.outage_of_ours),
    path("shop/fine/", views.fine),
    path("shop/reset/<str:token>/", views.reset),
    path("shop/tasks/", views.start),
    path("livez", views.livez),
]

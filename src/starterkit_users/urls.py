from django.urls import include, path

app_name = "starterkit_users"

urlpatterns = [
    path("v1/", include("starterkit_users.v1.urls")),
    path("account/", include("starterkit_users.pages.urls")),
]

from django.urls import include, path

app_name = "starterkit_auth"
urlpatterns = [path("v1/", include("starterkit_auth.v1.urls"))]

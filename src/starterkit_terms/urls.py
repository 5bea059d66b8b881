from django.urls import include, path

app_name = "starterkit_terms"

urlpatterns = [path("v1/", include("starterkit_terms.v1.urls"))]

from django.urls import include, path

app_name = "sample"
urlpatterns = [path("v1/", include("tests.sample.v1.urls"))]

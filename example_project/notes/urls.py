from django.urls import include, path

app_name = "notes"
urlpatterns = [path("v1/", include("example_project.notes.v1.urls"))]

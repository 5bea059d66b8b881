from django.urls import path

from example_project.demo.views import WelcomeView

urlpatterns = [path("", WelcomeView.as_view(), name="welcome")]

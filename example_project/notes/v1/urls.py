"""Every URL of version 1; the folders beside this file are the same tree."""

from django.urls import path

from example_project.notes.v1.notes.get.views import ListNotesView
from example_project.notes.v1.notes.post.views import CreateNoteView
from starterkit_core.http.resources import resource

urlpatterns = [
    path("notes/", resource(get=ListNotesView, post=CreateNoteView), name="notes"),
]

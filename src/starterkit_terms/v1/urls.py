"""Every URL of version 1; the folders beside this file are the same tree."""

from django.urls import path

from starterkit_core.http.resources import resource
from starterkit_terms.v1.acceptances.post.views import AcceptTermsView
from starterkit_terms.v1.documents.get.views import ListDocumentsView
from starterkit_terms.v1.pending.get.views import ListPendingView

urlpatterns = [
    path("documents/", resource(get=ListDocumentsView), name="documents"),
    path("pending/", resource(get=ListPendingView), name="pending"),
    path("acceptances/", resource(post=AcceptTermsView), name="acceptances"),
]

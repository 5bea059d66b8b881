"""Every URL of version 1; the folders beside this file are the same tree."""

from django.urls import path

from starterkit_core.http.resources import resource
from starterkit_terms.v1.acceptances.acceptance_id.receipt.get.views import (
    ReadReceiptView,
)
from starterkit_terms.v1.acceptances.get.views import ListAcceptancesView
from starterkit_terms.v1.acceptances.post.views import AcceptTermsView
from starterkit_terms.v1.consents.get.views import ListConsentsView
from starterkit_terms.v1.consents.key.get.views import ReadConsentView
from starterkit_terms.v1.consents.key.put.views import DecideConsentView
from starterkit_terms.v1.documents.get.views import ListDocumentsView
from starterkit_terms.v1.documents.key.get.views import ReadDocumentView
from starterkit_terms.v1.documents.key.versions.get.views import ListVersionsView
from starterkit_terms.v1.documents.key.versions.number.diff.get.views import (
    CompareVersionsView,
)
from starterkit_terms.v1.documents.key.versions.number.get.views import ReadVersionView
from starterkit_terms.v1.pending.get.views import ListPendingView

urlpatterns = [
    path("documents/", resource(get=ListDocumentsView), name="documents"),
    path("documents/<slug:key>/", resource(get=ReadDocumentView), name="document"),
    path(
        "documents/<slug:key>/versions/",
        resource(get=ListVersionsView),
        name="versions",
    ),
    path(
        "documents/<slug:key>/versions/<int:number>/",
        resource(get=ReadVersionView),
        name="version",
    ),
    path(
        "documents/<slug:key>/versions/<int:number>/diff/",
        resource(get=CompareVersionsView),
        name="version_diff",
    ),
    path("pending/", resource(get=ListPendingView), name="pending"),
    path(
        "acceptances/",
        resource(get=ListAcceptancesView, post=AcceptTermsView),
        name="acceptances",
    ),
    path(
        "acceptances/<uuid:acceptance_id>/receipt/",
        resource(get=ReadReceiptView),
        name="receipt",
    ),
    path("consents/", resource(get=ListConsentsView), name="consents"),
    path(
        "consents/<slug:key>/",
        resource(get=ReadConsentView, put=DecideConsentView),
        name="consent",
    ),
]

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from example_project.accounts.models import Customer
from starterkit_core.admin import BoundedAdmin

admin.site.site_header = admin.site.site_title = _("Example: administration")
admin.site.index_title = _("What is kept here")


@admin.register(Customer)
class CustomerAdmin(BoundedAdmin):
    """The company of each customer."""

    autocomplete_fields = ("user",)  # a list of all accounts would be endless
    list_display = ("user", "company")
    list_select_related = ("user",)
    search_fields = ("company__startswith",)

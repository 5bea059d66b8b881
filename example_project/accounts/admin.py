from django.contrib import admin

from example_project.accounts.models import Customer


@admin.register(Customer)
class CustomerAdmin(admin.ModelAdmin):
    """The company of each customer."""

    list_display = ("user", "company")
    list_select_related = ("user",)
    search_fields = ("company",)

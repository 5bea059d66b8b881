from django.contrib import admin

from example_project.accounts.models import Customer


@admin.register(Customer)
class CustomerAdmin(admin.ModelAdmin):
    """Who comes from which company."""

    list_display = ("user", "company")
    list_select_related = ("user",)
    search_fields = ("company",)

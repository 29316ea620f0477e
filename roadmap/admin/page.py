from django.contrib import admin

from roadmap.admin.base import StandingFilter, WorkingAdmin
from roadmap.models import Page


@admin.register(Page)
class PageAdmin(WorkingAdmin):
    list_display = ["title", "slug", "roadmap", "is_on_home", "position", "standing"]
    list_filter = ["roadmap", StandingFilter, "is_on_home"]
    list_select_related = ["roadmap"]
    search_fields = ["title", "slug", "body"]
    prepopulated_fields = {"slug": ["title"]}
    fields = ["roadmap", "title", "body", "is_on_home", "position", "slug"]

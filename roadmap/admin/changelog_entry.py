from django.contrib import admin

from roadmap.admin.base import StandingFilter, WorkingAdmin
from roadmap.models import ChangelogEntry


@admin.register(ChangelogEntry)
class ChangelogEntryAdmin(WorkingAdmin):
    list_display = ["title", "when", "roadmap", "standing"]
    list_filter = ["roadmap", StandingFilter]
    list_select_related = ["roadmap"]
    search_fields = ["title", "when", "body"]
    fields = ["roadmap", "title", "when", "body", "position"]

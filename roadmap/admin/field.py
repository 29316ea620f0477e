from django.contrib import admin

from roadmap.admin.base import LockedAdmin
from roadmap.models import Field


@admin.register(Field)
class FieldAdmin(LockedAdmin):
    list_display = ["name", "key", "roadmap", "position"]
    list_filter = ["roadmap"]
    search_fields = ["name", "explanation"]
    readonly_fields = ["key"]
    fields = ["roadmap", "name", "key", "explanation", "position"]

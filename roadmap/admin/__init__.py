"""Editing: Django's admin over the working copies. Importing this registers the nouns."""

from django.contrib import admin

from roadmap.admin import item, nouns, people, roadmap
from roadmap.admin.security import log_page, sign_in_changes, sign_ins

admin.site.enable_nav_sidebar = False  # it leads out of the roadmap that a page is about: see _roadmap_bar.html

__all__ = ["item", "log_page", "nouns", "people", "roadmap", "sign_in_changes", "sign_ins"]

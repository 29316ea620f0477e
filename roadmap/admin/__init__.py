"""Editing: Django's admin over the working copies, one module per noun. Importing this registers them all."""

from roadmap.admin import api, changelog_entry, field, item, page, release, roadmap

__all__ = ["api", "changelog_entry", "field", "item", "page", "release", "roadmap"]

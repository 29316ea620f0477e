"""Editing: Django's admin over the working copies. Importing this registers the nouns."""

from roadmap.admin import item, nouns, people, roadmap

__all__ = ["item", "nouns", "people", "roadmap"]

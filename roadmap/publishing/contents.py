"""Working copies as Contents: what publishing takes from roadmap.editing, under the name it always had here."""

from roadmap.editing.contents import WorkingCopy, content_of, contents, items, roadmap_content

__all__ = ["WorkingCopy", "content_of", "contents", "items", "roadmap_content"]

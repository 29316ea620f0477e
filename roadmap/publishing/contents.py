"""Working copies as Contents: what publishing takes from roadmap.working_copies, under the name it always had here."""

from roadmap.working_copies.to_content import WorkingCopy, content_of, contents, items, roadmap_content

__all__ = ["WorkingCopy", "content_of", "contents", "items", "roadmap_content"]

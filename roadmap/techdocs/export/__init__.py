"""One roadmap out, as Markdown of the tech-docs template: `files` makes the files, `write_folder` alone touches a disk.

What it writes is in the form of `roadmap.techdocs`, which an import reads back as the same roadmap.
"""

from roadmap.techdocs.export.folder import ExportRefused, write_folder
from roadmap.techdocs.export.site import files, too_large

__all__ = ["ExportRefused", "files", "too_large", "write_folder"]

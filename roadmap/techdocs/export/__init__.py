"""One roadmap out, as Markdown of the tech-docs template: `files` makes the files, `write_folder` alone touches a disk.

It writes what a person would; an import reads it like any other source. What that cannot carry, `left_behind` says.
"""

from roadmap.techdocs.export.folder import ExportRefused, write_folder
from roadmap.techdocs.export.site import files, too_large

__all__ = ["ExportRefused", "files", "too_large", "write_folder"]

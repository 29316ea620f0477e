"""What readers would see if all that is pending were published now."""

from roadmap import models
from roadmap.content.snapshot import Snapshot
from roadmap.publishing.contents import contents


def preview(roadmap: models.Roadmap) -> Snapshot:
    """The working copies of one roadmap, in the very form that the public pages are made from."""
    return Snapshot(contents(roadmap))

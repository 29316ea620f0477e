"""What readers would see if all that is pending were published now."""

from roadmap.models import working
from roadmap.publishing.contents import contents
from roadmap.snapshot import Snapshot


def preview(roadmap: working.Roadmap) -> Snapshot:
    """The working copies of one roadmap, in the very form that the public pages are made from."""
    return Snapshot(contents(roadmap))

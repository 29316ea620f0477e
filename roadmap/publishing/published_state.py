"""What has been published of one roadmap up to a moment, for publishing to compare and build on."""

import datetime
from collections.abc import Collection

from roadmap import models
from roadmap.content.choices import Noun
from roadmap.content.things import Content, from_json
from roadmap.models import published


def revisions(roadmap: models.Roadmap, at: datetime.datetime | None = None) -> published.RevisionQuerySet:
    """For each thing, its newest Revision by that moment; without one, its newest of all, scheduled ones too."""
    found = published.Revision.objects.filter(edition__roadmap=roadmap)
    if at is not None:
        found = found.filter(edition__published_at__lte=at)
    return found.newest()


def digests(roadmap: models.Roadmap) -> dict[str, str]:
    """By uid, the digest of everything that is published or scheduled and not withdrawn."""
    return {str(uid): digest for uid, digest in revisions(roadmap).values_list("uid", "digest") if digest}


def contents_by_uid(
    roadmap: models.Roadmap,
    at: datetime.datetime | None = None,
    among: Collection[str] | None = None,
    up_to: published.Edition | None = None,
) -> dict[str, Content]:
    """What was published by then (or up to that Edition), as Contents by uid, without what was withdrawn.

    Only of the uids given, if any are.
    """
    rows = published.Revision.objects.as_of(up_to) if up_to else revisions(roadmap, at)
    if among is not None:
        rows = rows.filter(uid__in=among)
    return {
        str(uid): from_json(Noun(noun), text) for uid, noun, text in rows.values_list("uid", "noun", "content") if text
    }


def release_titles(roadmap: models.Roadmap, at: datetime.datetime | None = None) -> dict[str, str]:
    """By uid, of every release that readers have or had by then, so that an item's move can be told in words."""
    rows = revisions(roadmap, at).filter(noun=Noun.RELEASE).values_list("uid", "title")
    return {str(uid): title for uid, title in rows}

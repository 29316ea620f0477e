"""The roadmap that a new installation begins with, so that there is something to read and to try things on.

Its words are in `vat_mtd.toml`; here they become working copies and the first edition.
"""

import datetime
import tomllib
from functools import cache
from pathlib import Path
from typing import Any

from django.db import transaction

from roadmap.models import Api, ChangelogEntry, Edition, Item, ItemApi, Milestone, Page, Release, Roadmap
from roadmap.publishing import publish


@cache
def words() -> dict[str, Any]:
    """The fields of each working copy, by the kind of thing. Never change it."""
    return tomllib.loads(Path(__file__).with_name("vat_mtd.toml").read_text(encoding="utf-8"))


class SampleExists(Exception):
    """There is a roadmap at the sample's address already."""

    def __init__(self) -> None:
        super().__init__(
            f"There is a roadmap at /{words()['roadmap']['slug']}/ already. Nothing was changed: "
            "to load the sample, delete that roadmap or change its address first."
        )


def load(at: datetime.datetime | None = None) -> Edition:
    """Makes the sample roadmap and publishes it, all or nothing: now, or for tests at `at`. Returns its first edition.

    Raises SampleExists.
    """
    with transaction.atomic():
        if Roadmap.objects.filter(slug=words()["roadmap"]["slug"]).exists():
            raise SampleExists
        roadmap = _saved(Roadmap(**words()["roadmap"]))
        for position, page in enumerate(words()["pages"]):
            _saved(Page(roadmap=roadmap, position=position, is_on_home=True, **page))
        for position, entry in enumerate(words()["changelog"]):
            _saved(ChangelogEntry(roadmap=roadmap, position=position, **entry))
        releases = {
            name: _saved(Release(roadmap=roadmap, position=position, **release))
            for position, (name, release) in enumerate(words()["releases"].items())
        }
        api, _ = Api.objects.get_or_create(name=words()["api"]["name"], defaults={"url": words()["api"]["url"]})
        for position, said in enumerate(words()["items"]):
            release = releases.get(said.get("release"))
            fields = {name: said[name] for name in said.keys() - {"deployed", "uses_api", "release"}}
            item = _saved(Item(roadmap=roadmap, position=position, release=release, **fields), "reference")
            if "deployed" in said:
                _saved(Milestone(item=item, environment=said["deployed"], is_deployed=True))
            if said.get("uses_api"):
                _saved(ItemApi(item=item, api=api))
        return publish(roadmap=roadmap, by=None, note="First edition", at=at, now=at)


def _saved(thing: Any, *later: str) -> Any:
    """`later` are fields that get their values as it is saved."""
    thing.full_clean(exclude=later)
    thing.save()
    return thing

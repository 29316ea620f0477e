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
        roadmap = Roadmap(**words()["roadmap"])
        _save(roadmap)
        for position, page in enumerate(words()["pages"]):
            _save(Page(roadmap=roadmap, position=position, is_on_home=True, **page))
        for position, entry in enumerate(words()["changelog"]):
            _save(ChangelogEntry(roadmap=roadmap, position=position, **entry))
        releases = {}
        for position, (name, release) in enumerate(words()["releases"].items()):
            releases[name] = Release(roadmap=roadmap, position=position, **release)
            _save(releases[name])
        api, _ = Api.objects.get_or_create(name=words()["api"]["name"], defaults={"url": words()["api"]["url"]})
        for position, item in enumerate(words()["items"]):
            _save_item(roadmap, releases, api, position, item)
        return publish(roadmap=roadmap, by=None, note="First edition", at=at, now=at)


def _save_item(roadmap: Roadmap, releases: dict[str, Release], api: Api, position: int, said: dict[str, Any]) -> None:
    fields = dict(said)
    deployed, uses_api = fields.pop("deployed", None), fields.pop("uses_api", False)
    if "release" in fields:
        fields["release"] = releases[fields["release"]]
    item = Item(roadmap=roadmap, position=position, **fields)
    item.full_clean(exclude=["reference"])  # given as it is saved
    item.save()
    if deployed:
        _save(Milestone(item=item, environment=deployed, is_deployed=True))
    if uses_api:
        _save(ItemApi(item=item, api=api))


def _save(thing: Roadmap | Page | ChangelogEntry | Release | Milestone | ItemApi) -> None:
    thing.full_clean()
    thing.save()

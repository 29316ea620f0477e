"""What an exported folder cannot carry, found by reading it back: what an import of it would not say as it is. Pure."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from msgspec import structs

from roadmap.content.fields import APIS
from roadmap.content.merge import differing
from roadmap.content.snapshot import Snapshot
from roadmap.content.things import Content, ItemContent
from roadmap.techdocs.parse.document import parse
from roadmap.techdocs.plan.planner import highest_number
from roadmap.techdocs.plan.report import field_in_words
from roadmap.techdocs.plan.source_and_site import There, as_known, column_keys, roadmap_said, said
from roadmap.techdocs.sources import ImportRefused, read_files


def left_behind(contents: Iterable[Content], files: Mapping[str, bytes], *, last_item_number: int = 0) -> list[str]:
    """A line for each thing that says something which the files do not. `last_item_number` is the highest that was
    ever given to an item.
    """
    snapshot = Snapshot(contents)
    try:
        return [*_compared(snapshot, files), *_of_the_roadmap(snapshot, last_item_number)]
    except ImportRefused as error:
        return [f"An import would refuse it: {error}"]


def _compared(snapshot: Snapshot, files: Mapping[str, bytes]) -> Iterator[str]:
    roadmap = snapshot.roadmap
    parsed = parse(read_files(files, place="The folder"))
    # As if an import had said it: what the files leave out is gone.
    there = There(roadmap, roadmap)
    keys = column_keys(parsed, there)
    yield from _lacking(snapshot, roadmap, roadmap_said(parsed, roadmap.slug, "", keys, there), {})
    new = said(parsed, {}, keys)
    pages = [*snapshot.home_pages, *(page for page in snapshot.pages if not page.is_on_home)]
    items = [item.content for item in snapshot.items]
    uids: dict[str, str] = {}
    # In the order of `said`.
    things_there: tuple[Sequence[Content], ...] = (pages, snapshot.releases, items, snapshot.changelog)
    for (noun, parts), things in zip(new.items(), things_there, strict=True):
        found = [part.content for part in parts]
        if len(found) != len(things):
            yield f"An import would find {len(found)} {noun.replace('_', ' ')} parts, and there are {len(things)}."
        for content, theirs in zip(things, found, strict=False):
            uids[theirs.uid] = content.uid
            yield from _lacking(snapshot, content, theirs, uids)


def _lacking(snapshot: Snapshot, content: Content, theirs: Content, uids: Mapping[str, str]) -> Iterator[str]:
    if isinstance(theirs, ItemContent) and theirs.release_uid:
        theirs = structs.replace(theirs, release_uid=uids.get(theirs.release_uid, ""))
    lacking = [field_in_words(name, snapshot.roadmap) for name in differing(content, as_known(theirs, content))]
    if isinstance(content, ItemContent) and isinstance(theirs, ItemContent):
        urls = [{api.name: api.url for api in APIS.of(item)} for item in (content, theirs)]
        lacking += ["the address of an API"] if urls[0] != urls[1] else []
    for name, word in (("reference", "reference"), ("slug", "address")):
        lacking += [word] if getattr(content, name, "") != getattr(theirs, name, "") else []
    if lacking:
        name = f"{getattr(content, 'reference', '')} {getattr(content, 'title', '')}".strip()
        yield f"“{name}”: {', '.join(lacking)}"


def _of_the_roadmap(snapshot: Snapshot, last_item_number: int) -> Iterator[str]:
    if snapshot.roadmap.hides_date_history:
        yield "That earlier dates are kept from readers"
    places = [page.is_on_home for page in snapshot.pages]
    if places != sorted(places, reverse=True):
        yield "The order of the pages on the home page among the others"
    references = [item.content.reference for item in snapshot.items]
    prefix = references[0].rpartition("-")[0] if references else ""
    if last_item_number > highest_number(prefix, references):
        yield f"That items up to number {last_item_number} were there: a new roadmap gives their references again"

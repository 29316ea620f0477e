"""What the working copies hold that no Edition holds yet."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha256
from typing import NamedTuple

from roadmap.changes import FieldChange, compare
from roadmap.content import Content, Noun, ReleaseContent, from_json, noun_of, to_json
from roadmap.models import published, working
from roadmap.publishing.contents import contents


@dataclass(frozen=True)
class Pending:
    """One thing that publishing now would add, change or withdraw."""

    noun: Noun
    uid: str
    title: str
    address: str
    before: Content | None
    after: Content | None
    after_json: str  # empty where the thing would be withdrawn
    after_digest: str
    changes: tuple[FieldChange, ...]

    @property
    def is_new(self) -> bool:
        return self.before is None

    @property
    def is_removal(self) -> bool:
        return self.after is None


def pending(roadmap: working.Roadmap) -> list[Pending]:
    """All that differs from what was published last, things in the order of Noun, each with its changes.

    Call it under the roadmap's lock where the answer is to be published.
    """
    drafts = {content.uid: content for content in contents(roadmap)}
    changed, removed, _ = _differences(roadmap, drafts.values())
    if not changed and not removed:
        return []
    old = _published_contents([*changed, *removed])
    titles = _release_titles(roadmap, drafts.values())
    found = [_pending(old.get(uid), drafts[uid], text, digest, titles) for uid, (text, digest) in changed.items()]
    found += [_pending(old[uid], None, "", "", titles) for uid in removed]
    order = list(Noun)
    return sorted(found, key=lambda one: order.index(one.noun))


class Standing(StrEnum):
    """How a working copy stands to what readers see. What is not named so is public as it is."""

    NEW = "new"
    CHANGED = "changed"


def standings(roadmap: working.Roadmap) -> dict[str, Standing]:
    """By uid, every working copy that `pending` would list: what lists in the admin mark and filter by."""
    differences = _differences(roadmap, contents(roadmap))
    return {uid: Standing.CHANGED if uid in differences.known else Standing.NEW for uid in differences.changed}


def fingerprint(found: Iterable[Pending]) -> str:
    """The same for the same pending changes, and for no others: what a form carries to say what was reviewed."""
    return digest_of("".join(f"{one.uid}={one.after_digest};" for one in found))


def digest_of(text: str) -> str:
    return sha256(text.encode()).hexdigest()


class _Differences(NamedTuple):
    changed: dict[str, tuple[str, str]]  # by uid, the JSON and the digest of what is new or changed
    removed: list[str]
    known: set[str]  # what readers have, be it as it is or otherwise


def _differences(roadmap: working.Roadmap, drafts: Iterable[Content]) -> _Differences:
    known = {
        str(uid): digest
        for uid, digest in published.Revision.objects.filter(edition__roadmap=roadmap)
        .scheduled_or_live()
        .values_list("uid", "digest")
        if digest
    }
    changed, seen = {}, set()
    for content in drafts:
        text = to_json(content)
        digest = digest_of(text)
        seen.add(content.uid)
        if known.get(content.uid) != digest:
            changed[content.uid] = (text, digest)
    return _Differences(changed, [uid for uid in known if uid not in seen], {*known})


def _published_contents(uids: Iterable[str]) -> dict[str, Content | None]:
    rows = published.Revision.objects.filter(uid__in=[*uids]).scheduled_or_live().values_list("uid", "noun", "content")
    return {str(uid): from_json(Noun(noun), text) if text else None for uid, noun, text in rows}


def _release_titles(roadmap: working.Roadmap, drafts: Iterable[Content]) -> dict[str, str]:
    """By uid, of every release there is or was, so that an item's move can be told in words."""
    titles = {
        str(uid): title
        for uid, title in published.Revision.objects.filter(edition__roadmap=roadmap, noun=Noun.RELEASE)
        .scheduled_or_live()
        .values_list("uid", "title")
    }
    return titles | {draft.uid: draft.title for draft in drafts if isinstance(draft, ReleaseContent)}


def _pending(
    before: Content | None, after: Content | None, text: str, digest: str, release_titles: dict[str, str]
) -> Pending:
    whole = after or before
    if whole is None:
        raise ValueError("one of the two must be there")
    return Pending(
        noun=noun_of(whole),
        uid=whole.uid,
        title=getattr(whole, "title", ""),
        address=whole.address,
        before=before,
        after=after,
        after_json=text,
        after_digest=digest,
        changes=tuple(compare(before, after, release_titles)),
    )

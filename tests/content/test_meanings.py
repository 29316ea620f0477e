"""A published date keeps the meaning that it was published with, whatever the grammar becomes."""

from roadmap.content.choices import Environment, Noun
from roadmap.content.comparison import compare
from roadmap.content.meanings import as_published, digest, with_meanings, without_meanings
from roadmap.content.merge import merge
from roadmap.content.things import ChangelogEntryContent, ItemContent, MilestoneContent, ReleaseContent, to_json


def item(live: str, meaning: str = "", title: str = "Weigh parcels") -> ItemContent:
    milestones = (MilestoneContent(environment=Environment.LIVE, typed=live, meaning=meaning),)
    return ItemContent(uid="i", reference="PAR-1", title=title, milestones=milestones)


def shown(content: ItemContent) -> str:
    return str(content.milestones[0].when)


OTHER = "autumn 2026 = 2026-08-01/2026-10-31 | August to October 2026"  # as a grammar might once have read it


def test_publishing_writes_what_each_date_means_beside_it():
    published = with_meanings(item("autumn 2026"), None)
    assert published.milestones[0].meaning == "autumn 2026 = 2026-09-01/2026-11-30 | autumn 2026"
    release = with_meanings(ReleaseContent(uid="r", title="June 2026"), None)
    assert release.meaning == "June 2026 = 2026-06-01/2026-06-30 | June 2026"
    entry = with_meanings(ChangelogEntryContent(uid="e", title="Out", typed="3 May 2026"), None)
    assert str(entry.when) == "3 May 2026"


def test_a_text_that_stays_keeps_the_meaning_that_readers_know():
    before = item("autumn 2026", OTHER)
    after = with_meanings(item("autumn 2026", title="Weigh all parcels"), before)
    assert shown(before) == shown(after) == "August to October 2026"
    assert [change.field for change in compare(before, after, {})] == ["title"]


def test_a_text_that_is_typed_anew_means_what_it_means_today():
    after = with_meanings(item("Autumn 2026"), item("autumn 2026", OTHER))
    assert shown(after) == "Autumn 2026"


def test_a_meaning_of_another_text_is_not_believed():
    assert shown(item("June 2026", OTHER)) == "June 2026"


def test_what_was_published_before_meanings_were_kept_means_what_it_meant_then():
    text = to_json(item("2026 to 2027"))
    content = as_published(Noun.ITEM, text)
    assert isinstance(content, ItemContent)
    assert shown(content) == "2026 to 2027"
    assert to_json(without_meanings(content)) == text
    release = as_published(Noun.RELEASE, to_json(ReleaseContent(uid="r", title="FY26/27")))
    assert isinstance(release, ReleaseContent)
    assert release.due is None  # it was a name then


def test_a_date_that_is_not_understood_is_shown_as_it_stands_and_ends_no_promise():
    when = with_meanings(item("June 2026, pending"), None).milestones[0].when
    assert when
    assert (str(when), when.is_unclear, when.is_to_be_confirmed) == ("June 2026, pending", True, False)


def test_two_that_differ_in_meanings_alone_are_the_same():
    draft, published = item("autumn 2026"), item("autumn 2026", OTHER)
    assert digest(draft) == digest(published)
    assert compare(draft, published, {}) == []
    assert merge(published, published, draft) == draft

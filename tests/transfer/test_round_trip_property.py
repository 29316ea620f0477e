"""Export, import, export: the same bytes, whatever staff wrote and however often they published it."""

import datetime
import tempfile
from pathlib import Path

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from roadmap.content.choices import HORIZON_LABELS, KIND_LABELS, Environment
from roadmap.models import Api, Field, FieldValue, Item, ItemApi, Release, Roadmap
from roadmap.publishing import Choices, PublishingRefused, count_pending, marks, pending, publish
from tests import make
from tests.transfer.another import exported, forget_everything, imported

pytestmark = pytest.mark.django_db

START = make.at("2026-01-05")
DATES = ["June 2026", "Q3 2026", "TBC", "14 April 2026", "Autumn 2027", "March 2026 (deployed)"]

# What could be mistaken on the way: escapes, quotation marks, other scripts, signs that count as two, addresses.
ODD = ["\\u0000", "\\", '"', "{}", "é", "日本", "😀", "</script>", "/media/markdown/a.png", " ", "--"]
plain = st.text(st.characters(exclude_categories=["Cs", "Cc", "Zl", "Zp"], exclude_characters="\u202d\u202e"))
lines = st.one_of(plain, st.sampled_from(ODD)).map(lambda text: f"x{text}"[:60])
markdown = st.lists(
    st.one_of(plain, st.sampled_from([*ODD, "\u2028", "\x0b", "\n", "\r\n", "\t", "| a | b |"])), max_size=5
).map("".join)

act = st.one_of(
    st.tuples(st.just("item"), lines, markdown),
    st.tuples(st.just("release"), lines, markdown),
    st.tuples(st.just("page"), lines, markdown),
    st.tuples(st.just("entry"), lines, markdown),
    st.tuples(st.just("column"), lines, markdown),
    st.tuples(st.just("api"), lines, lines),
    st.tuples(st.just("value"), lines, lines),
    st.tuples(st.just("move"), st.sampled_from(DATES), st.sampled_from([*Environment])),
    st.tuples(st.just("group"), lines, lines),
    st.tuples(st.just("reword"), lines, markdown),
    st.tuples(st.just("roadmap"), lines, markdown),
    st.tuples(st.just("delete"), st.sampled_from(["items", "pages", "changelog_entries", "releases"]), lines),
    st.tuples(st.just("publish"), lines, st.integers(0, 3)),
    st.tuples(st.just("publish"), lines, st.integers(0, 3)),
)


def some(rows, number: int):
    """One of the rows, the same one each time that an example runs."""
    found = [*rows.order_by("pk")]
    return found[number % len(found)] if found else None


def carry_out(roadmap: Roadmap, number: int, acts) -> None:
    """What staff do, one thing after another, each on a day of its own."""
    for day, (name, text, more) in enumerate(acts, start=number):
        now = START + datetime.timedelta(days=day)
        item = some(roadmap.items, day)
        match name:
            case "item":
                made = make.item(roadmap, title=text, description=more, kind=[*KIND_LABELS][day % 4].value)
                Item.objects.filter(pk=made.pk).update(
                    audiences="Agents, Businesses", is_breaking=[None, True][day % 2]
                )
            case "release":
                horizon = [*HORIZON_LABELS][day % 3].value
                make.release(roadmap, title=text, introduction=more, horizon=horizon, when=DATES[day % len(DATES)])
            case "page":
                make.page(roadmap, title=text, body=more, is_on_home=day % 2 == 0)
            case "entry":
                make.changelog_entry(roadmap, title=text, body=more)
            case "column":
                if not roadmap.fields.filter(name=text).exists():
                    make.field(roadmap, name=text, explanation=more)
            case "api" if item:
                api, _ = Api.objects.get_or_create(name=text, defaults={"url": "https://example.org/a?b=c"})
                ItemApi.objects.get_or_create(item=item, api=api, version=more[:50], defaults={"position": day})
            case "value" if item:
                for column in Field.objects.filter(roadmap=roadmap):
                    FieldValue.objects.update_or_create(item=item, field=column, defaults={"value": text})
            case "move" if item:
                item.milestones.update_or_create(
                    environment=more, defaults={"when": text, "is_deployed": "deployed" in text}
                )
            case "group" if item:
                Item.objects.filter(pk=item.pk).update(release=some(Release.objects, day), position=day)
            case "reword" if item:
                Item.objects.filter(pk=item.pk).update(title=text, description=more, journey=text)
            case "roadmap":
                Roadmap.objects.filter(pk=roadmap.pk).update(title=text, footer=more, hides_date_history=day % 2 == 0)
            case "delete":
                of_kind = getattr(roadmap, text)
                gone = of_kind.filter(items=None) if text == "releases" else of_kind
                if found := some(gone, day):
                    found.delete()
            case "publish":
                minor = frozenset(str(item.uid) for item in roadmap.items.all()[:more])
                choices = Choices(reason_for_all=text, minor=minor)
                # Of four, three at once and one that waits.
                at = now + datetime.timedelta(days=400 if more == 3 else 0)
                try:
                    fresh = Roadmap.objects.get(pk=roadmap.pk)
                    publish(roadmap=fresh, by=None, note=text, at=at, now=now, choices=choices)
                except PublishingRefused:
                    pass


# Without the phase that explains a failure, which takes minutes.
@settings(max_examples=20, phases=[Phase.explicit, Phase.reuse, Phase.generate, Phase.shrink])
@given(st.lists(act, max_size=25), st.lists(act, max_size=8))
def test_a_moved_roadmap_is_the_same_and_goes_on_like_the_one_it_was(acts, later):
    forget_everything()
    roadmap = make.roadmap(slug="moved", reference_prefix="MOVED", asks_reasons=True)
    carry_out(roadmap, 1, acts)
    roadmap.refresh_from_db()
    file, waiting = exported("moved"), marks(pending(roadmap))
    count = count_pending(roadmap)
    forget_everything()
    with tempfile.TemporaryDirectory() as folder:
        moved = imported(file, Path(folder))
    assert exported("moved") == file
    assert (count_pending(moved), marks(pending(moved))) == (count, waiting)
    # What staff do there afterwards can be moved on in its turn.
    carry_out(moved, len(acts) + 1, later)
    file = exported("moved")
    forget_everything()
    with tempfile.TemporaryDirectory() as folder:
        imported(file, Path(folder))
    assert exported("moved") == file

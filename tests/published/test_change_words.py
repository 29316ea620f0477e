from roadmap.content.changes import FieldChange
from roadmap.content.choices import Noun
from roadmap.content.things import Contact, EnvironmentLabels, RoadmapContent, joined
from roadmap.published.change_words import after_colon, headline, in_sentences, rank, shortened
from roadmap.published.history import ThingTold, ToldChange

VAT = RoadmapContent(
    uid="1",
    slug="vat-mtd",
    title="VAT roadmap",
    contact=Contact(),
    labels=EnvironmentLabels(test="Sandbox", controlled_go_live="Controlled go-live", live="Live"),
)


def told(field, before, after, reason=""):
    return ToldChange(FieldChange(Noun.ITEM, field, before, after), reason)


MOVED = told("milestone.live", {"when": "June 2026"}, {"when": "September 2026"}, "More testing")
REWORDED = told("description", "a", "b")
REORDERED = told("position", 1, 2)


def test_each_change_is_a_sentence_with_its_reason_and_what_moved_comes_first():
    assert in_sentences([REWORDED, MOVED], VAT) == [
        "Live moved from June 2026 to September 2026. Reason: More testing",
        "Description reworded",
    ]


def test_after_a_colon_sentences_begin_small_but_abbreviations_do_not():
    assert after_colon([REWORDED, told("apis", None, ["VAT 1.0"])], VAT) == "API added: VAT 1.0; description reworded"


def test_dates_that_moved_for_one_reason_share_it_and_the_rest_is_a_sentence_of_its_own():
    sandbox = told("milestone.test", {"when": "May 2026"}, {"when": "June 2026"}, "The supplier is late.")
    live = told("milestone.live", {"when": "June 2026"}, {"when": "September 2026"}, "The supplier is late.")
    assert after_colon([REWORDED, sandbox, live], VAT) == (
        "sandbox moved from May 2026 to June 2026; live moved from June 2026 to September 2026. "
        "Reason: The supplier is late. Description reworded"
    )
    assert after_colon([REWORDED, sandbox, MOVED], VAT) == (
        "sandbox moved from May 2026 to June 2026. Reason: The supplier is late. "
        "Live moved from June 2026 to September 2026. Reason: More testing. Description reworded"
    )


def test_a_change_of_order_is_told_only_where_there_is_nothing_else():
    assert in_sentences([REORDERED, REWORDED], VAT) == ["Description reworded"]
    assert in_sentences([REORDERED], VAT) == ["Moved within its list"]


def test_names_are_joined_as_they_are():
    assert [joined(names) for names in ([], ["VAT"], ["VAT", "Business"], ["A", "B", "C"])] == [
        "",
        "VAT",
        "VAT and Business",
        "A, B and C",
    ]


def test_a_text_is_cut_after_a_word():
    assert shortened("one  two\nthree", 11) == "one two…"
    assert shortened("one two", 7) == "one two"
    assert len(shortened("x" * 500)) == 160


def live(before, after):
    return told("milestone.live", before, after)


NONE, THERE = None, {"when": "June 2027", "is_deployed": True}
JUNE, JULY, MAY, YEAR, TBC = ({"when": when} for when in ("June 2027", "July 2027", "May 2027", "2027", "TBC"))
WORST_FIRST = [
    ("Withdrawn", told("existence", "A", None)),
    ("No longer live", live(THERE, JULY)),
    ("No longer in sandbox", told("milestone.test", THERE, JULY)),
    ("No longer planned", live(JUNE, NONE)),
    ("Moved later", live(JUNE, JULY)),
    ("Now to be confirmed", live(JUNE, TBC)),
    ("No longer given a date", live(JUNE, {})),
    ("Given a less exact date that may be later", live(JUNE, YEAR)),
    ("Now live", live(JUNE, THERE)),
    ("Now in sandbox", told("milestone.test", JUNE, THERE)),
    ("Brought forward", live(JUNE, MAY)),
    ("Moved to another release", told("release", "Spring", "Summer")),
    ("Added to a release", told("release", None, "Summer")),
    ("Removed from a release", told("release", "Summer", None)),
    ("Withdrawn", ToldChange(FieldChange(Noun.RELEASE, "existence", "A", None), "")),
    ("Added", told("existence", None, "A")),
    ("Given a date", live(TBC, JUNE)),
    ("Confirmed", live({"when": "June 2027 (TBC)"}, JUNE)),
    ("Given a more exact date", live(YEAR, JUNE)),
    ("Given a less exact date", live({"when": "31 May 2027"}, MAY)),
    ("Changed", told("kind", None, "api")),
    ("Reworded", told("description", "a", "b")),
]


def test_a_title_says_what_the_worst_of_the_news_is():
    changes = [change for _, change in WORST_FIRST]
    ranks = [rank(change) for change in changes]
    assert ranks == sorted({*ranks})
    for words, change in WORST_FIRST:
        thing = ThingTold(change.change.noun, "1", "Losses", "", (REORDERED, REWORDED, change))
        title = "Losses (Kind)" if words == "Changed" else "Losses"
        assert headline([thing], VAT, 80) == f"{words}: {title}"
        assert headline([thing, thing, thing], VAT, 80) == f"{words}: {title}, and 2 more"


def test_what_had_no_date_is_not_said_to_be_no_longer_planned():
    thing = ThingTold(Noun.ITEM, "1", "Losses", "", (live(TBC, NONE),))
    assert headline([thing], VAT, 80) == "No longer given a date: Losses"
    assert in_sentences(thing.told, VAT) == ["Live date no longer given (was to be confirmed)"]


def test_a_title_is_cut_before_how_many_more_there_are():
    thing = ThingTold(Noun.ITEM, "1", "A long title of an item", "", (MOVED,))
    assert headline([thing, thing], VAT, 40) == "Moved later: A long title…, and 1 more"


def test_an_entry_that_is_new_is_called_that():
    change = ToldChange(FieldChange(Noun.CHANGELOG_ENTRY, "existence", None, "Guide"), "")
    thing = ThingTold(Noun.CHANGELOG_ENTRY, "1", "Guide", "", (change,))
    assert headline([thing], VAT, 80) == "New in the changelog: Guide"


def test_what_readers_cannot_see_is_never_announced():
    formatting = told("formatting", {"description": "a"}, {"description": "*a*"})
    assert ThingTold(Noun.ITEM, "1", "Losses", "", (formatting, told("unseen", None, None))).announced == ()

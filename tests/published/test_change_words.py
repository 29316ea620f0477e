from roadmap.content.changes import FieldChange
from roadmap.content.choices import Noun
from roadmap.content.things import Contact, EnvironmentLabels, RoadmapContent, joined
from roadmap.published.change_words import after_colon, in_sentences, shortened
from roadmap.published.history import ToldChange

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
    assert after_colon([REWORDED, told("apis", None, ["VAT 1.0"])], VAT) == "APIs added: VAT 1.0; description reworded"


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

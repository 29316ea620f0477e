"""How many there are, and which, in words. Pure."""

from collections.abc import Mapping, Sequence

from roadmap.content.choices import Noun

# One of a noun, and more than one. Of a roadmap nobody counts more.
NOUNS: Mapping[Noun, tuple[str, str]] = {
    Noun.ITEM: ("item", "items"),
    Noun.RELEASE: ("release", "releases"),
    Noun.PAGE: ("page", "pages"),
    Noun.CHANGELOG_ENTRY: ("changelog entry", "changelog entries"),
}


def counted(number: int, noun: Noun | str, plural: str = "") -> str:
    """ "1 item", "2 items". A noun in words has an "s" for more than one, where no `plural` is given."""
    one, many = NOUNS[noun] if isinstance(noun, Noun) else (noun, plural or f"{noun}s")
    return f"{number} {one if number == 1 else many}"


def counted_nouns(numbers: Mapping[Noun, int]) -> str:
    """ "14 items, 3 releases and 5 changelog entries": of what there is any."""
    return joined([counted(numbers[noun], noun) for noun in NOUNS if numbers.get(noun)])


def joined(names: Sequence[str]) -> str:
    """ "VAT (MTD) 1.0 and Business Details 2.0": each as it is, unlike `things.in_words`, which lowers capitals."""
    return f"{', '.join(names[:-1])} and {names[-1]}" if len(names) > 1 else "".join(names)

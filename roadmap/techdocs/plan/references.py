"""References that a source gives its items: within a roadmap they name the items; a new one keeps them."""

from collections.abc import Iterable, Sequence

from roadmap.content.things import ItemContent
from roadmap.models import Item, Roadmap
from roadmap.techdocs.parse.result import ParsedRoadmap
from roadmap.techdocs.plan.source_and_site import Part, There
from roadmap.techdocs.sources import Doubt


def prefix_to_keep(parsed: ParsedRoadmap) -> str:
    """Of a new roadmap, whose items keep their references: the one that all references begin with, if nobody has it.

    Empty where there is none such: the items then get new references.
    """
    prefixes = {item.reference.rpartition("-")[0] for item in parsed.items if item.reference}
    if len(prefixes) != 1:
        return ""
    (prefix,) = prefixes
    is_taken = (
        Roadmap.objects.filter(reference_prefix=prefix).exists()
        or Item.objects.filter(reference__startswith=f"{prefix}-").exists()
    )
    return "" if is_taken else prefix


def named(new: Sequence[Part], there: Sequence[There]) -> dict[int, int]:
    """By its place among the parts of the source, the place of the item that its reference names."""
    places = {reference: place for place, thing in enumerate(there) if (reference := _reference(thing.known))}
    found: dict[int, int] = {}
    for index, part in enumerate(new):
        place = places.pop(_reference(part.content), None)  # of two rows with one reference, the first has it
        if place is not None:
            found[index] = place
    return found


def kept(new: Sequence[Part]) -> dict[str, str]:
    """By key, the references of the parts that are the first with theirs."""
    found: dict[str, str] = {}
    for part in reversed(new):
        if reference := _reference(part.content):
            found[reference] = part.key
    return {key: reference for reference, key in found.items()}


def doubts(new: Iterable[tuple[Part, str]]) -> Iterable[Doubt]:
    """One for each new item that does not get the reference which the source gives it. Each with what it keeps."""
    for part, own in new:
        reference = _reference(part.content)
        if reference and reference != own:
            path, _, line = part.source.rpartition(":")
            text = f"“{part.title}” is a new item and gets the next reference: {reference} is not its own here."
            yield Doubt(path, int(line), text)


def highest_number(prefix: str, references: Iterable[str]) -> int:
    """The number after which new references go on."""
    found = (reference.rpartition("-") for reference in references)
    return max((int(number) for start, _, number in found if start == prefix and number.isdecimal()), default=0)


def _reference(content: object) -> str:
    return content.reference if isinstance(content, ItemContent) else ""

"""The parts of a page but for its tables: each its mark, what readers see, and the mark of its end. Pure."""

from collections.abc import Mapping
from typing import Any

from roadmap.content.choices import HORIZON_LABELS, Environment
from roadmap.content.things import (
    ChangelogEntryContent,
    Contact,
    FieldDefinition,
    ItemContent,
    PageContent,
    ReleaseContent,
    RoadmapContent,
)
from roadmap.techdocs import marks
from roadmap.techdocs.cells import anchor, plain_read, plain_shown
from roadmap.techdocs.texts import closing_of, facts_read, facts_shown, first_line, shown
from roadmap.techdocs.words import ENTRY_FACTS, RELEASE_FACTS


def roadmap_block(roadmap: RoadmapContent, *, prefix: str, last_item_number: int) -> str:
    mark = marks.Roadmap(
        form=marks.FORM,
        uid=roadmap.uid,
        prefix=prefix,
        last_item_number=last_item_number,
        **{f"{one.value}_label": roadmap.labels[one] for one in Environment},
        hides_date_history=roadmap.hides_date_history,
        exact=_plain_exact(title=roadmap.title, description=roadmap.description),
    )
    return _block(mark, f"# {plain_shown(roadmap.title)}", _paragraph(roadmap.description))


def contact(found: Contact) -> str:
    facts = {
        "Team": plain_shown(found.name),
        "Email": f"[{plain_shown(found.email)}]({found.mailto()})" if found.email else "",
        "Subject": plain_shown(found.subject),
    }
    exact = _plain_exact(name=found.name, email=found.email, subject=found.subject)
    return _block(marks.Contact(exact=exact), "## Contact", facts_shown(facts))


def footer(text: str) -> str:
    return _with_text(marks.Footer, ["## Footer"], text, {}, {"body": text})


def column(field: FieldDefinition) -> str:
    heading = f"## {plain_shown(field.name)}"
    return _with_text(
        marks.Field, [heading], field.explanation, {"key": field.key}, {"name": field.name, "body": field.explanation}
    )


def page(one: PageContent, *, level: int) -> str:
    heading = f"{'#' * level} {plain_shown(one.title)}"
    values = {"uid": one.uid, "slug": one.slug, "position": one.position}
    return _with_text(marks.Page, [heading], one.body, values, {"title": one.title, "body": one.body})


def release(one: ReleaseContent) -> str:
    facts = {
        "Date": plain_shown(one.typed),
        "Term": HORIZON_LABELS[one.horizon] if one.horizon else "",
        "Deployed": "Yes" if one.is_deployed else "",
    }
    values: dict[str, Any] = {"uid": one.uid, "position": one.position}
    values |= _has_facts(facts, one.introduction, RELEASE_FACTS)
    exact = {"title": one.title, "typed": one.typed, "body": one.introduction}
    lines = [f"## {plain_shown(one.title)}", facts_shown(facts)]
    return _with_text(marks.Release, lines, one.introduction, values, exact)


def changelog_entry(one: ChangelogEntryContent) -> str:
    facts = {"Date": plain_shown(one.typed)}
    values: dict[str, Any] = {"uid": one.uid, "position": one.position}
    values |= _has_facts(facts, one.body, ENTRY_FACTS)
    exact = {"title": one.title, "typed": one.typed, "body": one.body}
    return _with_text(marks.Entry, [f"## {plain_shown(one.title)}", facts_shown(facts)], one.body, values, exact)


def description_below(item: ItemContent) -> str:
    # The template makes an anchor of each heading, out of its words: one that stays is our own.
    lines = [f'<a id="{anchor(item.reference)}"></a>', f"### {item.reference}: {plain_shown(item.title)}"]
    return _with_text(marks.Description, lines, item.description, {"uid": item.uid}, {"body": item.description})


def made(text: str) -> str:
    return _block(marks.Made(), text)


def _with_text(
    mark: type[marks.Mark], lines: list[str], text: str, values: Mapping[str, Any], said: Mapping[str, str]
) -> str:
    body = shown(text)
    closing = closing_of(body)
    exact = _plain_exact(**{name: value for name, value in said.items() if name != "body"}) or {}
    if body != text:
        exact["body"] = text
    made_mark = mark(**values, exact=exact or None, **({"closing": closing} if closing else {}))
    return _block(made_mark, *lines, f"{body}\n{closing}" if closing else body)


def _block(mark: marks.Mark, *lines: str) -> str:
    return "\n\n".join([marks.written(mark), *(line for line in lines if line), marks.written(marks.End())])


def _plain_exact(**texts: str) -> dict[str, str] | None:
    """Those plain texts that are not read back as they are."""
    return {name: text for name, text in texts.items() if plain_read(plain_shown(text)) != text} or None


def _paragraph(text: str) -> str:
    """Plain text that begins a paragraph, and neither a list nor a heading."""
    return first_line(plain_shown(text))


def _has_facts(facts: Mapping[str, str], text: str, names: tuple[str, ...]) -> dict[str, bool]:
    """Said only where a text could be taken for facts that are not there."""
    if facts_shown(facts) or facts_read(shown(text).split("\n")[0], names) is None:
        return {}
    return {"has_facts": False}

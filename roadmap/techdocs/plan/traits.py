"""What things are recognised by."""

from collections.abc import Iterable

from roadmap.content.fields import DESCRIPTION, JOURNEY, TITLE
from roadmap.content.things import ChangelogEntryContent, Content, ItemContent, PageContent, ReleaseContent
from roadmap.dates import UnclearDate, parse
from roadmap.techdocs.plan.similarity import Traits, folded

# A text of fewer words is nobody's own.
_TELLING = 5


def traits(content: Content, *, place: str = "", is_known: bool = True) -> Traits:
    """`place` is the title of an item's release."""
    match content:
        case ItemContent():
            return _item_traits(content, place, is_known)
        case PageContent():
            title, body = folded(content.title), folded(content.body)
            return Traits((content.slug,), (title, _telling(body)), ((title, 0.3), (body, 0.7)), is_known=is_known)
        case ReleaseContent():
            title, when = _dated(content.title), _dated(content.typed)
            return Traits(
                (f"{title}|{when}|{content.horizon}", f"{title}|{when}"),
                (title, when, _telling(folded(content.introduction))),
                (("" if _is_date(content.title) else title, 1.0),),
                is_known=is_known,
            )
        case ChangelogEntryContent():
            title, when, body = folded(content.title), _dated(content.typed), folded(content.body)
            return Traits(
                (f"{title}|{when}|{body}", f"{title}|{when}"),
                # Two notes of one title and different months are two notes, unless the source itself corrected one.
                (title, _telling(body)) if is_known else (),
                ((title, 0.4), (body, 0.5), (when, 0.1)),
                is_known=is_known,
            )
    raise TypeError(f"a {type(content).__name__} is not matched")


def _item_traits(content: ItemContent, place: str, is_known: bool) -> Traits:
    title, description, about = (folded(field.of(content)) for field in (TITLE, DESCRIPTION, JOURNEY))
    apis = sorted(folded(api.name) for api in content.apis)
    text = f"{title}|{description}"
    whole = f"{text}|{about}|{apis}|{content.kind}"
    return Traits(
        (f"{whole}|{place}", whole, f"{text}|{about}", text),
        (title, _telling(description)),
        ((title, 0.4), (description, 0.45), (about, 0.15)),
        frozenset(apis),
        place,
        is_known,
    )


def _telling(text: str) -> str:
    return text if text.count(" ") + 1 >= _TELLING else ""


def _dated(text: str) -> str:
    """ "Oct 2018" and "October 2018" are one month."""
    try:
        return parse(text).display if text else ""
    except UnclearDate:
        return folded(text)


def _is_date(text: str) -> bool:
    try:
        return bool(parse(text))
    except UnclearDate:
        return False


def titles(things: Iterable[Content]) -> dict[str, str]:
    """By uid, of releases."""
    return {thing.uid: thing.title for thing in things if isinstance(thing, ReleaseContent)}

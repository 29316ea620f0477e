"""What a column of a table of items is of, and how a value stands in its cell and is read from there.

Every `read` takes whatever a person may have typed; `is_exact` says whether a cell is as an export writes it, and so
means what is read from it and nothing else.
"""

import html
import re
from functools import lru_cache
from typing import Any

from roadmap.content.choices import Environment
from roadmap.content.fields import DESCRIPTION, ITEM_FIELDS, ContentField
from roadmap.content.shapes import Answer, Apis, Choice, Milestones, Names, Place, Prose, ReleaseLink, names_in
from roadmap.content.things import ApiVersion, MilestoneContent, when_typed
from roadmap.markdown import MAX_MARKDOWN_LENGTH, render
from roadmap.techdocs.texts import MARKDOWN, shown, stripped

CELL_FIELDS = tuple(field for field in ITEM_FIELDS if not isinstance(field.shape, ReleaseLink | Place))
"""What an item says in its row: the rest is where the row stands."""
HEADINGS = frozenset(field.markdown for field in CELL_FIELDS)

REFERENCE_FORM = re.compile(r"[A-Z][A-Z0-9]{0,9}-[0-9]{1,9}")

_SPECIAL = re.compile(r"[\\`*\[\]~^]|(?<![^\W_])_|_(?![^\W_])")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")
# Not every renderer knows an escaped pipe in a table: as an entity it is none.
_ENTITY = {"&": "&amp;", "<": "&lt;", ">": "&gt;", "|": "&#124;"}
_PLAIN = re.compile(r"\\([!-/:-@\[-`{-~])|&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z]\w{1,31});")
_BREAK = re.compile(r"<br ?/?>", re.IGNORECASE)
_API = re.compile(r"\[((?:[^\\\]]|\\.)*)\]\(([^\s()]*)\)(.*)|\*\*((?:[^\\*]|\\.)*)\*\*(.*)", re.DOTALL)
_ADDRESS = re.compile(r"[A-Za-z0-9:/?#@!$&'+,;=.~%_-]*")
_IN_A_CELL = {"inline"} | {
    f"{block}_{end}" for block in ("paragraph", "bullet_list", "ordered_list", "list_item") for end in ("open", "close")
}
_DEPLOYED = " (deployed)"
_IS_DEPLOYED = "Deployed"

_POINT = r"(?:[-+*]|\d{1,9}[.)])[ \t]"
_BEGINS_POINT = re.compile(rf"[ \t]*{_POINT}")
_PIPE = re.compile(r"\\?\|")
_HARD_BREAK = re.compile(r"(?: {2,}|\\)$")
_SPACES = re.compile(r"[ \t\u00a0\f\v]{2,}|[\t\f\v]")
_LINE_END = re.compile(rf"<br>(?:(<br>)((?:&nbsp;)*)|((?:&nbsp;)*)(?={_POINT}))")


def show(field: ContentField, value: Any) -> str:
    """The value as a cell of that field has it: of a milestone or a column of the roadmap's own, that of one."""
    match field.shape:
        case Choice() | Answer():
            return field.shape.cell(value)
        case Names():
            return plain_shown(", ".join(value or ()))
        case Apis():
            return "<br>".join(_api_shown(api) for api in value or ())
        case Prose():
            return _on_one_line(shown(value or ""))
        case Milestones():
            return _date_shown(value) if value else ""
    return plain_shown(value or "")


def read(field: ContentField, text: str) -> Any:
    """The value that a cell says. Raises ValueError where one of some words is asked for and is not there."""
    text = text.strip()
    match field.shape:
        case Choice(labels=labels):
            return _one_of({label: value for value, label in labels.items()}, text)
        case Answer():
            return _one_of({field.shape.cell(answer): answer for answer in (True, False)}, text)
        case Names():
            return names_in(plain_read(text))
        case Apis():
            return tuple(_api_read(part) for part in _BREAK.split(text) if part.strip())
        case Prose():
            return stripped(_LINE_END.sub(_line_end, text))
    return plain_read(text)


def read_date(environment: Environment, text: str) -> MilestoneContent | None:
    """The date that a cell says: None where it says none."""
    text = plain_read(text)
    if not text:
        return None
    typed = "" if text.casefold() == _IS_DEPLOYED.casefold() else text.removesuffix(_DEPLOYED)
    when = when_typed(typed)
    is_deployed = typed != text or bool(when and when.says_deployed)
    return MilestoneContent(environment=environment, typed=typed, is_deployed=is_deployed)


def is_exact(field: ContentField, text: str) -> bool:
    """Whether a cell is as an export writes it."""
    try:
        return show(field, read(field, text)) == text
    except ValueError:
        return False


@lru_cache(maxsize=4096)
def fits(description: str) -> bool:
    """Whether a description can stand in its cell: whether what is read from there looks to readers as it did."""
    if (
        len(description) > MAX_MARKDOWN_LENGTH
        or not {token.type for token in MARKDOWN.parse(description)} <= _IN_A_CELL
    ):
        return False
    cell = show(DESCRIPTION, description)
    again = str(read(DESCRIPTION, cell))
    return not re.search(r"[\n|]", cell) and _seen(again) == _seen(description)


def _seen(text: str) -> str:
    """As readers see it, to whom a line end within a paragraph is a space."""
    return re.sub(r" ?<br> ?", "<br>", " ".join(render(text).html.split()))


def description_path(reference: str) -> str:
    """Of the page that has the description of an item, where no cell can hold it."""
    return f"items/{reference.lower()}.html"


def link_to_description(reference: str) -> str:
    """What stands in its cell instead."""
    return f"See [{reference}]({description_path(reference)})"


def plain_shown(text: str) -> str:
    """Plain text on one line, as Markdown that shows each of its characters."""
    text = " ".join(_CONTROL.sub(" ", text).split())
    # Emphasis begins and ends at the edge of a word: an underscore within one stays as it is.
    return _SPECIAL.sub(r"\\\g<0>", "".join(_ENTITY.get(character, character) for character in text))


def plain_read(text: str) -> str:
    """What `plain_shown` showed."""
    return _PLAIN.sub(lambda found: found[1] or html.unescape(found[0]), text.strip())


def _date_shown(milestone: MilestoneContent) -> str:
    if not milestone.typed:
        return _IS_DEPLOYED if milestone.is_deployed else ""
    date = plain_shown(milestone.typed)
    # Who typed a date may have said so there.
    says_so = bool(milestone.when and milestone.when.says_deployed)
    return date + _DEPLOYED if milestone.is_deployed and not says_so else date


def _on_one_line(text: str) -> str:
    """A Markdown text with breaks for the ends of its lines, those that readers see.

    `<br>` is the end of a line, `<br/>` a break within a paragraph: so that each is read from there as what it was.
    """
    parts: list[str] = []
    is_break = is_paragraph = False
    for line in text.split("\n"):
        if not line.strip():
            is_paragraph = True
            continue
        indent = len(line) - len(line.lstrip(" "))
        if not parts:
            between = ""
        elif is_paragraph:
            between = "<br><br>" + "&nbsp;" * indent
        elif _BEGINS_POINT.match(line):
            between = "<br>" + "&nbsp;" * indent
        else:
            between = "<br/>" if is_break else " "
        is_break, is_paragraph = bool(_HARD_BREAK.search(line)), False
        words = _PIPE.sub(_ENTITY["|"], _BREAK.sub("<br/>", _HARD_BREAK.sub("", line).strip()))
        parts += [between, _SPACES.sub(" ", words)]
    return "".join(parts)


def _line_end(found: re.Match[str]) -> str:
    indent = " " * ((found[2] or found[3] or "").count("&"))
    return ("\n\n" if found[1] else "\n") + indent


def _api_shown(api: ApiVersion) -> str:
    name, version = plain_shown(api.name), plain_shown(api.version)
    if api.url and _ADDRESS.fullmatch(api.url):
        return f"[{name}]({api.url}) {version}".rstrip()
    return f"**{name}** {version}" if version else name


def _api_read(text: str) -> ApiVersion:
    found = _API.fullmatch(text.strip())
    if not found:
        return ApiVersion(name=plain_read(text))
    name, version = (found[1], found[3]) if found[4] is None else (found[4], found[5])
    return ApiVersion(name=plain_read(name), url=found[2] or "", version=plain_read(version))


def _one_of(values: dict[str, Any], text: str) -> Any:
    if not text:
        return None
    for name, value in values.items():
        if name.casefold() == text.casefold():
            return value
    raise ValueError(f"“{text[:100]}” should be one of these: {', '.join(values)}.")

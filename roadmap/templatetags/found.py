"""What is in the head of a page for those who find it and share it."""

import json
import re
from typing import Any

from django import template
from django.template.base import NodeList, Parser, Token
from django.utils.html import strip_tags
from django.utils.safestring import SafeString, mark_safe

register = template.Library()

_ESCAPED = {ord(letter): f"\\u{ord(letter):04x}" for letter in "<>&"}
_MARKS = re.compile(r"[\\`*_{}\[\]<>|~&]")
_AT_START = re.compile(r"^(\d{0,9})([-+#.)=])")  # of a line: what begins a list, a heading or a rule
_TITLE = re.compile(r"<title>(.*?)</title>", re.DOTALL)
_DESCRIPTION = re.compile(r'<meta name="description" content="([^"]*)">')


@register.filter
def json_ld(said: dict[str, Any]) -> SafeString:
    """As it may stand in a script element: no text of it can end that (HTML, 4.12.1.3)."""
    text = json.dumps(said, ensure_ascii=False, separators=(",", ":"))
    return mark_safe(text.translate(_ESCAPED))  # noqa: S308 - nothing of HTML is left in it


@register.filter
def as_text(words: str) -> SafeString:
    """In Markdown, on one line, what was typed as it was typed: no mark of it is one (CommonMark, 2.4 and 5.3)."""
    text = _MARKS.sub(r"\\\g<0>", " ".join(words.split()))
    return mark_safe(_AT_START.sub(r"\1\\\2", text))  # noqa: S308 - it is no HTML: see web/llms.txt


class SharedNode(template.Node):
    child_nodelists = ("inside",)  # in which Django looks for the blocks of a page that extends this template

    def __init__(self, inside: NodeList):
        self.inside = inside

    def render(self, context: template.Context) -> str:
        html = self.inside.render(context)
        found = [("og:title", _TITLE.search(html)), ("og:description", _DESCRIPTION.search(html))]
        said = [(name, strip_tags(match[1])) for name, match in found if match]
        return html + "".join(f'<meta property="{name}" content="{" ".join(text.split())}">\n  ' for name, text in said)


@register.tag
def shared(parser: Parser, token: Token) -> SharedNode:
    """{% shared %}…{% endshared %}: the title and the description inside are said in Open Graph (ogp.me) too."""
    inside = parser.parse(("endshared",))
    parser.delete_first_token()
    return SharedNode(inside)

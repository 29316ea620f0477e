"""A text that comes in, in the one form in which it is kept.

It is here, and not with the models, because only Markdown says which blanks mean something, and because what imports
a text must settle it as the working copy will.
"""

import unicodedata

_BLANKS = " \t"
_HARD_BREAK = "  "


def settled(text: str) -> str:
    """The same words, composed (NFC), with line feeds alone, and without blanks and empty lines that nobody sees.

    A browser sends a form's lines with CR and LF, a Mac's file decomposes its accents, and whoever only saved would
    have changed the text. Blanks at the end of a line stay where they break it: two, before a line that goes on.
    """
    if text.isascii() and "\n" not in text and "\r" not in text:
        return text.rstrip(_BLANKS)
    lines = unicodedata.normalize("NFC", text).replace("\r\n", "\n").replace("\r", "\n").split("\n")
    kept = []
    for line, following in zip(lines, [*lines[1:], ""], strict=True):
        bare = line.rstrip(_BLANKS)
        is_broken = bare and line.endswith(_HARD_BREAK) and following.strip(_BLANKS)
        kept.append(bare + _HARD_BREAK if is_broken else bare)
    return "\n".join(kept).strip("\n")

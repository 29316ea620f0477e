"""The bytes of a file as text for readers. Whatever could not be that is refused, with its line."""

import re

from roadmap.techdocs.sources.plain_yaml import front_matter_end
from roadmap.techdocs.sources.source import MAX_FILE_SIZE, ImportRefused, too_long

_LINE_ENDS = re.compile(r"\r\n?")
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f]")
# HTML's own beginning, first of all but comments.
_PAGE = re.compile(r"(?>\s++|<!(?=--).*?-->)*+<(!doctype\s+html|html|head|body|\?xml)\b", re.IGNORECASE | re.DOTALL)
_BINARY = (b"%PDF", b"PK\x03\x04", b"PK\x05\x06", b"\x1f\x8b", b"\x89PNG", b"GIF8", b"\xff\xd8\xff")
# UTF-32's first: its little-endian mark begins as that of UTF-16 does.
_WIDE = ((b"\xff\xfe\0\0", "UTF-32"), (b"\0\0\xfe\xff", "UTF-32"), (b"\xff\xfe", "UTF-16"), (b"\xfe\xff", "UTF-16"))


def as_text(content: bytes, name: str) -> str:
    """The text, without a byte order mark, each line ending in a line feed alone. It may be empty.

    Raises ImportRefused for what is too long, binary, in another encoding than UTF-8, or a whole HTML page.
    """
    if len(content) > MAX_FILE_SIZE:
        raise too_long(name)
    for mark, encoding in _WIDE:
        if content.startswith(mark):
            raise ImportRefused(f"{name}:1: this is {encoding}. Save the file as UTF-8 and try again.")
    if b"\0" in content or content.startswith(_BINARY):
        raise ImportRefused(f"{name} is not text: it is a binary file under a text file's name.")
    try:
        text = _LINE_ENDS.sub("\n", content.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise ImportRefused(f"{name}:{line}: this is not UTF-8. Save the file as UTF-8 and try again.") from error
    if strange := _CONTROL.search(text):
        line = text.count("\n", 0, strange.start()) + 1
        raise ImportRefused(f"{name}:{line}: the control character U+{ord(strange[0]):04X} is not text. Remove it.")
    lines = text.split("\n")
    if _PAGE.match("\n".join(lines[front_matter_end(lines) :])):
        raise ImportRefused(f"{name} is not Markdown: it is a whole HTML or XML page.")
    return text

"""Why a roadmap was not moved."""


class TransferRefused(Exception):
    """Nothing was written and nothing changed. The message is one line: where, what is wrong and what to do."""


class Flaw(TransferRefused):
    """A record cannot be part of a roadmap. Whoever knows where it stands says so in another."""


def in_one_line(text: object) -> str:
    """What somebody else wrote, as a message may show it."""
    one_line = " ".join(str(text).split())
    return "".join(char if char.isprintable() else "\N{REPLACEMENT CHARACTER}" for char in one_line)


def quoted(text: object) -> str:
    shown = in_one_line(text)
    return f"“{shown[:80]}…”" if len(shown) > 80 else f"“{shown}”"

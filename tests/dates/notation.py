"""What a date means in the notation of the agreed cases: "2027-04-01..2027-04-30 by tbc", "TBC", "refused"."""

from roadmap.dates import UnclearDate, When, parse


def in_notation(text: str) -> str:
    try:
        when = parse(text)
    except UnclearDate:
        return "refused"
    return notation(when)


def notation(when: When) -> str:
    flags = " by" * when.is_deadline + " tbc" * when.is_provisional + " deployed" * when.says_deployed
    dateless = "TBC" if when.is_to_be_confirmed else "N/A"
    return f"{when.start}..{when.end or ''}{flags}" if when.start else dateless


def understood(text: str) -> bool:
    return in_notation(text) != "refused"

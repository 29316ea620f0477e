"""What is said of a thing that readers saw once."""

from django.utils import timezone

from roadmap.content.choices import Noun
from roadmap.web.api.operations import Asked, NotThere


def gone(about: Asked, noun: Noun, address: str) -> NotThere | None:
    """Nothing where there never was such a thing."""
    last = about.published.withdrawn(noun, address)
    if last is None:
        return None
    day = timezone.localtime(last.published_at)
    return NotThere(
        f"{last.title} ({address}) was withdrawn on {day:%-d %B %Y}, in edition {last.edition_number}.", 410
    )

"""On the page where a roadmap is published: how many people will be told by email, and a test of what they get."""

import datetime
import uuid
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest
from django.utils import timezone

from roadmap.admin import mail
from roadmap.admin.publish.review import Review
from roadmap.content.things import ChangelogEntryContent
from roadmap.models import Edition, Letter
from roadmap.previews.coming import with_edition
from roadmap.publishing.pending import retold
from roadmap.subscriptions import staff
from roadmap.subscriptions.providers.provider import MailRefused, ProviderAway
from roadmap.subscriptions.reach import Reach, reach_of

NO_NEWS = "No email would be sent, so you get no test: nothing in this edition is news to readers."
AWAY = "The mail server cannot be reached, so no test has been sent. Try again in a few minutes."
NOTHING_DONE = "Nothing has been published."
STOPPED = (
    "No test has been sent, and nothing has been published. First put right what is listed here: it would stop you "
    "from publishing too."
)
NOTHING_TO_SEND = "No test has been sent: nothing is waiting to be published, so there is no email to come."
NOBODY = "Nobody follows this roadmap by email yet."


def told_by_mail(review: Review) -> str:
    """Of what is ticked. One query, and those of what is published; nothing where the site sends no email."""
    if not (settings.SENDS_EMAIL and review.found):
        return ""
    roadmap, at = review.roadmap, review.moment

    def coming() -> Any:
        chosen = retold(review.chosen, roadmap, at) if review.left_out else review.chosen
        return with_edition(roadmap, chosen, review.minor, _entry(review), at, review.now)

    return in_words(reach_of(roadmap.pk, roadmap.slug, coming), settings.MAIL_WAIT)


def _entry(review: Review) -> ChangelogEntryContent | None:
    """The one that goes with the Edition, as it is typed."""
    if not review.form["announce"].value():
        return None
    title, when, body = (str(review.form[name].value() or "") for name in ("entry_title", "entry_when", "entry_body"))
    return ChangelogEntryContent(uid=str(uuid.uuid4()), title=title, typed=when, body=body)


def in_words(reach: Reach, wait: int) -> str:
    """`wait` is in minutes."""
    if not reach.followers:
        return NOBODY
    soon = f"{_number(wait, 'minute')} after readers see it" if wait else "as soon as readers see it"
    if reach.at_once:
        told = f"{_people(reach.at_once)} will get an email about this edition {soon}"
        told += f", {reach.later} more in their daily or weekly one." if reach.later else "."
    elif reach.later:
        told = f"{_people(reach.later)} will read of this edition in their daily or weekly email."
    elif reach.followers == 1:
        return "1 person follows this roadmap by email, and asked for nothing that this edition tells."
    else:
        return (
            f"Of the {reach.followers} people who follow this roadmap by email, none asked for what this edition tells."
        )
    if reach.programs:
        told += f" {_number(reach.programs, 'program')} {'is' if reach.programs == 1 else 'are'} told too."
    return told


def _people(number: int) -> str:
    return "1 person" if number == 1 else f"{number:,} people"


def _number(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


# A test of the coming email


def coming_edition(review: Review) -> Edition | None:
    """Where nothing is pending: the next that waits for its time, or the one that nobody has been told of yet."""
    wait = datetime.timedelta(minutes=settings.MAIL_WAIT)
    newest = review.newest
    if not settings.SENDS_EMAIL or review.found:
        return None
    is_untold = newest is not None and newest.published_at > review.now - wait
    return newest if is_untold else next(iter(review.scheduled), None)


def letter_of(edition: Edition) -> Letter | None:
    """Also of one that is about to be taken back: read before, sent after."""
    return staff.letter_of_unseen(edition, timezone.now())


def send_test(request: HttpRequest, letter: Letter | None, coming: Edition | None = None) -> None:
    """To whoever asks, and says so to them, or why not. `coming`: what it is of, where that is published already."""
    address, besides = getattr(request.user, "email", ""), "" if coming else f" {NOTHING_DONE}"
    if letter is None:
        messages.info(request, NO_NEWS)
        return
    if not address:
        messages.error(request, "There is no email address for you here. Ask an administrator to add it.")
        return
    try:
        staff.send_test(letter, address, mail.origin_of(request))
    except ProviderAway as error:
        messages.error(request, f"{AWAY}{besides} It said: {error}")
    except MailRefused as error:
        refused = f"The mail server does not take mail for {address}, so no test has been sent."
        messages.error(request, f"{refused}{besides} It said: {error}")
    else:
        of = f" about edition {coming.number}" if coming else ""
        messages.success(request, f"A test of the email{of} is on its way to {address}.{besides}")


def say_not_sent(request: HttpRequest, review: Review) -> None:
    """Why there is no email that a test could be of."""
    messages.warning(request, STOPPED if review.found else NOTHING_TO_SEND)

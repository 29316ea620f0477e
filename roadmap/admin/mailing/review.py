"""On the page where a roadmap is published: how many people will be told by email, and a test of what they get."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest
from django.utils import timezone

from roadmap.admin import mail
from roadmap.models import Edition, Letter, Roadmap
from roadmap.subscriptions import staff

NO_NEWS = "No email would be sent: nothing that you publish is news to readers."


def told_by_mail(roadmap: Roadmap) -> dict[str, Any] | None:
    """For the template. One query; none where the site sends no email."""
    if not settings.SENDS_EMAIL:
        return None
    return {**staff.number_of_followers(roadmap.pk, roadmap.slug), "wait": settings.MAIL_WAIT}


def letter_of(edition: Edition) -> Letter | None:
    """Of an Edition that is about to be taken back: read before, sent after."""
    return staff.letter_of_unseen(edition, timezone.now())


def send_test(request: HttpRequest, letter: Letter | None) -> None:
    """To whoever asks, and says so to them."""
    address = getattr(request.user, "email", "")
    if letter is None:
        messages.info(request, NO_NEWS)
    elif not address:
        messages.error(request, "There is no email address for you here. Ask an administrator to add it.")
    elif staff.send_test(letter, address, mail.origin_of(request)):
        messages.success(request, f"A test of the email is on its way to {address}. Nothing has been published.")
    else:
        messages.error(request, "The test could not be sent. Nothing has been published. Try again in a few minutes.")

"""The page where a roadmap is published: what is pending, in a reader's words, what to decide, and the button.

It works without script. Only the button "Publish" publishes: every other answer is the same page as it was left, and
what was typed and chosen there is kept until it is published: see `drafts`. Who may not publish reads it.
"""

from collections.abc import Sequence
from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from roadmap.admin.mailing.review import coming_edition, letter_of, say_not_sent, send_test, told_by_mail
from roadmap.admin.permissions import may_edit, may_publish
from roadmap.admin.publish import drafts
from roadmap.admin.publish.context import context_of, gone_since
from roadmap.admin.publish.review import Review
from roadmap.admin.publish.to_check import Checked
from roadmap.admin.views import allowed_roadmap, edit_urls, page, user_of
from roadmap.models import Edition, MinorMark, ReviewDraft, Roadmap
from roadmap.publishing import PublishingRefused, SecondPersonNeeded, not_alone, publish
from roadmap.publishing.audit_trail import record_save
from roadmap.templatetags.uk_dates import uk_datetime

MOST_NAMED = 5  # of what is left after an Edition; the rest are counted, and on the page all the same


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def publish_view(request: HttpRequest, pk: int) -> HttpResponse:
    roadmap = allowed_roadmap(request, pk, lambda user, one: may_publish(user, one) or may_edit(user, one))
    if not may_publish(request.user, roadmap):
        if request.method == "POST":
            raise PermissionDenied
        return _show(request, Review(roadmap, marked=_called_minor(roadmap)))
    if request.method == "POST":
        return _decide(request, roadmap, request.POST.get("action", ""))
    own, others = drafts.drafts_of(roadmap, request.user)
    sent = drafts.as_sent(own) if own else None
    review = Review(roadmap, sent, marked=_called_minor(roadmap), kept_at=own.saved_at if own else None)
    return _show(request, review, own=own, others=others)


def _decide(request: HttpRequest, roadmap: Roadmap, action: str) -> HttpResponse:
    pk, person = roadmap.pk, request.user
    if action == "keep-quietly":  # by script, as the page is left
        drafts.keep_unless_published(roadmap, person, request.POST)
        return HttpResponse(status=204)
    if action == "restart":
        drafts.forget(roadmap, person)
        messages.info(request, "What you had typed and chosen is forgotten. The changes themselves stay pending.")
        return redirect("admin:roadmap_roadmap_publish", pk)
    tried = None
    if action == "test-mail":
        tried = _test_mail(request, roadmap)
    if action == "publish":
        edition, tried, waiting = _publish(request, roadmap)
        if edition:
            drafts.forget(roadmap, person)
            _say_so(request, edition, waiting)
            _say_what_is_left(request, tried)
            return redirect("admin:roadmap_roadmap_publish", pk)
    review = Review(roadmap, request.POST, action, refused=tried, marked=_called_minor(roadmap))
    if review.found:
        drafts.keep_unless_published(roadmap, person, review.as_sent())
    verb, _, name = action.partition(":")
    if verb == "discard":
        return redirect(f"{reverse('admin:roadmap_roadmap_discard', args=[pk])}?{urlencode({'of': name})}")
    if verb == "keep":
        link = reverse("admin:roadmap_roadmap_publish", args=[pk])
        told = 'Your review of {} is kept as you left it. Nothing has been published. <a href="{}">Go on with it</a>'
        messages.success(request, format_html(told, roadmap.title_and_address, link))
        return redirect("admin:index")
    return _show(request, review, action, others=drafts.drafts_of(roadmap, person)[1])


def _test_mail(request: HttpRequest, roadmap: Roadmap) -> Review | None:
    """The review where it refused; then nothing is sent."""
    with transaction.atomic():  # as it would be published, and then it is not
        edition, tried, _ = _publish(request, roadmap)
        letter = letter_of(edition) if edition else None
        transaction.set_rollback(True)
    if edition:
        send_test(request, letter)
        return None
    if coming := coming_edition(tried):
        send_test(request, letter_of(coming), coming)
        return None
    say_not_sent(request, tried)
    return tried


def _show(
    request: HttpRequest,
    review: Review,
    action: str = "",
    *,
    own: ReviewDraft | None = None,
    others: Sequence[ReviewDraft] = (),
) -> HttpResponse:
    is_for_reading = not may_publish(request.user, review.roadmap)
    edits = may_edit(request.user, review.roadmap)
    context = context_of(review, action, may_edit=edits, is_for_reading=is_for_reading)
    alone = [] if is_for_reading else not_alone(review.roadmap, review.chosen, user_of(request), review.now)
    told = str(SecondPersonNeeded(alone)) if alone and not review.refusals else ""
    mailed = "" if is_for_reading else told_by_mail(review)
    coming = None if is_for_reading else coming_edition(review)
    besides = {"own_draft": own, "other_drafts": others, "not_alone": told, "by_mail": mailed, "coming": coming}
    return page(request, "publish/review", {**context, **besides})


def _called_minor(roadmap: Roadmap) -> dict[str, MinorMark]:
    """By uid."""
    return {str(mark.uid): mark for mark in roadmap.minor_marks.select_related("marked_by")}


def _publish(request: HttpRequest, roadmap: Roadmap) -> tuple[Edition | None, Review, list[Edition]]:
    """The Edition, or none where the review says why; and those that were scheduled before.

    All under the roadmap's lock, so that what the review says of what was read is so until it is published.
    """
    with transaction.atomic():
        review = Review(Roadmap.objects.lock(roadmap.pk), request.POST, "publish", only_what_was_read=True)
        waiting = review.scheduled
        review.check()
        Checked(review).refuse_unseen()
        if review.refusals or not review.found:
            return None, review, waiting
        choices = review.choices
        try:
            edition = publish(
                roadmap=review.roadmap,
                by=user_of(request),
                note=review.form.cleaned_data["note"],
                at=review.at,
                choices=choices,
                reviewed=review.shown,
                read=(review.saved, review.pending),
                now=review.now,
            )
        except PublishingRefused as error:
            review.refuse(error)
            return None, review, waiting
        if choices.announcement and (entry := review.roadmap.changelog_entries.order_by("pk").last()):
            record_save(entry, by=request.user, action=f"Written for edition {edition.number}")
        roadmap.minor_marks.filter(uid__in=edition.revisions.values("uid")).delete()
    return edition, review, waiting


def _say_so(request: HttpRequest, edition: Edition, waiting: Sequence[Edition]) -> None:
    """`waiting` are those that were scheduled before."""
    if edition.was_seen:
        # As long as caches, a reader's browser among them, may hold a page: see roadmap/web/responses.py.
        told = (
            f"Published edition {edition.number} of {edition.roadmap}. "
            "Readers see it within a minute; whoever has a page open sees it when they reload."
        )
    else:
        told = format_html(
            "Edition {} of {} is scheduled for {}, London time. Readers do not see it before then. "
            '<a href="{}">Scheduled editions</a>',
            edition.number,
            edition.roadmap,
            uk_datetime(edition.published_at),
            reverse("admin:roadmap_roadmap_editions", args=[edition.roadmap_id]),
        )
    messages.success(request, told)
    still_there = {*edition.roadmap.editions.values_list("pk", flat=True)}
    for cancelled in waiting:
        if cancelled.pk not in still_there:
            text = f"Nothing was left for the edition scheduled for {uk_datetime(cancelled.published_at)} to change."
            messages.info(request, f"{text} It has been cancelled.")


def _say_what_is_left(request: HttpRequest, review: Review) -> None:
    """What others saved since, which stays pending, and what was read and is not published because of that."""
    since = review.saved_since
    urls = edit_urls(review.roadmap, {thing.noun for thing in since})
    links = {thing.uid: _linked(thing.title, "" if thing.is_removal else urls.get(thing.uid, "")) for thing in since}
    if links:
        count = len(links)
        told = (
            "1 change that was saved after you reviewed is still to be published:"
            if count == 1
            else f"{count} changes that were saved after you reviewed are still to be published:"
        )
        messages.info(request, _named(told, [*links.values()]))
    if not_as_read := [link for uid, link in links.items() if uid in review.lost]:
        messages.warning(request, _named("Not published, because it is not what you reviewed any more:", not_as_read))
    if gone := gone_since(review):
        told = "Not published by you, because somebody else had published it or put it back:"
        messages.warning(request, _named(told, [_linked(title) for title in gone]))


def _linked(title: str, url: str = "") -> str:
    return format_html('<a href="{}">“{}”</a>', url, title) if url else format_html("“{}”", title)


def _named(told: str, links: Sequence[str]) -> str:
    more = f" and {len(links) - MOST_NAMED} more" if len(links) > MOST_NAMED else ""
    return format_html("{} {}{}.", told, format_html_join(", ", "{}", ((link,) for link in links[:MOST_NAMED])), more)

"""The page where a roadmap is published: what is pending, in a reader's words, what to decide, and the button.

It works without script. Only the button "Publish" publishes: every other answer is the same page as it was left.
"""

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from roadmap.admin.permissions import may_publish
from roadmap.admin.publish import review as review_page
from roadmap.admin.publish.forms import refusals
from roadmap.admin.publish.review import Review
from roadmap.admin.views import allowed_roadmap, page
from roadmap.models import Edition
from roadmap.publishing import PendingHasChanged, PublishingRefused, publish
from roadmap.publishing.audit_trail import record_save
from roadmap.templatetags.uk_dates import uk_datetime


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def publish_view(request: HttpRequest, pk: int) -> HttpResponse:
    roadmap = allowed_roadmap(request, pk, may_publish)
    if request.method != "POST":
        return _show(request, review_page.opened(roadmap))
    action = request.POST.get("action", "")
    review = review_page.sent(roadmap, request.POST, action)
    if action == "publish" and (edition := _publish(request, review)):
        _say_so(request, edition)
        return redirect("admin:roadmap_roadmap_publish", pk)
    return _show(request, review, action)


def _publish(request: HttpRequest, review: Review) -> Edition | None:
    """None where it was refused: the review then says why."""
    review.check()
    if review.refusals or not review.found:
        return None
    choices = review.choices
    try:
        with transaction.atomic():
            edition = publish(
                roadmap=review.roadmap,
                by=request.user,  # type: ignore[arg-type]
                note=review.form.cleaned_data["note"],
                at=review.at,
                choices=choices,
                reviewed=review.fingerprint,
            )
            if choices.announcement and (entry := review.roadmap.changelog_entries.order_by("pk").last()):
                record_save(entry, by=request.user, action=f"Written for edition {edition.number}")
    except PublishingRefused as error:
        if isinstance(error, PendingHasChanged):  # while this was being looked at
            review.look_again()
        review.refusals += refusals(error, review.roadmap, review.found, review.decisions, review.moment)
        return None
    return edition


def _say_so(request: HttpRequest, edition: Edition) -> None:
    if edition.published_at <= timezone.now():
        # As long as caches, a reader's browser among them, may hold a page: see roadmap/web/responses.py.
        messages.success(
            request,
            f"Published edition {edition.number} of {edition.roadmap}. "
            "Readers see it within a minute; whoever has a page open sees it when they reload.",
        )
        return
    told = format_html(
        "Edition {} of {} is scheduled for {}, London time. Readers do not see it before then. "
        '<a href="{}">Scheduled editions</a>',
        edition.number,
        edition.roadmap,
        uk_datetime(edition.published_at),
        reverse("admin:roadmap_roadmap_editions", args=[edition.roadmap_id]),
    )
    messages.success(request, told)


def _show(request: HttpRequest, review: Review, action: str = "") -> HttpResponse:
    context = {"title": f"Review and publish {review.roadmap}", "media": review.form.media}
    return page(request, "publish/review", {**context, **review_page.context(review, action)})

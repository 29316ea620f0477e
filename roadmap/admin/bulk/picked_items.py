"""Items chosen from a list to be changed together: which they are, the pages about them, and the way back.

They stand in the address, as primary keys: `?items=1,2` or, for all that is in some releases, `?releases=3`.
"""

import datetime
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import wraps
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.views.decorators.http import require_http_methods

from roadmap.admin.permissions import own_only
from roadmap.admin.staying import list_url
from roadmap.admin.to_check import tell
from roadmap.admin.views import next_step, page
from roadmap.content.choices import Environment
from roadmap.models import Item, Release, Roadmap

MOST_ITEMS = 400  # so that their keys fit into an address (gunicorn takes 4,094 characters), and ticks into a form


def today() -> datetime.date:
    """In London. A function of its own, so that a test can say which day it is."""
    return timezone.localdate()


class NotPicked(Exception):
    """The address names nothing that this could be done to. The message says what to do."""


@dataclass(frozen=True)
class PickedItems:
    """What the page is about."""

    roadmap: Roadmap
    items: Sequence[Item]
    releases: Sequence[Release]

    @property
    def words(self) -> str:
        if self.releases:
            return " and ".join(release.title for release in self.releases)
        return f"{items_in_words(len(self.items))} of {self.roadmap}"

    def undeployed(self, environment: Environment) -> list[Release]:
        """The releases that are deployed once all that is in them is there."""
        return [release for release in self.releases if environment is Environment.LIVE and not release.is_deployed]


def to_page(
    modeladmin: Any, request: HttpRequest, queryset: QuerySet[Any], name: str, **parts: str
) -> HttpResponse | None:
    """None, with a message, keeps the list as it is. `parts` are those of the page's address."""
    nouns = f"{modeladmin.opts.model_name}s"
    keys = sorted({*queryset.order_by().values_list("pk", flat=True)})
    try:
        if len(keys) > MOST_ITEMS:
            raise NotPicked(f"Choose {MOST_ITEMS} at most: you chose {len(keys):,}.")
        _picked(request.user, **{nouns: keys})
    except NotPicked as error:
        messages.error(request, str(error))
        return None
    query = [f"{nouns}={','.join(map(str, keys))}", modeladmin.get_preserved_filters(request)]
    return HttpResponseRedirect(
        f"{reverse(f'admin:roadmap_item_{name}', kwargs=parts)}?{'&'.join(filter(None, query))}"
    )


def of_picked(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """A view of the items in the address: back to the list, with a message, where they cannot be worked on."""

    @require_http_methods(["GET", "HEAD", "POST"])
    @wraps(view)
    def answer(request: HttpRequest, **parts: str) -> HttpResponse:
        if not request.user.has_perm("roadmap.change_item"):
            raise PermissionDenied
        wanted = {name: keys_in(request.GET.get(name, "")) for name in ("items", "releases")}
        if wanted["releases"] and not request.user.has_perm("roadmap.change_release"):
            raise PermissionDenied
        try:
            picked = _picked(request.user, **wanted)
        except NotPicked as error:
            messages.error(request, str(error))
            noun = Release if wanted["releases"] else Item
            return redirect(_filtered(request, noun) or f"admin:roadmap_{noun._meta.model_name}_changelist")
        return view(request, picked, **parts)

    return answer


def keys_in(text: str) -> list[int]:
    return [int(part) for part in text.split(",") if part.isascii() and part.isdecimal() and len(part) < 19]


def _picked(user: Any, items: Sequence[int] = (), releases: Sequence[int] = ()) -> PickedItems:
    """Raises NotPicked where they are gone, are not this person's, are none, too many, or of several roadmaps."""
    if len(items) > MOST_ITEMS:
        raise NotPicked(f"Choose {MOST_ITEMS} items at most.")
    found_releases = _found(user, Release.objects.select_related("roadmap"), releases)
    rows = Item.objects.select_related("roadmap", "release").prefetch_related("milestones")
    if releases:
        found_items = [*own_only(user, rows.filter(release__in=releases))[: MOST_ITEMS + 1]]
        if len(found_items) > MOST_ITEMS:
            raise NotPicked(f"These releases have more than {MOST_ITEMS} items. Choose items from their list instead.")
        if not found_items:
            raise NotPicked("There are no items in this release, so there is nothing to mark as deployed.")
    else:
        found_items = _found(user, rows, items)
    roadmaps = {thing.roadmap for thing in [*found_items, *found_releases]}
    if len(roadmaps) != 1:
        names = " and ".join(sorted(str(roadmap) for roadmap in roadmaps))
        several = f"These belong to {names}. Choose from one roadmap at a time."
        raise NotPicked(several if roadmaps else "Nothing was chosen. Tick what you mean in the list first.")
    return PickedItems(roadmaps.pop(), found_items, found_releases)


def _found(user: Any, rows: QuerySet[Any], keys: Sequence[int]) -> list[Any]:
    found = [*own_only(user, rows.filter(pk__in=keys))]
    if gone := len({*keys}) - len(found):
        nouns = rows.model._meta.verbose_name if gone == 1 else rows.model._meta.verbose_name_plural
        raise NotPicked(
            f"{gone} {nouns} of those you chose {'is' if gone == 1 else 'are'} not there any more. "
            "Nothing was changed: choose again from what is left."
        )
    return found


def show(request: HttpRequest, picked: PickedItems, template: str, title: str, context: dict[str, Any]) -> HttpResponse:
    noun: type[Model] = Release if picked.releases else Item
    shared = {"title": title, "subtitle": picked.words, "opts": noun._meta, "picked": picked}
    return page(request, f"bulk/{template}", {**shared, "back": _back_url(request, picked), **context})


def _back_url(request: HttpRequest, picked: PickedItems) -> str:
    """The release, or the list from which the items were chosen, filtered as it was; else that of their roadmap."""
    if len(picked.releases) == 1:
        return reverse("admin:roadmap_release_change", args=[picked.releases[0].pk])
    noun = Release if picked.releases else Item
    return _filtered(request, noun) or list_url(noun, picked.roadmap)


def _filtered(request: HttpRequest, noun: type[Model]) -> str:
    """The list that somebody came from, filtered as it was; nothing where they came from elsewhere."""
    filters = request.GET.get("_changelist_filters")
    return f"{reverse(f'admin:roadmap_{noun._meta.model_name}_changelist')}?{filters}" if filters else ""


def finish(request: HttpRequest, picked: PickedItems, words: list[str], *, is_change: bool) -> HttpResponse:
    if is_change:
        messages.success(request, format_html("{} {}", " ".join(words), next_step(request.user, picked.roadmap)))
        uids = [*(str(item.uid) for item in picked.items), *(str(release.uid) for release in picked.releases)]
        tell(request, picked.roadmap, uids, today())
    else:
        messages.warning(request, " ".join(["Nothing was changed.", *words]))
    return HttpResponseRedirect(_back_url(request, picked))


def items_in_words(count: int) -> str:
    return "1 item" if count == 1 else f"{count} items"
